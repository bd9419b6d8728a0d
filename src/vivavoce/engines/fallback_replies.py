"""Replies by whichever provider can: the first in order, and the next when it fails, also in mid-reply.

Owns the passing on of one reply: asked afresh while nothing of it was said, else carried on from the words so far,
none of which is said again; while another could have to carry on, only whole words are passed on. Refuses to know
providers otherwise than as engines, and keeps nothing of a conversation.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from vivavoce.engines.fallback import attempts, in_order, may_pass_on
from vivavoce.engines.fallback_resumption import FreshWords, WholeWords, carried_on
from vivavoce.engines.protocols import ReadsAhead, ReplyEnd, TextDelta, ToolCallDelta
from vivavoce.errors import EngineError, Stage, VivavoceError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.fallback import Attempt, Member
    from vivavoce.engines.protocols import ReplyDelta, ReplyEngine, ReplyRequest

__all__ = ["FallbackReplies"]


class FallbackReplies:
    """A `ReplyEngine` over several; it reads ahead where the one asked next can.

    Attributes:
        members: the engines and their providers, the preferred ones first.
    """

    def __init__(self) -> None:
        self.members: tuple[Member[ReplyEngine], ...] = ()

    @property
    def engines(self) -> tuple[ReplyEngine, ...]:
        """The engines, the preferred ones first."""
        return tuple(member.engine for member in self.members)

    @property
    def name(self) -> str:
        """The name of the model that is asked next."""
        return self._next.name

    @property
    def can_read_ahead(self) -> bool:
        """Whether the model that is asked next can read its prompt ahead now."""
        engine = self._next
        return isinstance(engine, ReadsAhead) and engine.can_read_ahead

    def add(self, member: Member[ReplyEngine]) -> None:
        """Take in an engine, at its provider's place in the order."""
        self.members = tuple(sorted((*self.members, member), key=lambda one: one.provider.rank))

    async def read_ahead(self, request: ReplyRequest) -> None:
        """Have the model that is asked next read its prompt, if it can.

        Raises:
            EngineError: the model failed, is gone, or was needed for something else.
            CapacityError: too much waits already.
        """
        engine = self._next
        if isinstance(engine, ReadsAhead):
            await engine.read_ahead(request)

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply; the last delta is a `ReplyEnd`. Closing the generator stops the generation at once.

        Tool calls come when the reply is whole while another provider could still have to take it up.

        Raises:
            EngineError: all providers failed; the last failure is told.
            NetworkError: likewise.
            CapacityError: likewise.
        """
        said = ""
        for member, attempt in attempts(self.members):
            try:
                with attempt.judged():
                    async with aclosing(_carry_on(member, attempt, request, said)) as deltas:
                        async for delta in deltas:
                            if isinstance(delta, TextDelta):
                                said += delta.text
                            yield delta
            except VivavoceError as error:
                if not may_pass_on(error, attempt):
                    raise
            else:
                return
        raise EngineError("llm_unavailable", "There is no engine for a language model.", stage=Stage.LLM)

    async def aclose(self) -> None:
        """Free all models."""
        for engine in self.engines:
            await engine.aclose()

    @property
    def _next(self) -> ReplyEngine:
        return in_order(self.members)[0].engine


async def _carry_on(
    member: Member[ReplyEngine], attempt: Attempt, request: ReplyRequest, said: str
) -> AsyncGenerator[ReplyDelta, None]:
    """Stream what one provider adds to what was said."""
    words = _Words(said, may_break_off=not attempt.is_last)
    calls: list[ToolCallDelta] = []
    async with aclosing(member.engine.reply(carried_on(request, said))) as deltas:
        delta = await attempt.first(anext(deltas, None))
        attempt.answered()
        while delta is not None:
            match delta:
                case TextDelta(text=text):
                    if new := words.take(text):
                        yield delta if new == text else TextDelta(text=new)
                case ToolCallDelta() if not attempt.is_last:
                    calls.append(delta)
                case ReplyEnd():
                    if new := words.end():
                        yield TextDelta(text=new)
                    for call in calls:
                        yield call
                    yield delta
                case _:
                    yield delta
            delta = await anext(deltas, None)


class _Words:
    """What of one provider's words may be said now."""

    def __init__(self, said: str, *, may_break_off: bool) -> None:
        self._fresh = FreshWords(said)
        self._whole = WholeWords() if may_break_off else None

    def take(self, text: str) -> str:
        new = self._fresh.take(text)
        return new if self._whole is None else self._whole.take(new)

    def end(self) -> str:
        new = self._fresh.end()
        return new if self._whole is None else self._whole.take(new) + self._whole.end()
