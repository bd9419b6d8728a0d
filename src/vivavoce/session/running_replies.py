"""A session's replies while they are being made, and the speech that has been made of them and not been sent.

Owns each reply's runner, from the order to its end, and the chunks that wait for the machine's word. Refuses to decide
which reply goes on, and to know who hears it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation import events as ev
from vivavoce.engines.caller import calling
from vivavoce.session.replying import ReplyRunner

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from vivavoce.conversation.orders import Generate, Synthesize
    from vivavoce.engines.caller import Caller
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.session.mind import SessionMind
    from vivavoce.session.voicing import Speech

__all__ = ["RunningReplies"]


class RunningReplies:
    """All replies of a session that are being made, by id; their tasks end with `scope`."""

    def __init__(
        self,
        *,
        conversation_id: str,
        roster: EngineRoster,
        mind: SessionMind,
        dispatch: Callable[[ev.Event], None],
        scope: TaskGroup,
    ) -> None:
        self._conversation_id = conversation_id
        self._roster = roster
        self._mind = mind
        self._dispatch = dispatch
        self._scope = scope
        self._runners: dict[str, ReplyRunner] = {}
        self._speech: dict[str, dict[int, Speech]] = {}
        self._chunks = 0

    def __bool__(self) -> bool:
        return bool(self._runners)

    def begin(self, order: Generate, caller: Caller, *, with_mouth: bool) -> None:
        """Have a reply made, for `caller`; `with_mouth` says whether anyone is told what the mouth does meanwhile."""
        runner = self._runners[order.response_id] = ReplyRunner(
            order,
            conversation_id=self._conversation_id,
            roster=self._roster,
            mind=self._mind,
            dispatch=self._dispatch,
            deliver=self._deliver,
            with_mouth=with_mouth,
        )
        with calling(caller):
            self._scope.start_soon(self._run, order.response_id, runner)

    def speak(self, clause: Synthesize) -> None:
        """Have a clause spoken, after those before it; nothing happens for a reply that is over."""
        if runner := self._runners.get(clause.response_id):
            runner.speak(clause)

    def take(self, response_id: str, chunk_id: int) -> Speech:
        """Hand out a chunk of speech, which is sent now."""
        return self._speech[response_id].pop(chunk_id)

    def cancel(self, response_id: str) -> None:
        """Stop a reply, and drop what was made of it."""
        self._speech.pop(response_id, None)
        if runner := self._runners.pop(response_id, None):
            runner.cancel()

    def finish(self, response_id: str) -> None:
        """No clause of this reply follows, and nothing more of it is sent."""
        self._speech.pop(response_id, None)
        if runner := self._runners.get(response_id):
            runner.finish()

    async def _run(self, response_id: str, runner: ReplyRunner) -> None:
        await runner.run()
        if self._runners.get(response_id) is runner:
            del self._runners[response_id]
            self._speech.pop(response_id, None)

    def _deliver(self, response_id: str, clause_index: int, speech: Speech) -> None:
        """Offer a chunk of speech; it is kept until the machine has it sent or the reply is over."""
        if response_id not in self._runners:
            return
        self._chunks += 1
        chunk_id = self._chunks
        self._speech.setdefault(response_id, {})[chunk_id] = speech
        self._dispatch(
            ev.SpeechSynthesized(
                response_id=response_id, clause_index=clause_index, chunk_id=chunk_id, samples=len(speech.audio)
            )
        )
