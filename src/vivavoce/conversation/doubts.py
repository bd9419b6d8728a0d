"""Turns that began over a reply, until it is known whether they interrupt it.

Owns the verdict (what was said, and by what it counts as asking for the floor) and what follows from it for the turns:
which is answered, which was an aside. Refuses to know what becomes of the reply (`interruption` does) and how words are
found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.events import Failure
from vivavoce.conversation.interruption import PAUSE_WAIT_SECONDS, WORDS_WAIT_SECONDS
from vivavoce.conversation.transitions import State, Trigger
from vivavoce.conversation.turn import Said
from vivavoce.speech.backchannel import is_backchannel

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.events import TranscriptReady
    from vivavoce.conversation.interruption import Interruption
    from vivavoce.conversation.turn import Turn, TurnBook

__all__ = ["Doubts"]

SURE = 0.5
"""Certainty from which words over a reply are taken to have been said."""


class Doubts:
    """Judges the doubted turns of one conversation."""

    def __init__(self, core: Core, book: TurnBook, interruption: Interruption) -> None:
        self._core = core
        self._book = book
        self._interruption = interruption

    @property
    def is_open(self) -> bool:
        """Whether a reply is held, or was taken back, until it is known what becomes of it."""
        return self._interruption.is_open

    def begin(self, turn: Turn) -> None:
        """The user begins to speak over a reply, or before it."""
        turn.is_doubted = True
        self._interruption.begin()

    def begin_another(self, turn: Turn) -> None:
        """The user speaks again before the words of the turn before are known."""
        self._core.fire(Trigger.SPEECH_STARTED)
        turn.is_doubted = True
        self._interruption.goes_on()

    def go_on(self) -> None:
        """The speaker goes on after a pause."""
        self._interruption.goes_on()

    def pause(self, turn: Turn) -> None:
        """The speaker fell silent."""
        turn.paused_at = self._core.now
        self._interruption.pauses()

    def wait_in_pause(self, turn: Turn) -> None:
        """What was said before the pause asks for nothing: soon the reply goes on, unless the speaker does."""
        self._interruption.wait(PAUSE_WAIT_SECONDS - (self._core.now - turn.paused_at))

    def hear_again(self, turn: Turn) -> None:
        """Somebody who seemed to leave the floor to the reply goes on speaking."""
        turn.is_acquitted = False
        if self._core.state is State.LISTENING:
            self._core.fire(Trigger.SPEECH_STARTED)
        else:
            self.begin(turn)

    def went_on(self) -> None:
        """The speaker has gone on for longer than anyone does who leaves the floor to the reply."""
        for turn in self._book.doubted[-1:]:
            self.prove(turn)

    def waited_out(self) -> None:
        """A reply has been on hold for long enough."""
        turn = self._book.current
        if turn is None:
            self._let_go()
        elif self._book.doubted == [turn]:
            turn.is_doubted, turn.is_acquitted = False, self.give_back()

    def said_in(self, outcome: TranscriptReady | Failure) -> Said:
        """Return what a transcription found."""
        if isinstance(outcome, Failure):
            return Said.NOTHING
        return self.said(outcome.text, outcome.language, outcome.certainty)

    def said(self, text: str, language: str, certainty: float) -> Said:
        """Return what these words are, said over the reply."""
        if not text.strip() or certainty < SURE:
            return Said.NOTHING
        is_answer = self._interruption.answers_a_question or self._core.awaits_consent
        if is_backchannel(text, language) and not is_answer:
            return Said.BACKCHANNEL
        return Said.WORDS

    def prove(self, turn: Turn) -> None:
        """The floor is taken. Whoever goes on speaking withdraws the question: only what comes last is answered."""
        newest = self._book.current or turn
        self._book.answer_next = None
        for earlier in self._book.doubted:
            earlier.is_doubted = False
        for earlier in self._book.committed.values():
            earlier.owed = earlier.owed and earlier is newest
        turn.is_doubted = False
        turn.owed = turn.owed and turn is newest
        self._interruption.prove()

    def give_back(self) -> bool:
        """Give the floor back to the reply; False when there is none any more."""
        return self._interruption.disprove(is_owed=self._book.is_question_owed or self._core.awaits_tools)

    def await_words(self) -> None:
        """Nobody speaks any more, and it is not known yet whether anyone took the floor."""
        self._core.fire(Trigger.WORDS_AWAITED)
        self._interruption.wait(WORDS_WAIT_SECONDS)

    def resolve(self, turn: Turn, said: Said) -> None:
        """Decide by its words whether a turn that is over has interrupted."""
        was_open = self._interruption.is_open
        if said is Said.WORDS:
            if self._core.state in (State.THINKING, State.SPEAKING):
                self._core.fire(Trigger.BARGED_IN)
            self.prove(turn)
            self._close_turn(turn)
            return
        turn.is_doubted = False
        if not was_open:
            turn.is_acquitted, turn.owed = True, False
        elif self._book.doubted:
            turn.is_acquitted, turn.owed = True, False
            if self._book.current is None:
                self.await_words()
        else:
            turn.is_acquitted = self.give_back()
            turn.owed = turn.owed and not turn.is_acquitted and said is Said.BACKCHANNEL
            if not turn.is_acquitted:
                self._close_turn(turn)

    def _let_go(self) -> None:
        """The words take too long: let the reply go on until they are there."""
        if not self.give_back():
            for turn in self._book.doubted:
                turn.is_doubted = False
            self._core.fire(Trigger.TURN_ENDED if self._book.is_answer_owed else Trigger.TURN_CLOSED)

    def _close_turn(self, turn: Turn) -> None:
        """The turn is an ordinary one, and over."""
        if self._book.current is None and self._core.state is not State.LISTENING:
            self._core.fire(Trigger.TURN_ENDED if turn.owed else Trigger.TURN_CLOSED)
