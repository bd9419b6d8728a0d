"""One reply at work: the engine's stream in, clauses to the voice, speech back.

Owns the scope of a reply: leaving it stops the language model and the voice at once. Refuses to decide what is spoken,
what is sent and when it is over; it reports everything to the machine and does as it is told.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.conversation import events as ev
from vivavoce.engines.protocols import (
    MemoriesUsed,
    ReplyEnd,
    SynthesisRequest,
    TextDelta,
    ToolCallDelta,
)
from vivavoce.errors import VivavoceError
from vivavoce.session.requests import reply_request
from vivavoce.session.voicing import speak_clause

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.conversation.orders import Generate, Synthesize
    from vivavoce.engines.protocols import ReplyDelta
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.session.mind import SessionMind
    from vivavoce.session.voicing import Speech

__all__ = ["ReplyRunner", "failure"]

log = structlog.get_logger(__name__)

MAX_CLAUSES_WAITING = 256
"""Clauses written and not yet spoken; a reply that runs further ahead of its voice loses the clause, and says so."""

CLAUSE_DEADLINE_SECONDS = 30.0


def failure(error: VivavoceError) -> ev.Failure:
    """Return an error as the data that the machine records."""
    return ev.Failure(
        code=error.code,
        stage=str(error.stage),
        message=error.message,
        remedy=error.remedy,
        retryable=error.retryable,
    )


class ReplyRunner:
    """Performs one `Generate` and the `Synthesize` orders that follow from it."""

    def __init__(
        self,
        order: Generate,
        *,
        conversation_id: str,
        roster: EngineRoster,
        mind: SessionMind,
        dispatch: Callable[[ev.Event], None],
        deliver: Callable[[str, int, Speech], None],
        with_mouth: bool,
    ) -> None:
        self._order = order
        self._request = reply_request(order, conversation_id)
        self._roster = roster
        self._mind = mind
        self._dispatch = dispatch
        self._deliver = deliver
        self._with_mouth = with_mouth
        self._scope = anyio.CancelScope()
        self._clauses_in, self._clauses_out = anyio.create_memory_object_stream["Synthesize"](MAX_CLAUSES_WAITING)

    def cancel(self) -> None:
        """Stop everything this reply has under way."""
        self._scope.cancel()

    def speak(self, clause: Synthesize) -> None:
        """Speak a clause after those before it."""
        try:
            self._clauses_in.send_nowait(clause)
        except (anyio.WouldBlock, anyio.BrokenResourceError):
            fault = ev.Failure(code="voice_too_slow", stage="tts", message="The reply ran too far ahead of its voice.")
            self._failed(clause, fault)

    def finish(self) -> None:
        """No clause follows: the reply is over once those there are have been spoken."""
        self._clauses_in.close()

    async def run(self) -> None:
        """Write and speak until the reply is finished or cancelled.

        A reply that was begun before its turn is sure may be wholly written long before its first clause is spoken.
        """
        with self._scope, self._clauses_in, self._clauses_out:
            async with anyio.create_task_group() as group:
                group.start_soon(self._speak_clauses)
                await self._write()

    async def _write(self) -> None:
        response_id = self._order.response_id
        if self._order.recital:
            self._dispatch(ev.ReplyTextArrived(response_id=response_id, text=self._order.recital))
            self._dispatch(ev.ReplyEnded(response_id=response_id))
            return
        try:
            async with aclosing((self._mind.replies() or self._roster.reply_engine()).reply(self._request)) as deltas:
                async for delta in deltas:
                    self._take(delta)
                    if isinstance(delta, ReplyEnd):
                        return
            self._dispatch(ev.ReplyEnded(response_id=response_id))
        except VivavoceError as error:
            log.warning("reply_failed", code=error.code, reason=error.message)
            self._dispatch(ev.ReplyFailed(response_id=response_id, failure=failure(error)))

    def _take(self, delta: ReplyDelta) -> None:
        response_id = self._order.response_id
        match delta:
            case TextDelta():
                self._dispatch(ev.ReplyTextArrived(response_id=response_id, text=delta.text))
            case ToolCallDelta():
                self._dispatch(
                    ev.ReplyToolCallArrived(
                        response_id=response_id,
                        index=delta.index,
                        call_id=delta.call_id,
                        name=delta.name,
                        arguments=delta.arguments,
                    )
                )
            case MemoriesUsed():
                self._dispatch(ev.ReplyMemoriesUsed(response_id=response_id, memories=delta.memories))
            case ReplyEnd():
                usage = ev.Usage(
                    input_tokens=delta.input_tokens,
                    output_tokens=delta.output_tokens,
                    cached_tokens=delta.cached_tokens,
                )
                self._dispatch(ev.ReplyEnded(response_id=response_id, finish_reason=delta.finish_reason, usage=usage))

    async def _speak_clauses(self) -> None:
        async for clause in self._clauses_out:
            try:
                with anyio.fail_after(CLAUSE_DEADLINE_SECONDS):
                    await self._speak(clause)
            except VivavoceError as error:
                log.warning("synthesis_failed", code=error.code, reason=error.message)
                self._failed(clause, failure(error))
            except TimeoutError:
                self._failed(
                    clause, ev.Failure(code="voice_timed_out", stage="tts", message="The voice took too long.")
                )

    async def _speak(self, clause: Synthesize) -> None:
        request = SynthesisRequest(text=clause.text, language=clause.language, voice=clause.voice, speed=clause.speed)
        async with aclosing(speak_clause(self._roster, request, with_mouth=self._with_mouth)) as speech:
            async for piece in speech:
                self._deliver(clause.response_id, clause.clause_index, piece)
        self._dispatch(ev.ClauseSpoken(response_id=clause.response_id, clause_index=clause.clause_index))

    def _failed(self, clause: Synthesize, fault: ev.Failure) -> None:
        self._dispatch(
            ev.SynthesisFailed(response_id=clause.response_id, clause_index=clause.clause_index, failure=fault)
        )
