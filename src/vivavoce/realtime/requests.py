"""What a client asks for, done: each client event becomes a call of the session.

Owns the session's configuration as the client sees it, and the `error` event for whatever cannot be done. Refuses to
know sockets and tasks: a message comes in, calls and events go out, at once, but for recordings that have to be decoded
first.
"""

from __future__ import annotations

import uuid
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, assert_never

from vivavoce.audio.formats import SPEECH_HZ, AudioFormat
from vivavoce.audio.opus_stream import WebmToPcm
from vivavoce.conversation import events as ev
from vivavoce.errors import InputError, VivavoceError
from vivavoce.realtime import translation
from vivavoce.realtime.item_recordings import decode_recordings
from vivavoce.realtime.item_translation import domain_item
from vivavoce.realtime.wire import audio_config as wa
from vivavoce.realtime.wire import client_events as ce
from vivavoce.realtime.wire import server_events as ws
from vivavoce.realtime.wire.binary import unpack_input_audio
from vivavoce.realtime.wire.response_config import resolve_response

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.items import ContentPart
    from vivavoce.realtime.door import Door, KeepsSettings
    from vivavoce.realtime.reporter import Reporter
    from vivavoce.realtime.tool_servers import ToolServers
    from vivavoce.realtime.wire.client_events import EventLimits
    from vivavoce.tools.definition import ChangePersona, ChangeVoice

__all__ = ["RequestHandler"]


