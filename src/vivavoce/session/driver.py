"""The driver of one session: events to the machine, its effects to the world.

Owns the session's task group (nothing of a session outlives it), the order of events, and the performing of effects.
Refuses to decide anything about the conversation, and to know the wire: news goes to a `SessionClient`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol, assert_never

import anyio
import numpy as np

from vivavoce.audio.formats import MODEL_HZ, SPEECH_HZ, AudioFormat
from vivavoce.audio.resample import resample
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.machine import ConversationMachine
from vivavoce.conversation.orders import Order
from vivavoce.conversation.transitions import State
from vivavoce.engines.caller import calling
from vivavoce.session.accounting import SessionAccount
from vivavoce.session.far_end import STILL_AUDIBLE_SECONDS, FarEnd
from vivavoce.session.item_audio import ItemAudio
from vivavoce.session.judging import EndOfTurnJudge
from vivavoce.session.listening import InputLimits, Listener
from vivavoce.session.mind import BareMind
from vivavoce.session.reading_ahead import ReadingAhead
from vivavoce.session.requests import reply_request
from vivavoce.session.running_replies import RunningReplies
from vivavoce.session.timers import Timers
from vivavoce.session.tool_running import ToolRunner
from vivavoce.session.transcribing import CaptionOrder, Transcriber

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.settings import ConversationSettings
    from vivavoce.engines.protocols import ReplyRequest
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.session.mind import SessionMind
    from vivavoce.session.recorder import SessionRecorder
    from vivavoce.turntaking.settings import TurnDetection

__all__ = ["Session", "SessionClient"]


class SessionClient(Protocol):
    """Whoever is told what happens in a session."""

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Pass the news on without waiting.

        `audio` comes with `OutputAudio` (24 kHz), with `InputCommitted` (16 kHz), and with `ItemRetrieved` (24 kHz),
        when there is any.
        """
        ...


