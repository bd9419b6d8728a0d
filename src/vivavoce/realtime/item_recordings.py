"""The recordings that come inside a client's items, decoded away from the event loop.

Owns how long one may be, and that one is decoded at a time. Refuses to know what becomes of an item. Every session of
the process waits for the loop: ten megabytes of Opus are an hour of sound, which takes seconds to decode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import anyio.to_thread
import numpy as np

from vivavoce.audio.files import decode_file
from vivavoce.audio.formats import SPEECH_HZ
from vivavoce.audio.resample import resample
from vivavoce.errors import InputError
from vivavoce.realtime.translation import audio_format_of
from vivavoce.realtime.wire import audio_config as wa
from vivavoce.realtime.wire import items as wi

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.audio.pcm import Samples

__all__ = ["decode_recordings"]

_AT_ONCE_BYTES = 32_768
"""What is decoded where it is: under a millisecond of work for samples, less than a thread costs under load."""

# Decoded sound is large, ten times its message and more: one at a time, whoever sent it.
_turn: anyio.lowlevel.RunVar[anyio.Lock] = anyio.lowlevel.RunVar("_turn")


async def decode_recordings(item: wi.Item, audio_format: wa.InputFormat, *, max_seconds: float) -> Samples | None:
    """Return the sound of all recordings in an item, in a row, at 24 kHz; None of an item without any.

    Raises:
        InputError: `audio_unreadable`, damaged, or a file that is longer than `max_seconds`.
    """
    recordings = _recordings(item)
    if not recordings:
        return None
    is_file = isinstance(audio_format, wa.WebmFormat)
    if not is_file and len(recordings) == 1 and len(recordings[0]) <= _AT_ONCE_BYTES:
        return _decoded(recordings, audio_format, max_seconds)
    async with _own_turn():
        return await anyio.to_thread.run_sync(_decoded, recordings, audio_format, max_seconds)


def _own_turn() -> anyio.Lock:
    lock = _turn.get(None)
    if lock is None:
        lock = anyio.Lock()
        _turn.set(lock)
    return lock


def _recordings(item: wi.Item) -> list[bytes]:
    if not isinstance(item, wi.Message):
        return []
    return [
        part.audio
        for part in item.content
        if isinstance(part, wi.InputAudio) and part.audio is not None and part.transcript is None
    ]


def _decoded(recordings: Sequence[bytes], audio_format: wa.InputFormat, max_seconds: float) -> Samples:
    if not isinstance(audio_format, wa.WebmFormat):
        samples = audio_format_of(audio_format)
        return resample(samples.decode(b"".join(recordings)), samples.rate_hz, SPEECH_HZ)
    files: list[Samples] = []
    length = 0
    for recording in recordings:
        files.append(resample(*decode_file(recording, max_seconds=max_seconds), SPEECH_HZ))
        length += len(files[-1])
        if length > max_seconds * SPEECH_HZ:
            raise InputError(
                "audio_unreadable",
                f"The recordings of the item are longer than {max_seconds:g} seconds together.",
                remedy="Put them into several items.",
                param="item.content",
            )
    return np.concatenate(files)
