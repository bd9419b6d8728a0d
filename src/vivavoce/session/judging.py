"""The session's judgement of pauses: asks who can tell whether the turn is over, and weighs what they say as it comes.

Owns the asking and its deadline: the end-of-turn model from the audio, the words from whoever transcribes them, the
language model about the words. Refuses to weigh (`turntaking.evidence` does) and to decide how long is waited
(`turntaking.detector` does).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

import anyio
import structlog

from vivavoce.errors import VivavoceError
from vivavoce.turntaking.evidence import Evidence, pooled, turn_end_probability

if TYPE_CHECKING:
    from anyio.abc import TaskGroup

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.protocols import Transcript
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.turntaking.detector import JudgementWanted, PauseBegan

__all__ = ["EndOfTurnJudge", "Verdict"]

log = structlog.get_logger(__name__)

CLEAR = 0.85
"""Probability from which the reader of turn ends is not asked: the end is clear, and reading takes as much of a core as
the first words of the reply, at the same time."""

SOUND_PATIENCE_SECONDS = 0.15
"""How long the words wait for what the sound says, before the reader is asked without it."""

DEADLINE_SECONDS = 1.0
"""Evidence that comes later finds the turn decided, one way or the other."""

FINAL_MARKS = " \t\n.?!。？！…"


class Verdict(Protocol):
    """Takes in what is thought of a pause by now."""

    def __call__(self, pause: int, probability: float, *, is_final: bool) -> None:
        """The turn is over with this probability; while it is not final, more evidence is on its way."""
        ...


@dataclass(slots=True, kw_only=True)
class _Pause:
    """One pause and what is known of it."""

    number: int
    end_sample: int
    verdict: Verdict
    evidence: Evidence = field(default_factory=Evidence)
    have_words: anyio.Event = field(default_factory=anyio.Event)
    have_sound: anyio.Event = field(default_factory=anyio.Event)
    scope: anyio.CancelScope = field(default_factory=anyio.CancelScope)

    @property
    def probability(self) -> float:
        """P(the turn is over) by what is known."""
        return turn_end_probability(self.evidence)


class EndOfTurnJudge:
    """Judges the pauses of one session, one at a time."""

    def __init__(self, *, roster: EngineRoster, scope: TaskGroup, conversation_id: str) -> None:
        self._roster = roster
        self._scope = scope
        self._conversation_id = conversation_id
        self._pause: _Pause | None = None

    def pause_began(self, signal: PauseBegan, verdict: Verdict) -> None:
        """Judge this pause from now on, and no other."""
        self.forget()
        self._pause = _Pause(number=signal.pause, end_sample=signal.end_sample, verdict=verdict)

    def hear(self, wanted: JudgementWanted, audio: Samples) -> None:
        """Have the pause judged by the audio before it, and by whatever else there is; anew if it was being judged."""
        pause = self._pause
        if pause is None or pause.number != wanted.pause:
            return
        pause.scope.cancel()
        pause.scope = anyio.CancelScope()
        pause.have_sound = anyio.Event()
        self._scope.start_soon(self._hear_out, pause, audio, pause.scope)

    def words_came(self, end_sample: int, transcript: Transcript) -> None:
        """Take in the words of the turn up to this place, if that is where the pause lies."""
        pause = self._pause
        if pause is None or pause.end_sample != end_sample:
            return
        pause.evidence = replace(pause.evidence, words=transcript.text, closing=transcript.closing)
        pause.have_words.set()
        _tell(pause, is_final=False)

    def forget(self) -> None:
        """The pause is over: nobody need be asked about it any more."""
        if self._pause is not None:
            self._pause.scope.cancel()
            self._pause = None

    async def _hear_out(self, pause: _Pause, audio: Samples, scope: anyio.CancelScope) -> None:
        with scope:
            with anyio.move_on_after(DEADLINE_SECONDS):
                async with anyio.create_task_group() as witnesses:
                    witnesses.start_soon(self._ask_about_sound, pause, audio)
                    witnesses.start_soon(self._ask_about_words, pause)
            _tell(pause, is_final=True)
            log.debug("pause_judged", pause=pause.number, probability=pause.probability, sound=pause.evidence.sound)

    async def _ask_about_sound(self, pause: _Pause, audio: Samples) -> None:
        model = self._roster.turn
        try:
            if model is not None:
                sound = await model.probability(audio)
                pause.evidence = replace(pause.evidence, sound=pooled(pause.evidence.sound, sound))
                _tell(pause, is_final=False)
        except VivavoceError as error:
            log.warning("end_of_turn_failed", code=error.code, reason=error.message)
        finally:
            pause.have_sound.set()

    async def _ask_about_words(self, pause: _Pause) -> None:
        await pause.have_words.wait()
        with anyio.move_on_after(SOUND_PATIENCE_SECONDS):
            await pause.have_sound.wait()
        reader = self._roster.turn_reader
        words = (pause.evidence.words or "").rstrip(FINAL_MARKS)
        is_read = pause.evidence.continuation is not None
        if reader is None or not words or is_read or pause.probability >= CLEAR:
            return
        try:
            continuation = await reader.turn_end_probability(words, conversation_id=self._conversation_id)
        except VivavoceError as error:
            log.info("words_not_judged", code=error.code, reason=error.message)
        else:
            pause.evidence = replace(pause.evidence, continuation=continuation)


def _tell(pause: _Pause, *, is_final: bool) -> None:
    pause.verdict(pause.number, pause.probability, is_final=is_final)
