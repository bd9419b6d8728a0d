from __future__ import annotations

import json

import pytest
from openai.types.audio import Transcription as SdkTranscription
from openai.types.audio import TranscriptionVerbose
from pydantic import TypeAdapter

from vivavoce.server.transcript import ResponseFormat, Segment, Transcription, render

TWO = Transcription(
    segments=[
        Segment(start_seconds=0.0, end_seconds=28.5, text="Good morning."),
        Segment(start_seconds=28.5, end_seconds=3671.25, text="Good night."),
    ],
    language="en",
    duration_seconds=3671.25,
)


def body(transcription: Transcription, response_format: ResponseFormat) -> str:
    return bytes(render(transcription, response_format).body).decode()


def test_json_holds_the_text_and_what_was_heard() -> None:
    data = json.loads(body(TWO, "json"))
    assert TypeAdapter(SdkTranscription).validate_python(data).text == "Good morning. Good night."
    assert data["usage"] == {"type": "duration", "seconds": 3671.25}


def test_verbose_json_tells_the_pieces_and_nothing_that_is_not_known() -> None:
    data = json.loads(body(TWO, "verbose_json"))
    segments = data["segments"]
    assert segments[1] == {"id": 1, "start": 28.5, "end": 3671.25, "text": "Good night."}
    without_segments = data | {"segments": None}
    verbose = TypeAdapter(TranscriptionVerbose).validate_python(without_segments)
    assert (verbose.language, verbose.duration) == ("en", 3671.25)


def test_srt_numbers_its_cues_and_writes_commas() -> None:
    assert body(TWO, "srt") == (
        "1\n00:00:00,000 --> 00:00:28,500\nGood morning.\n\n2\n00:00:28,500 --> 01:01:11,250\nGood night.\n\n"
    )


def test_vtt_begins_with_its_name_and_writes_points() -> None:
    assert body(TWO, "vtt").startswith("WEBVTT\n\n00:00:00.000 --> 00:00:28.500\nGood morning.\n\n")


@pytest.mark.parametrize(
    ("texts", "joined"),
    [
        (("Good morning.", "Good night."), "Good morning. Good night."),
        (("早上好。", "晚安。"), "早上好。晚安。"),
        (("早上好", "晚安"), "早上好晚安"),
        (("Say", "晚安"), "Say 晚安"),
        (("晚安", "he said"), "晚安 he said"),
        ((), ""),
    ],
)
def test_pieces_are_joined_as_the_language_is_written(texts: tuple[str, ...], joined: str) -> None:
    segments = [Segment(start_seconds=0, end_seconds=1, text=text) for text in texts]
    assert Transcription(segments=segments, language="", duration_seconds=1).text == joined


@pytest.mark.parametrize(
    ("response_format", "content_type"),
    [
        ("json", "application/json"),
        ("verbose_json", "application/json"),
        ("text", "text/plain; charset=utf-8"),
        ("srt", "application/x-subrip"),
        ("vtt", "text/vtt; charset=utf-8"),
    ],
)
def test_the_content_type_is_the_truth(response_format: ResponseFormat, content_type: str) -> None:
    assert render(TWO, response_format).headers["content-type"] == content_type
