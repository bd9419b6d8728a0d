"""What one session adds to the workload of the process: its turns, its first sounds, its speculation.

Owns the session's identity towards the engines, and the knowledge which replies were begun on the chance: a `Generate`
that no `ReplyCreated` went before. Refuses to decide anything: the machine is told whether there is room to speculate,
and sees to the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.engines.caller import Caller, Urgency

if TYPE_CHECKING:
    from vivavoce.engines.workload import Workload

__all__ = ["SessionAccount"]


@dataclass(slots=True, kw_only=True)
class _Guess:
    """A reply begun on the chance, so far."""

    caller: Caller
    begun_at: float
    tokens: int = 0
    clauses: int = 0


class SessionAccount:
    """Sees every event and every effect of one session."""

    def __init__(self, session_id: str, workload: Workload) -> None:
        self.caller = Caller(session_id)
        self._workload = workload
        self._guesses: dict[str, _Guess] = {}
        self._created: set[str] = set()
        self._asked_at: tuple[float, float] | None = None
        self._awaited: dict[str, tuple[float, float]] = {}

    def caller_of(self, response_id: str) -> Caller:
        """Return for whom the work of a reply is done."""
        guess = self._guesses.get(response_id)
        return self.caller if guess is None else guess.caller

    def take_note(self, event: ev.Event, now: float) -> ev.Event:
        """Count what happens, and return it as the machine is to be told."""
        match event:
            case ev.SpeechPaused():
                if not self._workload.may_speculate(now):
                    return replace(event, may_speculate=False)
            case ev.TurnEnded():
                self._asked_at = event.speech_ended_at, now
            case ev.InputCommitRequested() | ev.ReplyRequested():
                self._asked_at = now, now
            case ev.ReplyTextArrived() if guess := self._guesses.get(event.response_id):
                guess.tokens += 1
            case _:
                pass
        return event

    def see(self, effect: fx.Effect, now: float) -> None:
        """Count what the machine has decided."""
        match effect:
            case fx.InputCommitted():
                self._workload.note_turn()
            case orders.Generate() if effect.response_id not in self._created:
                caller = Caller(self.caller.session_id, Urgency.SPECULATIVE)
                self._guesses[effect.response_id] = _Guess(caller=caller, begun_at=now)
            case orders.Synthesize() if guess := self._guesses.get(effect.response_id):
                guess.clauses += 1
            case fx.ReplyCreated():
                self._begin_reply(effect.reply.response_id, now)
            case orders.RunTool():
                # What is said after it waited for a tool, and says nothing about the server's load.
                self._asked_at = None
            case orders.CancelReply() if guess := self._guesses.pop(effect.response_id, None):
                self._workload.speculation.waste(tokens=guess.tokens, clauses=guess.clauses)
            case fx.OutputAudio() if asked_at := self._awaited.pop(effect.response_id, None):
                spoken_at, confirmed_at = asked_at
                self._workload.note_first_audio(now - spoken_at, work_seconds=now - confirmed_at, now=now)
            case fx.ReplyDone():
                self._created.discard(effect.reply.response_id)
                self._awaited.pop(effect.reply.response_id, None)
                self._workload.note_reply(effect.reply.status)
            case _:
                pass

    def _begin_reply(self, response_id: str, now: float) -> None:
        self._created.add(response_id)
        if self._asked_at is not None:
            self._awaited[response_id], self._asked_at = self._asked_at, None
        guess = self._guesses.pop(response_id, None)
        if guess is not None:
            guess.caller.confirm()
            self._workload.speculation.keep(seconds=now - guess.begun_at)
