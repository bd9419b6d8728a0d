"""One wire event for one piece of news, where the two correspond one to one. Pure.

Owns the spelling of responses, items, transcripts and errors. Refuses to know audio, and what extension clients
get beside.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from vivavoce.conversation import effects as fx
from vivavoce.realtime.item_translation import wire_item
from vivavoce.realtime.wire import extension_events as we
from vivavoce.realtime.wire import response_events as wr
from vivavoce.realtime.wire import server_events as ws

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.conversation.events import Failure
    from vivavoce.realtime.wire.session_config import SessionConfig

__all__ = ["event_of", "turn_marks"]


def event_of(news: fx.News, event_id: str, *, config: SessionConfig, conversation_id: str) -> ws.ServerEvent | None:
    """Return the event that tells the news; None for news that a stock client has no event for."""
    if isinstance(news, fx.ReplyCreated | fx.ReplyDone):
        event = wr.ResponseCreated if isinstance(news, fx.ReplyCreated) else wr.ResponseDone
        return event(event_id=event_id, response=_response(news.reply, config, conversation_id))
    spell = _SPELLINGS.get(type(news))
    return spell(news, event_id) if spell is not None else None


def turn_marks(marks: fx.TurnMarks) -> we.TurnMarks:
    """Return a waterfall as the extension tells it."""
    return we.TurnMarks(**asdict(marks))


def _response(reply: fx.ReplySnapshot, config: SessionConfig, conversation_id: str) -> wr.Response:
    is_over = reply.status != "in_progress"
    output = wr.ResponseAudioOutput(format=config.audio.output.format, voice=reply.voice)
    return wr.Response(
        id=reply.response_id,
        status=reply.status,
        status_details=_status_details(reply) if is_over else None,
        output=tuple(wire_item(item) for item in reply.output),
        conversation_id=conversation_id if reply.in_band else None,
        output_modalities=(reply.modality,),
        max_output_tokens=reply.max_output_tokens or "inf",
        audio=wr.ResponseAudio(output=output),
        usage=_usage(reply) if is_over else None,
        metadata=dict(reply.metadata) or None,
    )


def _status_details(reply: fx.ReplySnapshot) -> wr.StatusDetails | None:
    match reply.status:
        case "cancelled":
            by_voice = reply.reason == "turn_detected"
            return wr.StatusDetails(type="cancelled", reason="turn_detected" if by_voice else "client_cancelled")
        case "incomplete":
            by_filter = reply.reason == "content_filter"
            return wr.StatusDetails(type="incomplete", reason="content_filter" if by_filter else "max_output_tokens")
        case "failed":
            failure = reply.failure
            error = (
                None
                if failure is None
                else wr.ResponseError(type="server_error", code=failure.code, message=_sentence(failure))
            )
            return wr.StatusDetails(type="failed", error=error)
        case _:
            return None


def _usage(reply: fx.ReplySnapshot) -> wr.Usage:
    usage = reply.usage
    return wr.Usage(
        total_tokens=usage.input_tokens + usage.output_tokens,
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        input_token_details=wr.InputTokenDetails(
            text_tokens=usage.input_tokens,
            cached_tokens=usage.cached_tokens,
            cached_tokens_details=wr.CachedTokenDetails(text_tokens=usage.cached_tokens),
        ),
        output_token_details=wr.OutputTokenDetails(text_tokens=usage.output_tokens),
    )


def _sentence(failure: Failure) -> str:
    return f"{failure.message} {failure.remedy}".rstrip()


def _part(kind: fx.OutputKind, text: str) -> wr.AudioPart | wr.TextPart:
    return wr.AudioPart(transcript=text) if kind == "output_audio" else wr.TextPart(text=text)


def _text_delta(news: fx.OutputText, event_id: str) -> ws.ServerEvent:
    event = wr.ResponseOutputAudioTranscriptDelta if news.part == "output_audio" else wr.ResponseOutputTextDelta
    return event(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        content_index=0,
        delta=news.delta,
    )


def _text_done(news: fx.OutputTextDone, event_id: str) -> ws.ServerEvent:
    event = (
        partial(wr.ResponseOutputAudioTranscriptDone, transcript=news.text)
        if news.part == "output_audio"
        else partial(wr.ResponseOutputTextDone, text=news.text)
    )
    return event(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        content_index=0,
    )


def _transcription_completed(news: fx.TranscriptionCompleted, event_id: str) -> ws.ServerEvent:
    return ws.InputAudioTranscriptionCompleted(
        event_id=event_id,
        item_id=news.item_id,
        content_index=0,
        transcript=news.transcript,
        usage=ws.UsageDuration(seconds=news.audio_seconds),
        languages=(ws.SpokenLanguage(code=news.language),) if news.language else None,
    )


def _transcription_failed(news: fx.TranscriptionFailed, event_id: str) -> ws.ServerEvent:
    error = ws.TranscriptionError(type="server_error", code=news.failure.code, message=_sentence(news.failure))
    return ws.InputAudioTranscriptionFailed(event_id=event_id, item_id=news.item_id, content_index=0, error=error)


def _error(news: fx.ErrorRaised, event_id: str) -> ws.ServerEvent:
    kind = "invalid_request_error" if news.failure.stage == "input" else "server_error"
    detail = ws.ErrorDetail(
        type=kind,
        code=news.failure.code,
        message=_sentence(news.failure),
        param=news.param,
        event_id=news.event_id,
    )
    return ws.ErrorEvent(event_id=event_id, error=detail)


def _tool_call_ended(news: fx.ToolCallEnded, event_id: str) -> ws.ServerEvent:
    event = wr.ResponseMcpCallFailed if news.has_failed else wr.ResponseMcpCallCompleted
    return event(event_id=event_id, item_id=news.item_id, output_index=news.output_index)


def _tool_list_ended(news: fx.ToolListEnded, event_id: str) -> ws.ServerEvent:
    event = ws.McpListToolsFailed if news.has_failed else ws.McpListToolsCompleted
    return event(event_id=event_id, item_id=news.item_id)


def _item(event: type[ws.ConversationItemAdded | ws.ConversationItemDone]) -> Callable[..., ws.ServerEvent]:
    return lambda news, event_id: event(
        event_id=event_id, item=wire_item(news.item), previous_item_id=news.previous_item_id
    )


def _output_item(event: type[wr.ResponseOutputItemAdded | wr.ResponseOutputItemDone]) -> Callable[..., ws.ServerEvent]:
    return lambda news, event_id: event(
        event_id=event_id,
        response_id=news.response_id,
        output_index=news.output_index,
        item=wire_item(news.item),
    )


_SPELLINGS: dict[type, Callable[..., ws.ServerEvent]] = {
    fx.SpeechStartedNotice: lambda news, event_id: ws.InputAudioBufferSpeechStarted(
        event_id=event_id, item_id=news.item_id, audio_start_ms=news.audio_start_ms
    ),
    fx.SpeechStoppedNotice: lambda news, event_id: ws.InputAudioBufferSpeechStopped(
        event_id=event_id, item_id=news.item_id, audio_end_ms=news.audio_end_ms
    ),
    fx.InputCommitted: lambda news, event_id: ws.InputAudioBufferCommitted(
        event_id=event_id, item_id=news.item_id, previous_item_id=news.previous_item_id
    ),
    fx.InputTimedOut: lambda news, event_id: ws.InputAudioBufferTimeoutTriggered(
        event_id=event_id,
        item_id=news.item_id,
        audio_start_ms=news.audio_start_ms,
        audio_end_ms=news.audio_end_ms,
    ),
    fx.InputCleared: lambda _, event_id: ws.InputAudioBufferCleared(event_id=event_id),
    fx.ItemAdded: _item(ws.ConversationItemAdded),
    fx.ItemDone: _item(ws.ConversationItemDone),
    fx.ItemDeleted: lambda news, event_id: ws.ConversationItemDeleted(event_id=event_id, item_id=news.item_id),
    fx.ItemTruncated: lambda news, event_id: ws.ConversationItemTruncated(
        event_id=event_id, item_id=news.item_id, content_index=news.content_index, audio_end_ms=news.audio_end_ms
    ),
    fx.TranscriptionCompleted: _transcription_completed,
    fx.TranscriptionFailed: _transcription_failed,
    fx.ErrorRaised: _error,
    fx.OutputItemAdded: _output_item(wr.ResponseOutputItemAdded),
    fx.OutputItemDone: _output_item(wr.ResponseOutputItemDone),
    fx.ContentPartAdded: lambda news, event_id: wr.ResponseContentPartAdded(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        content_index=0,
        part=_part(news.part, ""),
    ),
    fx.ContentPartDone: lambda news, event_id: wr.ResponseContentPartDone(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        content_index=0,
        part=_part(news.part, news.text),
    ),
    fx.OutputText: _text_delta,
    fx.OutputTextDone: _text_done,
    fx.OutputAudioDone: lambda news, event_id: wr.ResponseOutputAudioDone(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        content_index=0,
    ),
    fx.FunctionCallArguments: lambda news, event_id: wr.ResponseFunctionCallArgumentsDelta(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        call_id=news.call_id,
        delta=news.delta,
    ),
    fx.ToolCallArguments: lambda news, event_id: wr.ResponseMcpCallArgumentsDelta(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        delta=news.delta,
    ),
    fx.ToolCallWritten: lambda news, event_id: wr.ResponseMcpCallArgumentsDone(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        arguments=news.arguments,
    ),
    fx.ToolCallStarted: lambda news, event_id: wr.ResponseMcpCallInProgress(
        event_id=event_id, item_id=news.item_id, output_index=news.output_index
    ),
    fx.ToolCallEnded: _tool_call_ended,
    fx.ToolListStarted: lambda news, event_id: ws.McpListToolsInProgress(event_id=event_id, item_id=news.item_id),
    fx.ToolListEnded: _tool_list_ended,
    fx.FunctionCallDone: lambda news, event_id: wr.ResponseFunctionCallArgumentsDone(
        event_id=event_id,
        response_id=news.response_id,
        item_id=news.item_id,
        output_index=news.output_index,
        call_id=news.call_id,
        name=news.name,
        arguments=news.arguments,
    ),
}
