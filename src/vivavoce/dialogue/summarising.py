"""The summary of a conversation that grows long, written while nobody waits.

Owns when one is wanted, the asking, and the reading of the new, shorter prompt by the model. It is asked for behind the
prompt that the model has read already, in the conversation's own place, so that only the question is new to it; and it
is given up the moment a turn begins. Refuses to be needed: without it a digest stands in (`assembly.shorten`).
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.dialogue.assembly import assemble, cut_for
from vivavoce.dialogue.notes import copies, digest, squeezed, summary_request
from vivavoce.engines.caller import Urgency, urgency
from vivavoce.engines.protocols import ChatMessage, ReadsAhead, ReplyEnd, ReplyRequest, TextDelta
from vivavoce.errors import VivavoceError

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from vivavoce.dialogue.threads import Thread
    from vivavoce.engines.protocols import ReplyEngine

__all__ = ["Spoken", "Summarising", "SummarySettings"]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySettings:
    """The numbers.

    Attributes:
        start: share of the limit from which on a summary is wanted.
        least_gain: share of the limit that has to become free, about, or it is not worth the work.
        kept_messages: the newest messages, which stay as they are.
        tokens: how long a summary may be.
        deadline_seconds: how long its writing may take.
        least_characters: what is shorter is no summary.
        own_words_characters: room for the beginnings of what the user said, beside a summary.
    """

    start: float = 0.6
    least_gain: float = 0.1
    kept_messages: int = 6
    tokens: int = 220
    deadline_seconds: float = 60.0
    least_characters: int = 20
    own_words_characters: int = 800


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A reply that was just made: what was asked, for which messages (the system's left out), and what was said."""

    request: ReplyRequest
    system: str
    messages: tuple[ChatMessage, ...]
    reply: str


class Summarising:
    """Writes summaries in `background`, one a conversation at a time."""

    def __init__(
        self, replies: Callable[[], ReplyEngine], background: TaskGroup, settings: SummarySettings | None = None
    ) -> None:
        self._replies = replies
        self._background = background
        self._settings = settings or SummarySettings()

    def after(self, thread: Thread, spoken: Spoken, *, tokens: int, limit: int) -> None:
        """Begin a summary if the prompt has grown so long that one is wanted; returns at once."""
        if tokens < self._settings.start * limit or thread.background is not None or not spoken.request.conversation_id:
            return
        cut = cut_for(spoken.messages, covered=thread.covered, kept=self._settings.kept_messages)
        gained = sum(len(message.content.encode()) for message in spoken.messages[thread.covered : cut]) / 4
        if gained < self._settings.least_gain * limit:
            return
        thread.background = anyio.CancelScope()
        self._background.start_soon(self._run, thread, spoken, thread.background)

    async def _run(self, thread: Thread, spoken: Spoken, scope: anyio.CancelScope) -> None:
        with scope, urgency(Urgency.BACKGROUND):
            try:
                with anyio.move_on_after(self._settings.deadline_seconds):
                    await self._summarise(thread, spoken)
            except VivavoceError as error:
                _log.info("conversation_not_summarised", code=error.code)
        if thread.background is scope:
            thread.background = None

    async def _summarise(self, thread: Thread, spoken: Spoken) -> None:
        asked = ChatMessage(role="user", content=summary_request(thread.language))
        said = ChatMessage(role="assistant", content=spoken.reply)
        # The tools stay in the prompt, which begins with them, and may not be called.
        request = replace(
            spoken.request,
            messages=(*spoken.request.messages, *([said] if spoken.reply else ()), asked),
            tool_choice="none",
            max_tokens=self._settings.tokens,
        )
        summary, is_whole = "", False
        async with aclosing(self._replies().reply(request)) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    summary += delta.text
                is_whole = is_whole or isinstance(delta, ReplyEnd)
        summary = " ".join(summary.split())
        if not is_whole or len(summary) < self._settings.least_characters or copies(summary, spoken.system):
            return
        cut = cut_for(spoken.messages, covered=thread.covered, kept=self._settings.kept_messages)
        # A small model leaves out what mattered: the user's own words stand beside what it wrote.
        told = [message for message in spoken.messages[thread.covered : cut] if message.role == "user"]
        lines = squeezed((*thread.lines, *digest(told)), characters=self._settings.own_words_characters)
        thread.cover(spoken.messages[:cut], summary, lines)
        _log.debug("conversation_summarised", messages=cut, characters=len(summary))
        await self._read(thread, spoken, said)

    async def _read(self, thread: Thread, spoken: Spoken, said: ChatMessage) -> None:
        """Have the model read the prompt that begins otherwise now, while there is time."""
        engine = self._replies()
        if isinstance(engine, ReadsAhead) and engine.can_read_ahead:
            messages = assemble(spoken.system, (*spoken.messages, said), thread)
            await engine.read_ahead(replace(spoken.request, messages=messages))
