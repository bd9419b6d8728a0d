"""The user's turns: from the first speech to a transcript in the conversation and an answer owed.

Owns the turn under way, the transcriptions in flight (by item and attempt, so that a transcript of words since
superseded is dropped), and which turn is still owed an answer. Refuses to know how speech is detected and how a reply
is made.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.conversation.effects import (
    ErrorRaised,
    InputCleared,
    InputCommitted,
    ItemAdded,
    ItemDone,
    PartialTranscript,
    SpeechStartedNotice,
    SpeechStoppedNotice,
    TranscriptionCompleted,
    TranscriptionFailed,
)
from vivavoce.conversation.events import Failure, TranscriptFailed, TranscriptReady
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.orders import CancelTranscription, ReleaseInput, Transcribe
from vivavoce.conversation.reply import TurnClock
from vivavoce.conversation.settings import ReplyOptions
from vivavoce.conversation.transitions import State, Trigger
from vivavoce.conversation.turn import Said, Turn, spoken, with_words
from vivavoce.errors import InputError
from vivavoce.speech.partial import units

if TYPE_CHECKING:
    from vivavoce.conversation.approvals import Approvals
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.doubts import Doubts
    from vivavoce.conversation.events import InputCommitRequested, PartialHeard, SpeechPaused, SpeechStarted, TurnEnded
    from vivavoce.conversation.replies import Replies
    from vivavoce.conversation.turn import TurnBook

__all__ = ["UserTurns"]

SAMPLES_PER_MS = 16
MIN_COMMIT_MS = 100
TRANSCRIPT_DEADLINE_SECONDS = 20.0

TELLING_WORDS = 3
"""Words, or Chinese characters, that two captions agree on: fewer may be the beginning of a backchannel."""

MAX_SOUGHT = 8
"""Items whose words may be sought at once before a client may create no more of them."""


class UserTurns:
    """Follows each turn from the user's first sound to its words."""

    def __init__(self, core: Core, replies: Replies, book: TurnBook, doubts: Doubts, approvals: Approvals) -> None:
        self._core = core
        self._replies = replies
        self._book = book
        self._doubts = doubts
        self._approvals = approvals
        # Counted over the session: an item deleted and created anew must not get the old one's words.
        self._attempts = 0

    @property
    def unsettled(self) -> frozenset[str]:
        """The committed items whose words are not known yet."""
        return frozenset(self._book.committed)

    def speech_started(self, event: SpeechStarted) -> None:
        """The user begins to speak, perhaps over a reply."""
        core = self._core
        if self._book.current is not None:
            return
        self._book.current = self._new_turn(core.new_item_id(), event.start_sample)
        start_ms = event.start_sample // SAMPLES_PER_MS
        core.emit(SpeechStartedNotice(item_id=self._book.current.item_id, audio_start_ms=start_ms))
        if core.state is State.INTERRUPTED:
            self._doubts.begin_another(self._book.current)
        elif core.settings.interruptible and core.state in (State.THINKING, State.SPEAKING):
            self._doubts.begin(self._book.current)
        else:
            core.fire(Trigger.SPEECH_STARTED)

    def paused(self, event: SpeechPaused) -> None:
        """The turn may be over: find its words while that is being decided."""
        turn = self._book.current
        if turn is None or self._core.state not in (State.USER_SPEAKING, State.INTERRUPTED):
            return
        self._core.fire(Trigger.PAUSED)
        turn.may_speculate = event.may_speculate
        if turn.is_doubted:
            self._doubts.pause(turn)
        self._transcribe(turn, event.start_sample, event.end_sample)

    def resumed(self) -> None:
        """The speaker goes on: the words found so far are not all."""
        turn, core = self._book.current, self._core
        if turn is None:
            return
        if turn.is_acquitted:
            self._give_up(turn)
            self._doubts.hear_again(turn)
        elif core.state is State.ENDPOINTING:
            core.fire(Trigger.RESUMED)
            self._give_up(turn)
            if turn.is_doubted:
                self._doubts.go_on()

    def ended(self, event: TurnEnded) -> None:
        """The turn is over."""
        turn = self._book.current
        if turn is None:
            return
        core = self._core
        turn.clock = TurnClock(event.speech_ended_at)
        turn.clock.mark("turn_confirmed", core.now)
        core.emit(SpeechStoppedNotice(item_id=turn.item_id, audio_end_ms=event.end_sample // SAMPLES_PER_MS))
        owed = core.settings.reply_after_turn and not turn.is_acquitted
        self._commit(turn, event.start_sample, event.end_sample, owed=owed)

    def commit_requested(self, event: InputCommitRequested) -> None:
        """The client ends the turn by hand.

        Raises:
            InputError: `input_audio_buffer_commit_empty`.
        """
        held_ms = (event.end_sample - event.start_sample) / SAMPLES_PER_MS
        if held_ms < MIN_COMMIT_MS:
            raise InputError(
                "input_audio_buffer_commit_empty",
                f"Error committing input audio buffer: buffer too small. Expected at least {MIN_COMMIT_MS}ms of audio, "
                f"but buffer only has {held_ms:.2f}ms of audio.",
                remedy="Append more audio before committing.",
            )
        core = self._core
        turn = self._book.current or self._new_turn(core.new_item_id(), event.start_sample)
        owed = self._book.current is not None and core.settings.reply_after_turn
        turn.clock = TurnClock(core.now)
        turn.clock.mark("turn_confirmed", core.now)
        self._give_up(turn)
        if turn.is_acquitted:
            self._doubts.hear_again(turn)
        if turn.is_doubted:
            self._doubts.prove(turn)
        self._commit(turn, event.start_sample, event.end_sample, owed=owed)

    def check_room(self) -> None:
        """Refuse another item with audio while many wait for their words: everyone shares the recogniser.

        Raises:
            InputError: `too_many_transcriptions`.
        """
        if len(self._book.committed) >= MAX_SOUGHT:
            raise InputError(
                "too_many_transcriptions",
                f"{MAX_SOUGHT} items wait for their transcript already.",
                remedy="Wait until one of them is known, or send the transcript with the audio.",
                param="item",
            )

    def adopt(self, item: Item) -> None:
        """An item came with audio of its own: find its words."""
        turn = self._new_turn(item.id, 0)
        self._book.committed[item.id] = turn
        self._transcribe(turn, 0, 0)
        self._core.start_timer(f"transcript:{item.id}", TRANSCRIPT_DEADLINE_SECONDS)

    def clear_requested(self) -> None:
        """The client throws the uncommitted audio away."""
        self.abandon()
        self._core.emit(InputCleared())

    def abandon(self) -> None:
        """The turn under way will not be ended: forget it."""
        turn, self._book.current = self._book.current, None
        if turn is None:
            return
        self._give_up(turn, is_current=True)
        if turn.is_doubted and self._book.doubted:
            self._doubts.await_words()
        elif not turn.is_acquitted and not (turn.is_doubted and self._doubts.give_back()):
            self._core.fire(Trigger.TURN_ABANDONED)

    def partial(self, event: PartialHeard) -> None:
        """Some of the words are known before the turn ends."""
        turn = self._book.current
        if turn is None or turn.item_id != event.item_id:
            return
        self._core.emit(PartialTranscript(item_id=event.item_id, stable=event.stable, unstable=event.unstable))
        is_enough = len(units(event.stable.strip())) >= TELLING_WORDS
        said = self._doubts.said(event.stable, self._core.language, event.certainty)
        if turn.is_doubted and is_enough and said is Said.WORDS:
            self._doubts.prove(turn)

    def transcribed(self, event: TranscriptReady | TranscriptFailed) -> None:
        """A transcription came back; one that was given up is dropped here."""
        turn = self._book.committed.get(event.item_id) or self._book.current
        if turn is None or turn.item_id != event.item_id or not turn.is_sought or turn.attempt != event.attempt:
            return
        turn.outcome = event if isinstance(event, TranscriptReady) else event.failure
        turn.settled_at = self._core.now
        if turn.item_id in self._book.committed:
            self._settle(turn, turn.outcome)
            return
        if turn.is_doubted and self._doubts.said_in(turn.outcome) is Said.WORDS:
            self._doubts.prove(turn)
        if turn.is_doubted:
            self._doubts.wait_in_pause(turn)
        elif not (turn.may_speculate and self._core.settings.reply_after_turn):
            return
        elif isinstance(event, TranscriptReady) and event.text.strip() and not self._approvals.is_answer(event.text):
            item = Item(id=turn.item_id, content=(spoken(turn.attributed(event.text)),))
            self._replies.anticipate(item, language=self._language_of(event))

    def transcript_overdue(self, item_id: str) -> None:
        """No transcript came in time."""
        turn = self._book.committed[item_id]
        self._give_up(turn)
        turn.settled_at = self._core.now
        failure = Failure(
            code="transcription_timed_out",
            stage="stt",
            message="Your words could not be made out in time.",
            remedy="Say it again.",
            retryable=True,
        )
        self._settle(turn, failure)

    def forget(self, item_id: str) -> None:
        """An item was deleted: its words are not sought any more, and it is owed no answer."""
        if self._book.answer_next is not None and self._book.answer_next.item_id == item_id:
            self._book.answer_next = None
        turn = self._book.committed.pop(item_id, None)
        if turn is None:
            return
        self._give_up(turn)
        self._core.cancel_timer(f"transcript:{item_id}")
        self._replies.transcript_settled(item_id)
        if turn.is_doubted and self._doubts.is_open and not self._book.doubted and not self._doubts.give_back():
            self._core.fire(Trigger.TURN_CLOSED)

    def withdraw_questions(self) -> None:
        """The client asked for a reply itself: no turn so far is owed another."""
        self._book.withdraw_questions()

    def answer_if_owed(self) -> None:
        """Begin the reply that a finished turn is owed, as soon as no other is active."""
        turn = self._book.answer_next
        if turn is None or self._replies.active is not None or self._doubts.is_open:
            return
        self._book.answer_next = None
        if isinstance(turn.outcome, TranscriptReady) and self._approvals.hear(turn.outcome.text):
            return
        self._replies.start(ReplyOptions(), clock=turn.clock, user_item_id=turn.item_id)

    def drop_idle_anticipation(self) -> None:
        """Stop what was begun for a turn that is neither under way nor owed an answer any more."""
        if self._book.current is None and not self._book.is_answer_owed:
            self._replies.forget_anticipated()

    def close(self) -> None:
        """The session is over: give all transcriptions up."""
        for turn in [*self._book.committed.values(), *([self._book.current] if self._book.current else [])]:
            self._give_up(turn)
        self._book.current = self._book.answer_next = None
        self._book.committed.clear()

    def _new_turn(self, item_id: str, start_sample: int) -> Turn:
        clock, speaker = TurnClock(self._core.now), self._core.settings.speaker
        return Turn(item_id=item_id, start_sample=start_sample, clock=clock, speaker=speaker)

    def _transcribe(self, turn: Turn, start_sample: int, end_sample: int) -> None:
        self._attempts += 1
        turn.attempt = self._attempts
        turn.is_sought = True
        turn.outcome = None
        self._core.emit(
            Transcribe(
                item_id=turn.item_id,
                attempt=turn.attempt,
                start_sample=start_sample,
                end_sample=end_sample,
                language=self._core.settings.language,
            )
        )

    def _give_up(self, turn: Turn, *, is_current: bool = False) -> None:
        if is_current or turn is self._book.current:
            self._replies.forget_anticipated()
        if turn.is_sought and turn.outcome is None:
            self._core.emit(CancelTranscription(item_id=turn.item_id, attempt=turn.attempt))
        turn.is_sought = False

    def _commit(self, turn: Turn, start_sample: int, end_sample: int, *, owed: bool) -> None:
        core = self._core
        self._book.current = None
        turn.start_sample, turn.end_sample, turn.owed = start_sample, end_sample, owed
        audio_ms = (end_sample - start_sample) // SAMPLES_PER_MS
        item = Item(id=turn.item_id, content=(ContentPart(kind="input_audio", audio_ms=audio_ms),))
        previous = core.items.insert(item)
        core.emit(
            InputCommitted(item_id=item.id, previous_item_id=previous, start_sample=start_sample, end_sample=end_sample)
        )
        core.emit(ItemAdded(item=item, previous_item_id=previous), ItemDone(item=item, previous_item_id=previous))
        has_words = turn.is_sought and turn.outcome is not None
        if not self._doubts.is_open:
            core.fire(Trigger.TURN_ENDED if owed else Trigger.TURN_CLOSED)
        elif not (turn.is_doubted and has_words):
            self._doubts.await_words()
        self._book.committed[turn.item_id] = turn
        if not turn.is_sought:
            self._transcribe(turn, start_sample, end_sample)
        if turn.outcome is not None:
            self._settle(turn, turn.outcome)
        else:
            core.start_timer(f"transcript:{turn.item_id}", TRANSCRIPT_DEADLINE_SECONDS)
        core.emit(ReleaseInput(before_sample=end_sample))

    def _settle(self, turn: Turn, outcome: TranscriptReady | Failure) -> None:
        core = self._core
        del self._book.committed[turn.item_id]
        core.cancel_timer(f"transcript:{turn.item_id}")
        turn.clock.mark("transcript", turn.settled_at)
        if turn.is_doubted:
            self._doubts.resolve(turn, self._doubts.said_in(outcome))
        if isinstance(outcome, TranscriptReady):
            self._learn(turn, outcome)
        else:
            self._report_failure(turn, outcome)
        self._replies.transcript_settled(turn.item_id)

    def _learn(self, turn: Turn, transcript: TranscriptReady) -> None:
        core = self._core
        item = core.items.get(turn.item_id)
        if turn.is_acquitted and self._doubts.said_in(transcript) is Said.NOTHING:
            # A recogniser finds words in a cough too.
            transcript = replace(transcript, text="")
        words = turn.attributed(transcript.text)
        content = with_words(item.content, words)
        core.items.replace(replace(item, content=content, is_aside=turn.is_acquitted))
        core.language = self._language_of(transcript)
        if core.settings.transcripts:
            core.emit(
                TranscriptionCompleted(
                    item_id=turn.item_id,
                    transcript=words,
                    audio_seconds=sum(part.audio_ms for part in item.content) / 1000,
                    language=transcript.language,
                )
            )
        # A turn without words (a cough, a door) is not answered.
        if turn.owed and transcript.text.strip():
            self._book.answer_next = turn

    def _language_of(self, transcript: TranscriptReady) -> str:
        """Return the language the conversation goes on in after these words."""
        return transcript.language if self._core.settings.language == "auto" else self._core.language

    def _report_failure(self, turn: Turn, failure: Failure) -> None:
        if self._core.settings.transcripts:
            self._core.emit(TranscriptionFailed(item_id=turn.item_id, failure=failure))
        else:
            self._core.emit(ErrorRaised(failure=failure))
