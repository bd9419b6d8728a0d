"""A reply asked for before the turn is sure to be over: the engines work under the silence, and nobody is told.

Owns what the engines have made so far, held until the turn is confirmed and then taken up as if it had just come, or
dropped without a trace when the speaker goes on; and how much of it is spoken ahead. Refuses to know why a pause is
taken for an end.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vivavoce.conversation.events import ReplyEnded, ReplyFailed, ReplyTextArrived, SynthesisFailed
from vivavoce.conversation.orders import Generate
from vivavoce.conversation.reply import EngineEvent, Reply
from vivavoce.conversation.reply_output import voice_order
from vivavoce.speech.clauses import ClauseChunker
from vivavoce.speech.cues import CueFilter

if TYPE_CHECKING:
    from vivavoce.conversation.orders import Synthesize
    from vivavoce.conversation.reply import TurnClock

__all__ = ["Anticipation"]

MAX_HELD = 2_000
"""Events held for one turn; a reply that long was not waited for."""

CLAUSES_AHEAD = 1
"""Clauses spoken before the turn is sure: while the first is heard, there is time to speak the next."""


@dataclass(slots=True, kw_only=True)
class Anticipation:
    """The reply, the order that asked for it, and what came of it, each with the time it came."""

    reply: Reply
    order: Generate
    held: list[tuple[float, EngineEvent]] = field(default_factory=list)
    _chunker: ClauseChunker = field(init=False)
    _cues: CueFilter | None = field(init=False)
    _spoken_at: float | None = field(default=None, init=False)
    _clauses: int = field(default=0, init=False)
    _events: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        # The reply's own chunker cuts the same text again, in the same places, once it is taken up.
        self._chunker = ClauseChunker(self.reply.language)
        self._cues = CueFilter(self.reply.allowed_cues) if self.reply.allowed_cues else None

    def hold(self, event: EngineEvent, now: float) -> list[Synthesize] | None:
        """Keep what an engine made, and return what is to be spoken ahead.

        None when the attempt has failed or grown too long, and is worth nothing.
        """
        self._events += 1
        self._keep(event, now)
        if isinstance(event, ReplyFailed | SynthesisFailed) or self._events > MAX_HELD:
            return None
        if self.reply.modality == "text" or self._clauses >= CLAUSES_AHEAD:
            return []
        if isinstance(event, ReplyTextArrived):
            text = self._cues.feed(event.text)[0] if self._cues else event.text
            return self._speak_ahead(self._chunker.feed(text), now)
        if not isinstance(event, ReplyEnded):
            return []
        rest = self._cues.flush()[0] if self._cues else ""
        return self._speak_ahead([*self._chunker.feed(rest), *self._chunker.flush()], now)

    def _keep(self, event: EngineEvent, now: float) -> None:
        """Hold the event; words that follow words join them, so that they are told at once when they are told."""
        if self.held and isinstance(event, ReplyTextArrived):
            since, before = self.held[-1]
            if isinstance(before, ReplyTextArrived):
                self.held[-1] = since, replace(before, text=before.text + event.text)
                return
        self.held.append((now, event))

    def answers(self, wanted: Reply, order: Generate) -> bool:
        """Whether the reply that is wanted now is the one that was anticipated: the same question put the same way."""
        mine = self.reply
        said_alike = (mine.language, mine.voice, mine.speed, mine.modality) == (
            wanted.language,
            wanted.voice,
            wanted.speed,
            wanted.modality,
        )
        return said_alike and replace(order, response_id=self.order.response_id) == self.order

    def mark(self, clock: TurnClock) -> None:
        """Note on the turn's clock when the first words, and the first clause, came."""
        first_text = next((at for at, event in self.held if isinstance(event, ReplyTextArrived) and event.text), None)
        if first_text is not None:
            clock.mark("first_token", first_text)
        if self._spoken_at is not None:
            clock.mark("first_clause", self._spoken_at)

    def _speak_ahead(self, clauses: list[str], now: float) -> list[Synthesize]:
        orders: list[Synthesize] = []
        for clause in clauses[: CLAUSES_AHEAD - self._clauses]:
            order = voice_order(self.reply, self._clauses, clause)
            self._clauses += 1
            if order is not None:
                orders.append(order)
                self._spoken_at = now if self._spoken_at is None else self._spoken_at
                self.reply.spoken_ahead.add(order.clause_index)
        return orders
