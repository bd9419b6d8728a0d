"""Recordings that come inside an item: decoded elsewhere than on the loop that serves everyone, and bounded."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from vivavoce.audio.files import decode_file
from vivavoce.audio.formats import SPEECH_HZ
from vivavoce.errors import InputError
from vivavoce.realtime import item_recordings
from vivavoce.realtime.item_recordings import decode_recordings
from vivavoce.realtime.wire import audio_config as wa
from vivavoce.realtime.wire import items as wi

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples

pytestmark = pytest.mark.anyio

RECORDING = (Path(__file__).parents[1] / "audio" / "data" / "mediarecorder_tone.webm").read_bytes()
"""Tone as Chromium's MediaRecorder wrote it."""


def item_of(*recordings: bytes | None, transcript: str | None = None) -> wi.Message:
    parts = tuple(wi.InputAudio(audio=recording, transcript=transcript) for recording in recordings)
    return wi.Message(role="user", content=parts)


async def test_recordings_follow_each_other_at_the_rate_of_speech() -> None:
    one = await decode_recordings(item_of(RECORDING), wa.WebmFormat(), max_seconds=3.0)
    two = await decode_recordings(item_of(RECORDING, RECORDING), wa.WebmFormat(), max_seconds=3.0)
    assert one is not None
    assert two is not None
    assert len(one) == pytest.approx(1.44 * SPEECH_HZ, rel=0.01)
    assert np.array_equal(two, np.concatenate([one, one]))


async def test_recordings_longer_than_the_limit_together_are_refused() -> None:
    with pytest.raises(InputError, match=r"longer than 2 seconds together") as refusal:
        await decode_recordings(item_of(RECORDING, RECORDING), wa.WebmFormat(), max_seconds=2.0)
    assert refusal.value.code == "audio_unreadable"


async def test_a_recording_longer_than_the_limit_is_not_decoded_to_its_end() -> None:
    with pytest.raises(InputError, match=r"longer than 0\.5 seconds"):
        await decode_recordings(item_of(RECORDING), wa.WebmFormat(), max_seconds=0.5)


@pytest.mark.parametrize(
    "item",
    [item_of(None), item_of(RECORDING, transcript="said"), wi.FunctionCallOutput(call_id="c", output="")],
)
async def test_nothing_is_decoded_where_there_is_no_recording_or_its_words_are_known(item: wi.Item) -> None:
    assert await decode_recordings(item, wa.WebmFormat(), max_seconds=3.0) is None


async def test_files_are_decoded_on_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []

    def noting(data: bytes, *, max_seconds: float) -> tuple[Samples, int]:
        threads.append(threading.get_ident())
        return decode_file(data, max_seconds=max_seconds)

    monkeypatch.setattr(item_recordings, "decode_file", noting)
    await decode_recordings(item_of(RECORDING), wa.WebmFormat(), max_seconds=3.0)
    assert len(threads) == 1
    assert threading.get_ident() not in threads


@pytest.mark.parametrize("length", [4_800, 480_000])
async def test_samples_are_taken_as_they_are_however_long(length: int) -> None:
    audio = await decode_recordings(item_of(bytes(2 * length)), wa.PcmFormat(), max_seconds=1.0)
    assert audio is not None
    assert len(audio) == length


async def test_samples_at_another_rate_are_resampled() -> None:
    audio = await decode_recordings(item_of(b"\xff" * 8_000), wa.PcmuFormat(), max_seconds=1.0)
    assert audio is not None
    assert len(audio) == SPEECH_HZ
