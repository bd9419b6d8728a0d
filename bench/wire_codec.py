"""What the Realtime codec costs for 20 ms of audio, in microseconds.

Prints the machine and one line a case: the best of several repetitions, because anything slower is another process.

    vivavoce bench wire-codec
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import timeit
from typing import TYPE_CHECKING

from bench.report import Report
from vivavoce.realtime.wire.binary import pack_input_audio, pack_output_audio, unpack_input_audio
from vivavoce.realtime.wire.client_events import InputAudioBufferAppend, decode_client_event
from vivavoce.realtime.wire.response_events import ResponseOutputAudioDelta
from vivavoce.realtime.wire.server_events import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FRAME_BYTES = 960  # 20 ms of 16-bit mono PCM at 24 kHz
CALLS = 5_000
REPETITIONS = 15


def microseconds(call: Callable[[], object]) -> float:
    """Return what one call costs."""
    return min(timeit.repeat(call, number=CALLS, repeat=REPETITIONS)) / CALLS * 1e6


def cases(audio: bytes) -> dict[str, Callable[[], object]]:
    """Return the calls to be measured; the reference is what the standard library needs for the same work."""
    append = json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(audio).decode()})
    delta = ResponseOutputAudioDelta(
        event_id="event_0123456789abcdef",
        response_id="resp_0123456789abcdef",
        item_id="item_0123456789abcdef",
        output_index=0,
        content_index=0,
        delta=audio,
    )
    frame = pack_input_audio(audio)
    decoded = decode_client_event(append, extensions=True)
    if not isinstance(decoded, InputAudioBufferAppend) or decoded.audio != audio:
        raise AssertionError("the codec does not give back what it was given")
    return {
        "append, JSON text to bytes": lambda: decode_client_event(append, extensions=True),
        "append, binary frame to view": lambda: unpack_input_audio(frame, max_bytes=1 << 20),
        "delta, bytes to JSON": lambda: encode(delta),
        "delta, bytes to binary frame": lambda: pack_output_audio(
            audio, response_number=1, sequence=7, first_sample=480
        ),
        "reference: json.loads and b64decode": lambda: base64.b64decode(json.loads(append)["audio"], validate=True),
        "reference: b64encode and json.dumps": lambda: json.dumps(
            {"type": "response.output_audio.delta", "delta": base64.b64encode(audio).decode()}
        ),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args(
        arguments
    )
    report = Report("wire-codec", f"wire codec, {FRAME_BYTES} bytes of audio")
    rows = {name: microseconds(call) for name, call in cases(os.urandom(FRAME_BYTES)).items()}
    for name, value in rows.items():
        report.figure(name, value, "us")
    report.save(rows)


if __name__ == "__main__":
    main()
