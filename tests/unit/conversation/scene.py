"""A conversation on a stage: the machine, a clock that the test moves, and engines that say what the test tells them.

Owns the record of every effect, in order, and the timers that run. The test plays the user, the client and the engines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.core import REPLY_SAMPLE_RATE_HZ
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.machine import ConversationMachine
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FAULT", "VOICE_FAULT", "Scene", "names", "user_text"]

SAMPLES_PER_MS = 16
FAULT = ev.Failure(code="engine_failed", stage="llm", message="It broke.", retryable=True)
VOICE_FAULT = ev.Failure(code="engine_failed", stage="tts", message="The voice broke.")

EffectT = TypeVar("EffectT")


def names(effects: Sequence[object]) -> list[str]:
    """Return what kind each effect is of."""
    return [type(effect).__name__ for effect in effects]


def user_text(text: str, item_id: str = "") -> Item:
    """Return a typed message of the user's."""
    return Item(id=item_id, content=(ContentPart(kind="input_text", text=text),))


class Scene:
    """Plays events to one machine."""

    def __init__(self, settings: ConversationSettings | None = None, *, session_id: str = "t") -> None:
        self.machine = ConversationMachine(session_id=session_id, settings=settings or ConversationSettings())
        self.now = 1_000.0
        self.log: list[fx.Effect] = []
        self.events: list[tuple[float, ev.Event, list[fx.Effect]]] = []
        self._chunks = 0
        self._timers: dict[str, float] = {}

    def take(self, event: ev.Event) -> list[fx.Effect]:
        """Give the machine an event now."""
        effects = self.machine.handle(event, self.now)
        self.log += effects
        self.events.append((self.now, event, effects))
        for effect in effects:
            if isinstance(effect, orders.StartTimer):
                self._timers[effect.timer_id] = self.now + effect.delay_seconds
            elif isinstance(effect, orders.CancelTimer):
                del self._timers[effect.timer_id]
        return effects

    def wait(self, seconds: float) -> list[fx.Effect]:
        """Let time pass, and fire the timers that run out."""
        until = self.now + seconds
        effects: list[fx.Effect] = []
        fired = 0
        while due := [(at, timer_id) for timer_id, at in self._timers.items() if at <= until]:
            at, timer_id = min(due)
            self.now = max(self.now, at)
            del self._timers[timer_id]
            effects += self.take(ev.TimerFired(timer_id=timer_id))
            fired += 1
            assert fired < 1_000, "timers follow each other without end"
        self.now = until
        return effects

    # ------------------------------------------------------------------ looking back

    @property
    def state(self) -> str:
        """Who holds the floor."""
        return self.machine.state.value

    @property
    def running_timers(self) -> frozenset[str]:
        """The timers that neither fired nor were cancelled."""
        return frozenset(self._timers)

    @property
    def is_replying(self) -> bool:
        """Whether the client was told of a reply to the conversation that is not over."""
        own = sum(created.reply.in_band for created in self.all(fx.ReplyCreated))
        return own > sum(done.reply.in_band for done in self.all(fx.ReplyDone))

    def all(self, kind: type[EffectT]) -> list[EffectT]:
        """Return every effect of a kind so far."""
        return [effect for effect in self.log if isinstance(effect, kind)]

    def last(self, kind: type[EffectT]) -> EffectT:
        """Return the newest effect of a kind."""
        return self.all(kind)[-1]

    def item(self, item_id: str) -> Item:
        """Return an item of the conversation."""
        return next(item for item in self.machine.items if item.id == item_id)

    def prompt(self) -> list[tuple[str, str]]:
        """Return the newest prompt as roles and contents."""
        return [(message.role, message.content) for message in self.last(orders.Generate).messages]

    # ------------------------------------------------------------------ the user

    def speech_starts(self, at_ms: int = 0) -> list[fx.Effect]:
        """The user begins to speak."""
        return self.take(ev.SpeechStarted(start_sample=at_ms * SAMPLES_PER_MS))

    def speech_pauses(self, start_ms: int = 0, end_ms: int = 1_000) -> list[fx.Effect]:
        """The user falls silent."""
        return self.take(ev.SpeechPaused(start_sample=start_ms * SAMPLES_PER_MS, end_sample=end_ms * SAMPLES_PER_MS))

    def speech_ends(self, start_ms: int = 0, end_ms: int = 1_500) -> list[fx.Effect]:
        """The user's turn is over; the last speech came 0.5 s ago."""
        return self.take(
            ev.TurnEnded(
                start_sample=start_ms * SAMPLES_PER_MS,
                end_sample=end_ms * SAMPLES_PER_MS,
                speech_ended_at=self.now - 0.5,
            )
        )

    def interrupts(self, at_ms: int = 0) -> list[fx.Effect]:
        """The user speaks over a reply for so long that nobody can take it for a backchannel."""
        return self.speech_starts(at_ms) + self.wait(1.3)

    def user_speaks(self) -> list[fx.Effect]:
        """A whole turn of the user's, up to its end; its words are not known yet."""
        return self.speech_starts() + self.speech_pauses() + self.speech_ends()

    def user_says(self, text: str) -> list[fx.Effect]:
        """A whole turn of the user's and its words."""
        return self.user_speaks() + self.hear(text)

    def user_types(self, text: str) -> list[fx.Effect]:
        """A typed message and the request to answer it."""
        return self.take(ev.ItemCreateRequested(item=user_text(text))) + self.request()

    # ------------------------------------------------------------------ the client

    def request(self, options: ReplyOptions | None = None, *, event_id: str | None = None) -> list[fx.Effect]:
        """The client asks for a reply."""
        return self.take(ev.ReplyRequested(options=options or ReplyOptions(), event_id=event_id))

    def commit(self, start_ms: int = 0, end_ms: int = 1_000, *, event_id: str | None = None) -> list[fx.Effect]:
        """The client ends the turn by hand."""
        return self.take(
            ev.InputCommitRequested(
                start_sample=start_ms * SAMPLES_PER_MS, end_sample=end_ms * SAMPLES_PER_MS, event_id=event_id
            )
        )

    def truncate(self, item_id: str, audio_end_ms: int, *, content_index: int = 0) -> list[fx.Effect]:
        """The client says where its listener stopped hearing."""
        return self.take(
            ev.ItemTruncateRequested(
                item_id=item_id, content_index=content_index, audio_end_ms=audio_end_ms, event_id="e1"
            )
        )

    def report(self, item_id: str, played_seconds: float, *, buffered_seconds: float = 1.0) -> list[fx.Effect]:
        """The client says what it has played."""
        return self.take(
            ev.PlayoutReported(
                item_id=item_id,
                played_samples=round(played_seconds * REPLY_SAMPLE_RATE_HZ),
                buffered_samples=round(buffered_seconds * REPLY_SAMPLE_RATE_HZ),
            )
        )

    # ------------------------------------------------------------------ the engines

    def hear(
        self, text: str, *, order: orders.Transcribe | None = None, language: str = "en", certainty: float = 1.0
    ) -> list[fx.Effect]:
        """The recogniser answers its newest order, or a given one."""
        order = order or self.last(orders.Transcribe)
        return self.take(
            ev.TranscriptReady(
                item_id=order.item_id, attempt=order.attempt, text=text, language=language, certainty=certainty
            )
        )

    def fail_to_hear(self) -> list[fx.Effect]:
        """The recogniser fails at its newest order."""
        order = self.last(orders.Transcribe)
        return self.take(ev.TranscriptFailed(item_id=order.item_id, attempt=order.attempt, failure=FAULT))

    @property
    def response_id(self) -> str:
        """The newest reply."""
        return self.last(fx.ReplyCreated).reply.response_id

    @property
    def reply_item_id(self) -> str:
        """The message of the newest reply."""
        return self.last(fx.OutputItemAdded).item.id

    def write(self, text: str, *, response_id: str | None = None) -> list[fx.Effect]:
        """The model writes more."""
        return self.take(ev.ReplyTextArrived(response_id=response_id or self.response_id, text=text))

    def call(self, arguments: str, *, index: int = 0, call_id: str = "", name: str = "") -> list[fx.Effect]:
        """The model writes more of a tool call."""
        return self.take(
            ev.ReplyToolCallArrived(
                response_id=self.response_id, index=index, call_id=call_id, name=name, arguments=arguments
            )
        )

    def caption(self, stable: str, unstable: str = "", *, certainty: float = 1.0) -> list[fx.Effect]:
        """The recogniser tells the words so far of the turn under way."""
        item_id = self.last(fx.SpeechStartedNotice).item_id
        return self.take(ev.PartialHeard(item_id=item_id, stable=stable, unstable=unstable, certainty=certainty))

    def stop_writing(self, finish_reason: str = "stop", *, response_id: str | None = None) -> list[fx.Effect]:
        """The model has said all it will."""
        usage = ev.Usage(input_tokens=7, output_tokens=5, cached_tokens=3)
        return self.take(
            ev.ReplyEnded(response_id=response_id or self.response_id, finish_reason=finish_reason, usage=usage)
        )

    def voice(self, seconds: float, *, clause: int | None = None, is_whole: bool = True) -> list[fx.Effect]:
        """The voice speaks a clause of the newest reply, by default the next one, for some seconds."""
        index = self.unvoiced()[0] if clause is None else clause
        self._chunks += 1
        samples = round(seconds * REPLY_SAMPLE_RATE_HZ)
        effects = self.take(
            ev.SpeechSynthesized(
                response_id=self.response_id, clause_index=index, chunk_id=self._chunks, samples=samples
            )
        )
        if is_whole:
            effects += self.take(ev.ClauseSpoken(response_id=self.response_id, clause_index=index))
        return effects

    def unvoiced(self) -> list[int]:
        """Return the clauses of the newest reply that the voice was asked for and has not finished."""
        finished = {
            event.clause_index
            for _, event, _ in self.events
            if isinstance(event, ev.ClauseSpoken | ev.SynthesisFailed) and event.response_id == self.response_id
        }
        asked = [order for order in self.all(orders.Synthesize) if order.response_id == self.response_id]
        return [order.clause_index for order in asked if order.clause_index not in finished]

    def fail_to_voice(self) -> list[fx.Effect]:
        """The voice fails at the next clause of the newest reply."""
        return self.take(
            ev.SynthesisFailed(response_id=self.response_id, clause_index=self.unvoiced()[0], failure=VOICE_FAULT)
        )

    def reply_says(self, text: str, *, seconds: float = 2.0) -> list[fx.Effect]:
        """A whole reply, written and spoken, all its clauses for the same time."""
        effects = self.write(text) + self.stop_writing()
        clauses = self.unvoiced()
        for _ in clauses:
            effects += self.voice(seconds / len(clauses))
        return effects