class RequestHandler:
    """Performs one client's events; while it does, `asking` is entered, and nothing is waited for."""

    def __init__(
        self,
        session: Door,
        reporter: Reporter,
        *,
        in_force: KeepsSettings,
        limits: EventLimits,
        servers: ToolServers | None = None,
        asking: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self._session = session
        self._reporter = reporter
        self._in_force = in_force
        self._limits = limits
        self._servers = servers
        self._asking = asking
        self._webm: WebmToPcm | None = None

    async def handle(self, message: str | bytes) -> None:
        """Do what a message asks, or answer it with an `error` event; the session goes on either way.

        Messages are to be handled one after the other: each may rest on what the one before did.
        """
        event_id: str | None = None
        try:
            if isinstance(message, bytes):
                with self._asking():
                    self._hear_binary(message)
                return
            event = ce.decode_client_event(message, extensions=self._reporter.extensions, limits=self._limits)
            event_id = event.event_id
            audio = await self._recorded(event) if isinstance(event, ce.ConversationItemCreate) else None
            with self._asking():
                self._perform(event, audio)
        except VivavoceError as error:
            about = getattr(error, "event_id", None) or event_id
            reporter = self._reporter
            reporter.send(ws.error_event(error, event_id=reporter.next_event_id(), client_event_id=about))

    def _hear_binary(self, frame: bytes) -> None:
        if not self._reporter.extensions:
            raise InputError(
                "invalid_event",
                "Binary messages are not part of the protocol that this connection speaks.",
                remedy="Send JSON text, or connect with the subprotocol 'vivavoce.v1'.",
            )
        self._hear(bytes(unpack_input_audio(frame, max_bytes=self._limits.audio_bytes)))

    def _hear(self, audio: bytes) -> None:
        """Pass audio on; of WebM, the sound that this piece completes."""
        if not isinstance(self._reporter.config.audio.input.format, wa.WebmFormat):
            self._webm = None
            self._session.hear(audio)
            return
        self._webm = self._webm or WebmToPcm(AudioFormat.PCM16_24K.rate_hz)
        if sound := self._webm.take(audio):
            self._session.hear(sound)

    async def _recorded(self, event: ce.ConversationItemCreate) -> Samples | None:
        audio_format = self._reporter.config.audio.input.format
        return await decode_recordings(event.item, audio_format, max_seconds=self._limits.recording_seconds)

    def _perform(self, event: ce.ClientEvent, audio: Samples | None) -> None:
        session = self._session
        match event:
            case ce.InputAudioBufferAppend():
                self._hear(event.audio)
            case ce.InputAudioBufferCommit():
                session.commit_input(event.event_id)
            case ce.InputAudioBufferClear():
                session.clear_input(event.event_id)
            case ce.SessionUpdate():
                self._update(event)
            case ce.ConversationItemCreate():
                self._create_item(event, audio)
            case ce.ResponseCreate():
                self._create_response(event)
            case _:
                self._dispatch(event)

    def _dispatch(
        self,
        event: ce.ConversationItemRetrieve
        | ce.ConversationItemDelete
        | ce.ConversationItemTruncate
        | ce.ResponseCancel
        | ce.OutputAudioBufferClear
        | ce.PlayoutReport,
    ) -> None:
        dispatch = self._session.dispatch
        match event:
            case ce.ConversationItemRetrieve():
                dispatch(ev.ItemRetrieveRequested(item_id=event.item_id, event_id=event.event_id))
            case ce.ConversationItemDelete():
                dispatch(ev.ItemDeleteRequested(item_id=event.item_id, event_id=event.event_id))
            case ce.ConversationItemTruncate():
                dispatch(
                    ev.ItemTruncateRequested(
                        item_id=event.item_id,
                        content_index=event.content_index,
                        audio_end_ms=event.audio_end_ms,
                        event_id=event.event_id,
                    )
                )
            case ce.ResponseCancel():
                dispatch(ev.ReplyCancelRequested(response_id=event.response_id, event_id=event.event_id))
            case ce.PlayoutReport():
                dispatch(self._playout(event))
            case ce.OutputAudioBufferClear():
                raise InputError(
                    "invalid_event",
                    "'output_audio_buffer.clear' is only for connections whose audio the server plays (WebRTC, SIP).",
                    remedy="Stop playing, and send conversation.item.truncate.",
                    param="type",
                )
            case never:
                assert_never(never)

    def change(self, action: ChangeVoice | ChangePersona) -> None:
        """Do what a tool or the server wants done to the voice or the character, and tell the client.

        Raises:
            InputError: there is no such character.
        """
        self._in_force.change(action)
        self._configure()

    def refresh(self) -> None:
        """Take up what has changed behind the session's settings: its character's file, the tools there are."""
        before = self._in_force.config, self._in_force.conversation
        self._in_force.refresh()
        if self._in_force.config != before[0]:
            self._configure()
        elif self._in_force.conversation != before[1]:
            self._take_up()

    @property
    def _is_voice_locked(self) -> bool:
        """Whether it is too late for another voice, as stock clients expect; here voices change at any time."""
        return self._session.has_spoken and not self._reporter.extensions

    def _update(self, event: ce.SessionUpdate) -> None:
        self._in_force.update(event.session, voice_locked=self._is_voice_locked)
        self._configure()

    def _configure(self) -> None:
        reporter, config = self._reporter, self._in_force.config
        reporter.config = config
        self._take_up()
        reporter.tell_settings()
        if self._servers is not None:
            self._servers.follow(config.tools)

    def _take_up(self) -> None:
        config = self._in_force.config
        self._session.configure(
            self._in_force.conversation,
            audio_format=translation.audio_format_of(config.audio.input.format),
            detection=translation.turn_detection_of(config),
        )

    def _create_item(self, event: ce.ConversationItemCreate, audio: Samples | None) -> None:
        item = domain_item(event.item)
        if audio is not None:
            audio_ms = len(audio) * 1000 // SPEECH_HZ
            content = _with_length(item.content, audio_ms)
            item = replace(item, id=item.id or f"item_{uuid.uuid4().hex[:20]}", content=content)
        request = ev.ItemCreateRequested(item=item, previous_item_id=event.previous_item_id, event_id=event.event_id)
        self._session.create_item(request, audio)

    def _create_response(self, event: ce.ResponseCreate) -> None:
        config = resolve_response(self._reporter.config, event.response, voice_locked=self._is_voice_locked)
        tools_of = self._servers.tools_of if self._servers is not None else None
        options = translation.reply_options(config, tools_of=tools_of)
        with self._reporter.answering_in(config.output_format):
            self._session.dispatch(ev.ReplyRequested(options=options, event_id=event.event_id))

    def _playout(self, report: ce.PlayoutReport) -> ev.PlayoutReported:
        """Return a playout report in the conversation's own samples, whatever rate the client plays at."""
        played_format: AudioFormat = translation.audio_format_of(self._reporter.config.audio.output.format)
        scale = SPEECH_HZ // played_format.rate_hz
        return ev.PlayoutReported(
            item_id=report.item_id,
            played_samples=report.played_samples * scale,
            buffered_samples=report.buffered_samples * scale,
        )


def _with_length(content: tuple[ContentPart, ...], audio_ms: int) -> tuple[ContentPart, ...]:
    """Return the content with the length of its audio in the first part that waits for a transcript."""
    parts = list(content)
    first = next(index for index, part in enumerate(parts) if part.kind == "input_audio" and part.text is None)
    parts[first] = replace(parts[first], audio_ms=audio_ms)
    return tuple(parts)