class Session:
    """One conversation with one client. Enter `run`, then give it audio and events until `close`."""

    def __init__(
        self,
        *,
        session_id: str,
        settings: ConversationSettings,
        roster: EngineRoster,
        client: SessionClient,
        limits: InputLimits,
        mind: SessionMind | None = None,
        recorder: SessionRecorder | None = None,
        clock: Callable[[], float] = anyio.current_time,
    ) -> None:
        self.id = session_id
        self.settings = settings
        self._machine = ConversationMachine(session_id=session_id, settings=settings)
        self._roster = roster
        self._client = client
        self._mind = mind or BareMind(roster)
        self._limits = limits
        self._recorder = recorder
        self._clock = clock
        self._events: deque[ev.Event] = deque()
        self._is_dispatching = False
        self._account = SessionAccount(session_id, roster.workload)
        self._item_audio = ItemAudio()
        self._far_end = FarEnd(self._sounding, can_hold=self._can_hold)
        self._closed = anyio.Event()
        self._expired = anyio.Event()
        self._has_spoken = False
        self._is_hanging_up = False

    @property
    def has_spoken(self) -> bool:
        """Whether any reply audio has been sent: from then on the voice stays."""
        return self._has_spoken

    @property
    def expired(self) -> anyio.Event:
        """Set once the session is to be closed: the user has been silent for too long, or it was hung up."""
        return self._expired

    @property
    def was_hung_up(self) -> bool:
        """Whether the assistant ends the session."""
        return self._is_hanging_up

    @property
    def far_end(self) -> FarEnd:
        """What the client plays, for those who look and do not touch."""
        return self._far_end

    @property
    def machine(self) -> ConversationMachine:
        """The core, for those who look and do not touch."""
        return self._machine

    @property
    def listener(self) -> Listener:
        """The session's ear."""
        return self._listener

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Serve the session until `close`; whatever it started has ended when this returns."""
        try:
            with calling(self._account.caller):
                await self._run(task_status)
        finally:
            self._end()

    def close(self, reason: str = "") -> None:
        """End the session: all its work stops, and nothing more is told."""
        self.dispatch(ev.SessionClosed(reason=reason))
        self._closed.set()

    def hang_up(self, *, at_once: bool = False) -> None:
        """End the session, once what is being said has been heard unless it has to be `at_once`."""
        self._is_hanging_up = True
        if at_once:
            self._expired.set()

    def configure(
        self, settings: ConversationSettings, *, audio_format: AudioFormat, detection: TurnDetection | None
    ) -> None:
        """Take up new settings, from the next decision on."""
        self._listener.configure(audio_format, detection)
        if detection is None:
            self._transcriber.stop_captions()
        if settings != self.settings:
            self._roster.want(settings.language)
            self.settings = settings
            self.dispatch(ev.SettingsChanged(settings=settings))
            # What is being read, or was read last, may begin otherwise now.
            self._ahead.stop()
            self._ahead.follow("")

    def hear(self, data: bytes) -> None:
        """Take in audio of the session's input format.

        Raises:
            InputError: half a sample.
            CapacityError: the input buffer is full.
        """
        self._listener.append(data)

    def create_item(self, request: ev.ItemCreateRequested, audio: Samples | None) -> None:
        """Put an item into the conversation; one that comes with `audio` (24 kHz) must have an id."""
        item_id = request.item.id
        if audio is None or self._has_item(item_id):
            self.dispatch(request)
            return
        self._item_audio.add(item_id, audio, SPEECH_HZ)
        self.dispatch(request)
        if not self._has_item(item_id):
            self._item_audio.forget(item_id)

    def commit_input(self, event_id: str | None) -> None:
        """End the turn by hand."""
        start, end = self._listener.uncommitted
        self.dispatch(ev.InputCommitRequested(start_sample=start, end_sample=end, event_id=event_id))
        if self._listener.uncommitted == (end, end):
            self._listener.begin_afresh()

    def clear_input(self, event_id: str | None) -> None:
        """Throw away what no turn has taken."""
        self._listener.forget_uncommitted()
        self.dispatch(ev.InputClearRequested(event_id=event_id))

    def dispatch(self, event: ev.Event) -> None:
        """Give the machine an event and perform what it asks for; events that this leads to follow in order.

        Once the session is closed this does nothing.
        """
        if self._closed.is_set():
            return
        self._events.append(event)
        if self._is_dispatching:
            return
        self._is_dispatching = True
        try:
            # Whoever brings an event, the work that follows from it is the session's.
            with calling(self._account.caller):
                while self._events:
                    self._handle(self._events.popleft())
        finally:
            self._is_dispatching = False

    async def _run(self, task_status: anyio.abc.TaskStatus[None]) -> None:
        async with anyio.create_task_group() as scope:
            self._roster.want(self.settings.language)
            self._open(scope)
            await scope.start(self._mind.run, self)
            await scope.start(self._listener.run)
            scope.start_soon(self._listener.watch)
            task_status.started()
            await self._closed.wait()
            scope.cancel_scope.cancel()

    def _open(self, scope: TaskGroup) -> None:
        self._scope = scope
        self._timers = Timers(scope, lambda timer_id: self.dispatch(ev.TimerFired(timer_id=timer_id)))
        self._replies = RunningReplies(
            conversation_id=self.id, roster=self._roster, mind=self._mind, dispatch=self.dispatch, scope=scope
        )
        self._tools = ToolRunner(scope, run_tool=self._mind.run_tool, dispatch=self.dispatch)
        judge = EndOfTurnJudge(roster=self._roster, scope=scope, conversation_id=self.id)
        self._listener = Listener(
            roster=self._roster,
            dispatch=self.dispatch,
            clock=self._clock,
            limits=self._limits,
            judge=judge,
            far_end=self._far_end,
        )
        self._ahead = ReadingAhead(
            roster=self._roster, mind=self._mind, scope=scope, request_for=self._prompt_ahead, clock=self._clock
        )
        self._transcriber = Transcriber(
            roster=self._roster,
            dispatch=self.dispatch,
            audio_of=self._audio_of,
            slice_input=self._listener.slice,
            far_end=self._far_end,
            ahead=self._ahead,
            judge=judge,
            scope=scope,
        )

    def _end(self) -> None:
        # What waited behind an event that broke the session would start work that nobody ends.
        self._events.clear()
        if not self._closed.is_set():
            self.close("failed")
        if self._recorder is not None:
            self._recorder.close()

    def _handle(self, event: ev.Event) -> None:
        now = self._clock()
        event = self._account.take_note(event, now)
        effects = self._machine.handle(event, now)
        if self._recorder is not None:
            self._recorder.record(now, event, effects)
        for effect in effects:
            self._account.see(effect, now)
            if isinstance(effect, Order):
                self._perform(effect)
            else:
                self._tell(effect)

    def _perform(self, order: Order) -> None:
        match order:
            case orders.StartTimer() | orders.CancelTimer():
                self._timers.perform(order)
            case orders.Transcribe():
                self._transcriber.transcribe(order)
            case orders.CancelTranscription():
                self._transcriber.cancel(order.item_id, order.attempt)
            case orders.ReleaseInput() | orders.MeasureSilence():
                self._tend_input(order)
            case orders.Generate():
                self._ahead.stop()
                caller = self._account.caller_of(order.response_id)
                self._replies.begin(order, caller, with_mouth=self.settings.mouth)
            case orders.Synthesize():
                self._replies.speak(order)
            case orders.CancelReply():
                self._replies.cancel(order.response_id)
            case orders.RunTool():
                self._tools.run(order)
            case orders.CancelTool():
                self._tools.cancel(order)
            case _:
                assert_never(order)

    def _tend_input(self, order: orders.ReleaseInput | orders.MeasureSilence) -> None:
        if isinstance(order, orders.ReleaseInput):
            self._listener.release(order.before_sample)
        else:
            start, end = self._listener.uncommitted
            self.dispatch(ev.SilenceMeasured(start_sample=start, end_sample=end))

    def _tell(self, news: fx.News) -> None:
        audio: Samples | None = None
        match news:
            case fx.OutputAudio():
                audio = self._take_speech(news)
                self._item_audio.add(news.item_id, audio, SPEECH_HZ)
                self._far_end.sent(news.item_id, audio)
                self._has_spoken = True
            case fx.InputCommitted():
                audio = self._keep_input(news)
            case fx.ItemRetrieved():
                audio = self._retrieve(news.item.id)
            case fx.ItemTruncated():
                self._item_audio.truncate(news.item_id, news.audio_end_ms)
            case fx.ItemDeleted():
                self._item_audio.forget(news.item_id)
            case _:
                self._take_note(news)
        self._client.tell(news, audio)
        self._mind.tell(news, audio)

    def _take_speech(self, news: fx.OutputAudio) -> Samples:
        """Tell what the mouth does before the sound that it does it to."""
        speech = self._replies.take(news.response_id, news.chunk_id)
        if speech.mouth:
            self._client.tell(
                fx.OutputMouth(
                    response_id=news.response_id,
                    item_id=news.item_id,
                    first_sample=news.first_sample,
                    samples=news.samples,
                    mouth=speech.mouth,
                ),
                None,
            )
        return speech.audio

    def _take_note(self, news: fx.News) -> None:
        match news:
            case fx.ReplyDone():
                self._replies.finish(news.reply.response_id)
            case fx.InputCleared():
                self._transcriber.stop_captions()
            case fx.SessionExpired():
                self._expired.set()
            case fx.TurnStateChanged(state="idle" | "listening") if self._is_hanging_up:
                self._expired.set()
            case fx.SpeechStartedNotice():
                self._ahead.follow("")
                self._caption(news)
            case _:
                pass

    def _has_item(self, item_id: str) -> bool:
        return any(item.id == item_id for item in self._machine.items)

    def _audio_of(self, order: orders.Transcribe) -> Samples:
        if order.end_sample > order.start_sample:
            return self._listener.slice(order.start_sample, order.end_sample)
        held = self._item_audio.get(order.item_id)
        return np.zeros(0, np.float32) if held is None else resample(held[0], held[1], MODEL_HZ)

    def _caption(self, started: fx.SpeechStartedNotice) -> None:
        order = CaptionOrder(
            item_id=started.item_id,
            start_sample=started.audio_start_ms * MODEL_HZ // 1000,
            language=self.settings.language,
            is_shown=self.settings.playout_reports,
        )
        buffer = self._listener.buffer
        self._transcriber.start_captions(
            order, lambda: None if self._machine.state is State.ENDPOINTING else buffer.end_sample
        )

    def _sounding(self) -> tuple[str, int] | None:
        return self._machine.sounding(self._clock(), lately_seconds=STILL_AUDIBLE_SECONDS)

    def _can_hold(self) -> bool:
        return self.settings.playout_reports and self.settings.interruptible

    def _prompt_ahead(self, words: str) -> ReplyRequest | None:
        """Return the prompt so far; None while a reply is being made, whose prompt is all that counts."""
        return None if self._replies else reply_request(self._machine.prompt_ahead(words), self.id)

    def _keep_input(self, committed: fx.InputCommitted) -> Samples:
        self._transcriber.stop_captions()
        audio = self._listener.slice(committed.start_sample, committed.end_sample)
        self._item_audio.add(committed.item_id, audio, MODEL_HZ)
        return audio

    def _retrieve(self, item_id: str) -> Samples | None:
        held = self._item_audio.get(item_id)
        return None if held is None else resample(held[0], held[1], SPEECH_HZ)
