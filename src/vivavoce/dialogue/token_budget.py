"""How much of a prompt a model can take, in its own tokens.

Owns the limit (the model's context less room for the reply) and the size of a prompt: exact where the engine has the
model's tokenizer at hand, else what was learned from the sizes that it reported. On a turn's path nothing is asked of
anybody while the prompt is far from the limit. Refuses to shorten anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.engines.llm.behind import engines_behind
from vivavoce.engines.protocols import CountsTokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.dialogue.threads import Thread
    from vivavoce.engines.protocols import ReplyEngine, ReplyRequest

__all__ = ["BudgetSettings", "TokenBudget"]

_WIDE = "\u2e80"
"""From here on a character is a token or more to most models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSettings:
    """The numbers.

    Attributes:
        context_tokens: what a model takes whose server does not say.
        reply_tokens: room for the reply; less where the context is small.
        message_tokens: what the chat template writes around a message.
        first_ratio: tokens a unit of text, before any reply has told; on the safe side of every model known.
        worst_ratio: the same for the most unusual text.
        near: share of the limit that a prompt may come to at worst before its size is found out exactly.
    """

    context_tokens: int = 8_192
    reply_tokens: int = 512
    message_tokens: float = 6.0
    first_ratio: float = 1.6
    worst_ratio: float = 2.6
    near: float = 0.9


class TokenBudget:
    """The limit and the sizes, for whichever engine answers now."""

    def __init__(self, replies: Callable[[], ReplyEngine], settings: BudgetSettings | None = None) -> None:
        self._replies = replies
        self._settings = settings or BudgetSettings()
        self._ratios: dict[str, float] = {}

    def limit(self, max_tokens: int | None = None) -> int:
        """Return how many tokens a prompt may have whose reply may have `max_tokens`."""
        known = [
            engine.context_tokens
            for engine in engines_behind(self._replies())
            if isinstance(engine, CountsTokens) and engine.context_tokens > 0
        ]
        context = min(known, default=self._settings.context_tokens)
        reply = max(self._settings.reply_tokens, max_tokens or 0)
        return context - min(reply, context // 4)

    def estimate(self, request: ReplyRequest, thread: Thread) -> int:
        """Return about how many tokens the prompt has, from what is known; rather too many than too few."""
        return self._estimate(request, thread, self._ratio())

    def _estimate(self, request: ReplyRequest, thread: Thread, ratio: float) -> int:
        units = self._units(request)
        if thread.measured is not None and units >= thread.measured[0]:
            before, tokens = thread.measured
            return tokens + round((units - before) * ratio)
        return round(units * ratio)

    async def tokens(self, request: ReplyRequest, thread: Thread) -> int:
        """Return how many tokens the prompt has: exactly, if it can be found out and it matters."""
        estimate = self.estimate(request, thread)
        most = self._estimate(request, thread, self._settings.worst_ratio)
        if most < self._settings.near * self.limit(request.max_tokens):
            return estimate
        for engine in engines_behind(self._replies()):
            if isinstance(engine, CountsTokens) and (counted := await engine.count_tokens(request)) is not None:
                self.learn(request, thread, counted)
                return counted
        return estimate

    def learn(self, request: ReplyRequest, thread: Thread, tokens: int) -> None:
        """Take note of how many tokens a prompt had; 0 says nothing."""
        units = self._units(request)
        if tokens <= 0 or units <= 0:
            return
        name = self._replies().name
        if thread.measured is not None and units > thread.measured[0]:
            # What was added since tells of the text alone: what tools and templates take is in both.
            grown = (tokens - thread.measured[1]) / (units - thread.measured[0])
            self._ratios[name] = min(4.0, max(0.8, grown * 1.1, 0.8 * self._ratios.get(name, 0.0)))
        thread.measured = (units, tokens)

    def _ratio(self) -> float:
        return self._ratios.get(self._replies().name, self._settings.first_ratio)

    def _units(self, request: ReplyRequest) -> float:
        tools = sum(len(tool.name) + len(tool.description) + len(str(tool.parameters)) for tool in request.tools)
        return tools / 4 + sum(self._message_units(message.content) for message in request.messages)

    def _message_units(self, text: str) -> float:
        wide = sum(letter >= _WIDE for letter in text)
        return self._settings.message_tokens + wide + (len(text) - wide) / 4
