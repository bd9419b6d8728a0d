"""The load bench's users speak WebSocket as others do, and know when their speech ended."""

from __future__ import annotations

import numpy as np
import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side

from bench.crowd import BINARY, TEXT, Script, _masked, _take_message

FRAME_BYTES = 960


@pytest.mark.parametrize("size", [1, 125, 126, 1_300, 60_000])
@pytest.mark.parametrize("kind", [TEXT, BINARY])
def test_what_users_send_is_read_by_a_server(kind: int, size: int) -> None:
    server = Protocol(Side.SERVER)
    payload = b"x" * size
    server.receive_data(_masked(kind, payload))
    (frame,) = server.events_received()
    assert isinstance(frame, Frame)
    assert (int(frame.opcode), bytes(frame.data)) == (kind, payload)


@pytest.mark.parametrize("cut", [1, 3, 9, 400])
def test_what_a_server_sends_is_read_however_it_arrives(cut: int) -> None:
    messages = [(Opcode.TEXT, b"{}"), (Opcode.BINARY, b"y" * 300), (Opcode.TEXT, b"z" * 70_000)]
    sent = b"".join(Frame(kind, data).serialize(mask=False) for kind, data in messages)
    received, read = bytearray(), []
    for start in range(0, len(sent), cut):
        received += sent[start : start + cut]
        while (message := _take_message(received)) is not None:
            read.append(message)
    assert read == [(int(kind), data) for kind, data in messages]
    assert not received


def test_the_last_sample_of_the_speech_is_the_last_of_its_frame() -> None:
    script = Script(np.full(1_000, 0.5, np.float32), cycle_frames=10, offset_frames=9)
    assert [len(script.frame(number)) for number in range(12)] == [FRAME_BYTES] * 12
    assert [script.place(number) for number in range(5)] == [9, 0, 1, 2, 3]
    first, last = (np.frombuffer(script.frame(number), "<i2") for number in (1, 3))
    assert (first[0], first[-1], last[0], last[-1]) == (0, 16_384, 16_384, 16_384)
    assert not any(script.frame(4))
