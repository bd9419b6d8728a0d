"""A transcript in each of the formats that can be asked for.

Owns the formats. Times are those of the pieces that were recognised one by one; nothing finer is known, and nothing
finer is made up. Refuses to know where the words come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.responses import JSONResponse, PlainTextResponse, Response

from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ResponseFormat", "Segment", "Transcription", "joint", "render"]

ResponseFormat = Literal["json", "text", "srt", "verbose_json", "vtt", "diarized_json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Words, and where in the recording they were said."""

    start_seconds: float
    end_seconds: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """All the words of a recording."""

    segments: Sequence[Segment]
    language: str
    duration_seconds: float

    @property
    def text(self) -> str:
        """The words in one line."""
        whole = ""
        for segment in self.segments:
            whole += joint(whole, segment.text) + segment.text
        return whole


def joint(before: str, after: str) -> str:
    """Return what stands between two stretches of text: nothing where words are written without spaces."""
    if not before or not after or (is_cjk(after[0]) and (is_cjk(before[-1]) or before[-1] in "。，！？；：、")):
        return ""
    return " "


def render(transcription: Transcription, response_format: ResponseFormat) -> Response:
    """Return the answer."""
    match response_format:
        case "text":
            return PlainTextResponse(f"{transcription.text}\n")
        case "srt":
            return PlainTextResponse(_cues(transcription, _srt_cue), media_type="application/x-subrip")
        case "vtt":
            return PlainTextResponse(f"WEBVTT\n\n{_cues(transcription, _vtt_cue)}", media_type="text/vtt")
        case "verbose_json":
            return JSONResponse(_verbose(transcription))
        case _:
            return JSONResponse({"text": transcription.text, "usage": _usage(transcription)})


def _verbose(transcription: Transcription) -> dict[str, object]:
    return {
        "task": "transcribe",
        "language": transcription.language,
        "duration": transcription.duration_seconds,
        "text": transcription.text,
        "segments": [
            {"id": number, "start": segment.start_seconds, "end": segment.end_seconds, "text": segment.text}
            for number, segment in enumerate(transcription.segments)
        ],
        "usage": _usage(transcription),
    }


def _usage(transcription: Transcription) -> dict[str, object]:
    return {"type": "duration", "seconds": transcription.duration_seconds}


def _cues(transcription: Transcription, cue: Callable[[int, Segment], str]) -> str:
    return "".join(cue(number, segment) for number, segment in enumerate(transcription.segments, start=1))


def _srt_cue(number: int, segment: Segment) -> str:
    return f"{number}\n{_clock(segment.start_seconds, ',')} --> {_clock(segment.end_seconds, ',')}\n{segment.text}\n\n"


def _vtt_cue(_: int, segment: Segment) -> str:
    return f"{_clock(segment.start_seconds, '.')} --> {_clock(segment.end_seconds, '.')}\n{segment.text}\n\n"


def _clock(seconds: float, mark: str) -> str:
    milliseconds = round(seconds * 1000)
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{mark}{rest % 1000:03}"
