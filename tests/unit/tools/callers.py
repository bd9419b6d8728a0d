"""A conversation that tools can act on in tests: it keeps what they do."""

from __future__ import annotations

from dataclasses import dataclass, field

from vivavoce.tools.definition import SessionAction


@dataclass(kw_only=True)
class RecordedCaller:
    user_id: str = "local"
    conversation_id: str = "conv_1"
    persona_id: str = "viva"
    language: str = "en"
    actions: list[SessionAction] = field(default_factory=list)

    def act(self, action: SessionAction) -> None:
        self.actions.append(action)
