"""The session's news in the words of the Realtime protocol.

Owns the wire event of each piece of news, the encoding of reply audio to the client's format, and what only a client of
`vivavoce.v1` is told. Refuses to know sockets: messages go to an outbox.
"""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from vivavoce.audio.formats import SPEECH_HZ, AudioFormat, OutputEncoder
from vivavoce.conversation import effects as fx
from vivavoce.realtime import response_wire
from vivavoce.realtime.face_wire import FaceNews, face_event
from vivavoce.realtime.item_translation import wire_item
from vivavoce.realtime.translation import audio_format_of
from vivavoce.realtime.wire import extension_events as we
from vivavoce.realtime.wire import response_events as wr
from vivavoce.realtime.wire import server_events as ws
from vivavoce.realtime.wire.binary import RESPONSE_NUMBERS, pack_output_audio
from vivavoce.realtime.wire.server_events import encode
from vivavoce.realtime.wire.session_config import to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.roster import ComponentStatus
    from vivavoce.realtime.outbox import Outbox
    from vivavoce.realtime.wire import audio_config as wa
    from vivavoce.realtime.wire.session_config import SessionConfig

__all__ = ["Reporter"]


class _Stream:
    """The audio of one response on its way out."""

    def __init__(self, number: int, audio_format: AudioFormat, first_sample: int) -> None:
        self.number = number
        self.format = audio_format
        self.encoder = OutputEncoder(audio_format)
        self.sequence = itertools.count()
        # Not 0 for who comes in mid-reply.
        self.position = first_sample * audio_format.rate_hz // SPEECH_HZ


