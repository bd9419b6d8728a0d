"""From sound to words: how much of each reply was heard, and what the conversation keeps of it.

Owns the reply that is in the listener's ear now, and the rule that an item cut short keeps only its heard text. Refuses
to know how replies are made, and whether the position was reported or estimated (`ledger` does).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.conversation.core import REPLY_SAMPLE_RATE_HZ
from vivavoce.conversation.effects import ItemTruncated, PlayoutCleared, PlayoutHeld, PlayoutResumed, TurnTimed
from vivavoce.errors import InputError
from vivavoce.speech.heard import Segment, heard_text

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.events import ItemTruncateRequested, PlayoutReported
    from vivavoce.conversation.reply import Reply, SpokenClause

__all__ = ["Playout"]

USUAL_SAMPLES_A_CHARACTER = REPLY_SAMPLE_RATE_HZ / 15
"""English at an ordinary pace; asked only of a first clause that was interrupted while its speech was being made."""

ASKED_BEFORE_SECONDS, ASKED_AFTER_SECONDS = 1.0, 0.5
"""How long after a question, and how long before its end, an answer to it may begin."""

REPORT_GRACE_SECONDS = 5.0
"""How long past its expected end a reporting client may stay silent before its playout is taken to be over."""


class Playout:
    """Follows finished replies until they are heard, and settles what was heard of the others."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._clauses: dict[str, list[SpokenClause]] = {}
        self._playing: list[Reply] = []
        self._awaiting_report: set[str] = set()
        self._held: dict[str, str] | None = None

    @property
    def playing(self) -> tuple[Reply, ...]:
        """The finished replies that are still on their way to the listener's ear."""
        return tuple(self._playing)

    @property
    def is_playing(self) -> bool:
        """Whether a finished reply is still on its way to the listener's ear."""
        return bool(self._playing)

    def plays(self, response_id: str | None) -> bool:
        """Whether this finished reply, or with None any, is still on its way to the listener's ear."""
        return any(response_id in (None, reply.id) for reply in self._playing)

    def heard(self, item_id: str, now: float) -> tuple[str, int] | None:
        """Return the words of a reply that were heard by now, and the samples; None of what is no spoken reply."""
        if item_id not in self._clauses:
            return None
        played = self._core.ledger.played(item_id, now)
        return heard_text(_sounding(self._clauses[item_id]), played), played

    def opened(self, reply: Reply) -> None:
        """Remember what the reply says, as it grows."""
        self._clauses[reply.item_id] = reply.clauses

    def finished(self, reply: Reply) -> None:
        """The reply is whole; follow it until its last sample is heard."""
        ledger = self._core.ledger
        if ledger.is_cut(reply.item_id):
            self.settle(reply.item_id)
        elif ledger.sent_samples(reply.item_id):
            self._playing.append(reply)
            self._wait_for_end()

    def hold(self, active: Reply | None) -> None:
        """Have the client fall silent and keep what it has, until `resume` or `drop_hold`."""
        self._held = {}
        self._core.ledger.hold(self._core.now)
        self._core.cancel_timer("playout")
        self.hold_newcomers(active)

    def hold_newcomers(self, active: Reply | None) -> None:
        """While the client stays silent, hold also what has reached it since."""
        core = self._core
        if self._held is None:
            return
        for reply in [*self._playing, *([active] if active is not None else [])]:
            is_there = core.ledger.sent_samples(reply.item_id) and not core.ledger.is_cut(reply.item_id)
            if is_there and reply.item_id not in self._held:
                self._held[reply.item_id] = reply.id
                core.emit(PlayoutHeld(response_id=reply.id, item_id=reply.item_id))

    def resume(self) -> None:
        """Have the client play on from where it was held."""
        self._end_hold(PlayoutResumed)

    def drop_hold(self) -> None:
        """Have the client drop what is still held, if anything is."""
        self._end_hold(PlayoutCleared)

    def has_asked(self) -> bool:
        """Whether the listener has just heard a question, or hears the end of one now."""
        core = self._core
        sounding = core.ledger.sounding(core.now, lately_seconds=ASKED_BEFORE_SECONDS)
        if sounding is None or sounding[0] not in self._clauses:
            return False
        item_id, position = sounding
        segments = _sounding(self._clauses[item_id])
        before = heard_text(segments, position - round(ASKED_BEFORE_SECONDS * REPLY_SAMPLE_RATE_HZ))
        after = heard_text(segments, position + round(ASKED_AFTER_SECONDS * REPLY_SAMPLE_RATE_HZ))
        return any(mark in after[len(before) :] for mark in "?？")

    def clear(self) -> None:
        """Stop everything that still plays: the listener took the floor."""
        for reply in self._playing:
            reply.clock.mark("interrupted", self._core.now)
            self.silence(reply)
            self.settle(reply.item_id)
            self._core.emit(self._timed(reply))
        self._playing.clear()
        self._core.cancel_timer("playout")

    def silence(self, reply: Reply) -> None:
        """Have the client drop what it has not played of `reply`."""
        core = self._core
        if core.ledger.sent_samples(reply.item_id):
            core.emit(PlayoutCleared(response_id=reply.id, item_id=reply.item_id))
            if self._held is not None:
                self._held.pop(reply.item_id, None)
            core.ledger.cut(reply.item_id, core.now)
            self._awaiting_report.add(reply.item_id)

    def settle(self, item_id: str) -> None:
        """Keep in the conversation what was heard of a reply's message; a later report of the client may mend it."""
        core = self._core
        if item_id not in core.items or item_id not in self._clauses:
            return
        words, _ = self.heard(item_id, core.now) or ("", 0)
        item = core.items.get(item_id)
        content = tuple(replace(part, heard=words) for part in item.content)
        core.items.replace(replace(item, status="incomplete", content=content))

    def reported(self, event: PlayoutReported) -> None:
        """The client says what it has played."""
        core = self._core
        core.ledger.reported(event.item_id, event.played_samples, core.now)
        if event.item_id in self._awaiting_report:
            self.settle(event.item_id)
            if not event.buffered_samples:
                self._awaiting_report.discard(event.item_id)
            return
        if any(reply.item_id == event.item_id for reply in self._playing):
            self._wait_for_end()

    def ran_out(self) -> None:
        """The playout's time is up: what was sent has been heard."""
        for reply in self._playing:
            self._heard_all(reply)
        self._playing.clear()

    def truncate(self, event: ItemTruncateRequested) -> None:
        """The client says where its listener stopped hearing an item.

        Raises:
            InputError: no such item, not an assistant's audio, or longer than the audio.
        """
        core = self._core
        self._check(event)
        core.ledger.truncate(event.item_id, event.audio_end_ms * REPLY_SAMPLE_RATE_HZ // 1000, core.now)
        self.settle(event.item_id)
        self._drop(event.item_id)
        core.emit(
            ItemTruncated(item_id=event.item_id, content_index=event.content_index, audio_end_ms=event.audio_end_ms)
        )

    def _end_hold(self, news: type[PlayoutResumed | PlayoutCleared]) -> None:
        if self._held is None:
            return
        for item_id, response_id in self._held.items():
            self._core.emit(news(response_id=response_id, item_id=item_id))
        self._held = None
        self._core.ledger.resume(self._core.now)
        self._wait_for_end()

    def _check(self, event: ItemTruncateRequested) -> None:
        if event.item_id not in self._core.items:
            raise InputError(
                "item_truncate_invalid_item_id",
                f"Error truncating item: the item with id '{event.item_id}' does not exist.",
                remedy="An item that was deleted, or never came to be, needs no truncating.",
                param="item_id",
            )
        item = self._core.items.get(event.item_id)
        if item.role != "assistant" or event.item_id not in self._clauses or event.content_index != 0:
            raise InputError(
                "invalid_value",
                "Only the audio of an assistant's message can be truncated.",
                remedy="Send the item_id of an assistant message with audio, and content_index 0.",
                param="item_id",
            )
        kept_ms = self._core.ledger.kept_samples(event.item_id) * 1000 // REPLY_SAMPLE_RATE_HZ
        if not 0 <= event.audio_end_ms <= kept_ms:
            raise InputError(
                "invalid_value",
                f"Audio content of {kept_ms} ms is already shorter than {event.audio_end_ms} ms, or that is negative.",
                remedy="Send how much of the item was played.",
                param="audio_end_ms",
            )

    def _drop(self, item_id: str) -> None:
        """A client that truncates has stopped playing."""
        self._playing = [reply for reply in self._playing if reply.item_id != item_id]
        if not self._playing:
            self._core.cancel_timer("playout")

    def _wait_for_end(self) -> None:
        core = self._core
        for reply in [reply for reply in self._playing if core.ledger.is_heard(reply.item_id)]:
            self._playing.remove(reply)
            self._heard_all(reply)
        remaining = [core.ledger.remaining_seconds(reply.item_id, core.now) for reply in self._playing]
        if not remaining or self._held is not None:
            core.cancel_timer("playout")
            return
        grace = REPORT_GRACE_SECONDS if core.settings.playout_reports else 0.0
        core.start_timer("playout", max(remaining) + grace)

    def _heard_all(self, reply: Reply) -> None:
        reply.clock.mark("played", self._core.now)
        self._core.emit(self._timed(reply))

    def _timed(self, reply: Reply) -> TurnTimed:
        return TurnTimed(response_id=reply.id, item_id=reply.user_item_id, marks=reply.clock.marks())


def _sounding(clauses: list[SpokenClause]) -> list[Segment]:
    """Return what there is to hear: up to the last clause that has sound, and what needs none behind it.

    A clause whose speech has not been made, or could not be, is not heard when all before it was played.
    """
    count = max((index for index, clause in enumerate(clauses, start=1) if clause.samples), default=0)
    while count < len(clauses) and clauses[count].is_silent:
        count += 1
    pace = _samples_a_character(clauses)
    return [Segment(text=clause.text, samples=_lasts(clause, pace)) for clause in clauses[:count]]


def _lasts(clause: SpokenClause, pace: float) -> int:
    """Return how long a clause is: of one whose speech is still coming only the beginning can have been heard."""
    if clause.is_whole or not clause.samples:
        return clause.samples
    return max(clause.samples, round(len(clause.text) * pace))


def _samples_a_character(clauses: list[SpokenClause]) -> float:
    """Return how long a character lasts in what was spoken whole, or usually."""
    spoken = [clause for clause in clauses if clause.is_whole and clause.samples]
    characters = sum(len(clause.text) for clause in spoken)
    return sum(clause.samples for clause in spoken) / characters if characters else USUAL_SAMPLES_A_CHARACTER