class Reporter:
    """Tells one client what happens; a `SessionClient`.

    Args:
        outbox: takes the messages.
        config: the settings as the client sees them; put others there when they change.
        conversation_id: the conversation that the client is told it is in.
        extensions: whether the client speaks `vivavoce.v1`.
    """

    def __init__(self, outbox: Outbox, config: SessionConfig, *, conversation_id: str, extensions: bool) -> None:
        self.config = config
        self.extensions = extensions
        self._conversation_id = conversation_id
        self._outbox = outbox
        self._event_ids = itertools.count(1)
        self._numbers = itertools.count(1)
        self._streams: dict[str, _Stream] = {}
        self._formats: dict[str, wa.AudioFormat] = {}
        self._format_asked: wa.AudioFormat | None = None

    def next_event_id(self) -> str:
        """Return an id for the next event of this connection."""
        return f"event_{next(self._event_ids):06d}"

    def send(self, event: ws.ServerEvent) -> None:
        """Queue an event."""
        self._outbox.put(encode(event).decode())

    @contextmanager
    def answering_in(self, audio_format: wa.AudioFormat) -> Iterator[None]:
        """The reply that begins meanwhile is told and spoken in this format, whatever the session's is."""
        self._format_asked = audio_format
        try:
            yield
        finally:
            self._format_asked = None

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Put one piece of news on the wire."""
        match news:
            case fx.ReplyCreated():
                self._formats[news.reply.response_id] = self._format_asked or self.config.audio.output.format
                self._send_reply_news(news)
            case fx.OutputAudio():
                if audio is not None:
                    self._send_audio(news, audio)
            case fx.OutputAudioDone():
                self._end_audio(news)
            case fx.PlayoutCleared():
                self._clear(news)
            case fx.ReplyDone():
                self._streams.pop(news.reply.response_id, None)
                self._send_reply_news(news)
                self._formats.pop(news.reply.response_id, None)
                self.send(ws.RateLimitsUpdated(event_id=self.next_event_id(), rate_limits=()))
            case fx.PlayoutHeld() | fx.PlayoutResumed():
                self._hold_or_resume(news)
            case (
                fx.TurnStateChanged()
                | fx.TurnTimed()
                | fx.PartialTranscript()
                | fx.MemoriesUsed()
                | fx.ExpressionCue()
                | fx.ActionCue()
                | fx.OutputMouth()
            ):
                self._send_extension(news)
            case fx.ItemRetrieved():
                self._send_retrieved(news, audio)
            case _:
                self._send_reply_news(news)

    def greet(self, statuses: tuple[ComponentStatus, ...]) -> None:
        """Tell a client that has just come in of its session, its conversation, and how the service is."""
        session = to_wire(self.config, extensions=self.extensions)
        self.send(ws.SessionCreated(event_id=self.next_event_id(), session=session))
        conversation = ws.Conversation(id=self._conversation_id)
        self.send(ws.ConversationCreated(event_id=self.next_event_id(), conversation=conversation))
        self.tell_status(statuses)

    def tell_settings(self) -> None:
        """Tell the client which settings are in force."""
        session = to_wire(self.config, extensions=self.extensions)
        self.send(ws.SessionUpdated(event_id=self.next_event_id(), session=session))

    def tell_status(self, statuses: tuple[ComponentStatus, ...]) -> None:
        """Tell a client of the extension how the service is."""
        if not self.extensions:
            return
        components = tuple(
            we.ComponentStatus(
                job=status.job.value,
                name=status.name,
                state=status.state,
                detail=status.detail,
                progress=status.progress,
            )
            for status in statuses
        )
        self.send(we.ServiceStatus(event_id=self.next_event_id(), components=components))

    def _send_reply_news(self, news: fx.News) -> None:
        event = response_wire.event_of(
            news, self.next_event_id(), config=self._config_of(news), conversation_id=self._conversation_id
        )
        if event is not None:
            self.send(event)

    def _config_of(self, news: fx.News) -> SessionConfig:
        """Return the session's settings as they are for the reply that the news is about."""
        if not isinstance(news, fx.ReplyCreated | fx.ReplyDone):
            return self.config
        audio = self.config.audio
        output = msgspec.structs.replace(audio.output, format=self._formats[news.reply.response_id])
        return msgspec.structs.replace(self.config, audio=msgspec.structs.replace(audio, output=output))

    def _send_audio(self, news: fx.OutputAudio, audio: Samples) -> None:
        stream = self._stream(news.response_id, news.item_id, news.first_sample)
        if self.extensions and news.text:
            self.send(
                we.OutputSegment(
                    event_id=self.next_event_id(),
                    response_id=news.response_id,
                    item_id=news.item_id,
                    first_sample=news.first_sample * stream.format.rate_hz // SPEECH_HZ,
                    samples=news.samples * stream.format.rate_hz // SPEECH_HZ,
                    text=news.text,
                )
            )
        self._send_encoded(news.response_id, news.item_id, news.output_index, stream.encoder.encode(audio))

    def _end_audio(self, news: fx.OutputAudioDone) -> None:
        stream = self._streams.get(news.response_id)
        if stream is not None:
            self._send_encoded(news.response_id, news.item_id, news.output_index, stream.encoder.flush())
        self._send_reply_news(news)

    def _send_encoded(self, response_id: str, item_id: str, output_index: int, data: bytes) -> None:
        if not data:
            return
        stream = self._stream(response_id, item_id)
        if self.extensions:
            frame = pack_output_audio(
                data, response_number=stream.number, sequence=next(stream.sequence), first_sample=stream.position
            )
            self._outbox.put(frame, audio_of=response_id)
        else:
            event = wr.ResponseOutputAudioDelta(
                event_id=self.next_event_id(),
                response_id=response_id,
                item_id=item_id,
                output_index=output_index,
                content_index=0,
                delta=data,
            )
            self._outbox.put(encode(event).decode(), audio_of=response_id)
        stream.position += len(data) // stream.format.bytes_per_sample

    def _stream(self, response_id: str, item_id: str, first_sample: int = 0) -> _Stream:
        stream = self._streams.get(response_id)
        if stream is None:
            number = next(self._numbers) % RESPONSE_NUMBERS
            audio_format = audio_format_of(self._formats[response_id])
            stream = self._streams[response_id] = _Stream(number, audio_format, first_sample)
            if self.extensions:
                self.send(
                    we.AudioStream(
                        event_id=self.next_event_id(),
                        response_number=number,
                        response_id=response_id,
                        item_id=item_id,
                        content_index=0,
                        sample_rate_hz=stream.format.rate_hz,
                    )
                )
        return stream

    def _clear(self, news: fx.PlayoutCleared) -> None:
        self._streams.pop(news.response_id, None)
        self._outbox.purge_audio(news.response_id)
        if self.extensions:
            self.send(
                we.PlayoutClear(event_id=self.next_event_id(), response_id=news.response_id, item_id=news.item_id)
            )

    def _hold_or_resume(self, news: fx.PlayoutHeld | fx.PlayoutResumed) -> None:
        """Only a client that reports its playout is ever held."""
        shape = we.PlayoutHold if isinstance(news, fx.PlayoutHeld) else we.PlayoutResume
        self.send(shape(event_id=self.next_event_id(), response_id=news.response_id, item_id=news.item_id))

    def _send_extension(
        self, news: fx.TurnStateChanged | fx.TurnTimed | fx.PartialTranscript | fx.MemoriesUsed | FaceNews
    ) -> None:
        if not self.extensions:
            return
        event_id = self.next_event_id()
        match news:
            case fx.TurnStateChanged():
                reason = news.reason.replace(" ", "_").replace(",", "")
                self.send(we.TurnState(event_id=event_id, state=news.state, reason=reason))
            case fx.TurnTimed():
                self.send(
                    we.TurnTiming(
                        event_id=event_id,
                        response_id=news.response_id,
                        item_id=news.item_id,
                        marks=response_wire.turn_marks(news.marks),
                    )
                )
            case fx.PartialTranscript():
                self.send(
                    we.InputPartial(event_id=event_id, item_id=news.item_id, stable=news.stable, unstable=news.unstable)
                )
            case fx.MemoriesUsed():
                memories = tuple(we.Memory(id=memory_id, text=text) for memory_id, text in news.memories)
                self.send(we.MemoriesUsed(event_id=event_id, response_id=news.response_id, memories=memories))
            case _:
                self._send_face(news, event_id)

    def _send_face(self, news: FaceNews, event_id: str) -> None:
        if isinstance(news, fx.OutputMouth):
            # The sound follows, and is announced before anything is said of it.
            self._stream(news.response_id, news.item_id, news.first_sample)
        rate_hz = audio_format_of(self._formats[news.response_id]).rate_hz
        self.send(face_event(news, event_id, rate_hz=rate_hz))

    def _send_retrieved(self, news: fx.ItemRetrieved, audio: Samples | None) -> None:
        data: bytes | None = None
        if audio is not None:
            encoder = OutputEncoder(audio_format_of(self.config.audio.output.format))
            data = encoder.encode(audio) + encoder.flush()
        item = wire_item(news.item, audio=data)
        self.send(ws.ConversationItemRetrieved(event_id=self.next_event_id(), item=item))
