"""One call of the detector serves all streams that are due, and keeps them apart."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import anyio
import numpy as np
import pytest

from vivavoce.engines.vad.batching import MOST_FRAMES_A_TURN, MOST_STREAMS_A_CALL, VadBatcher
from vivavoce.engines.vad.fake import FakeVad
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    import numpy.typing as npt

    from vivavoce.engines.protocols import Samples, VadState

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class CountingVad(FakeVad):
    """Answers with the frame's first sample plus the number of frames its stream has heard; notes the batches."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.error: Exception | None = None

    def probabilities(self, frames: Samples, states: VadState) -> Samples:
        self.batches.append(len(frames))
        if self.error is not None:
            raise self.error
        states += 1
        return (np.rint(frames[:, 0] * 32_768) + states[:, 0] / 1_000).astype(np.float32)


class Stream:
    """Has some frames, all of one value."""

    def __init__(self, value: int = 0, frames: int = 1) -> None:
        self.value = value
        self.frames = frames
        self.heard: list[float] = []
        self.levels_db: list[float] = []
        self.failure: Exception | None = None

    def next_frame(self, into: npt.NDArray[np.int16]) -> bool:
        if not self.frames:
            return False
        self.frames -= 1
        into[:] = self.value
        return True

    def take_probability(self, probability: float, level_db: float) -> bool:
        self.levels_db.append(round(level_db, 1))
        self.heard.append(round(probability, 3))
        return self.frames > 0

    def fail(self, error: Exception) -> None:
        self.failure = error


async def everything_has_run() -> None:
    await anyio.sleep(1.0)


async def test_each_stream_learns_the_level_of_its_own_frame() -> None:
    batcher = VadBatcher(CountingVad)
    loud, faint = Stream(16_384), Stream(164)
    with batcher.stream(loud), batcher.stream(faint):
        batcher.submit(loud)
        batcher.submit(faint)
        await everything_has_run()
    assert (loud.levels_db, faint.levels_db) == ([-6.0], [-46.0])


async def test_streams_that_are_due_together_share_a_call_and_not_their_state() -> None:
    vad = CountingVad()
    batcher = VadBatcher(lambda: vad)
    streams = [Stream(value) for value in range(5)]
    with ExitStack() as open_streams:
        for stream in streams:
            open_streams.enter_context(batcher.stream(stream))
            batcher.submit(stream)
        await everything_has_run()
        streams[3].frames = 2
        batcher.submit(streams[3])
        await everything_has_run()
    assert vad.batches == [5, 1, 1]
    assert [stream.heard for stream in streams] == [[0.001], [1.001], [2.001], [3.001, 3.002, 3.003], [4.001]]


async def test_alone_no_frame_waits() -> None:
    batcher, stream = VadBatcher(lambda: FakeVad()), Stream()
    began = anyio.current_time()
    with batcher.stream(stream):
        batcher.submit(stream)
        await anyio.lowlevel.checkpoint()
        assert stream.heard == [0.0]
    assert anyio.current_time() == began


async def test_among_many_a_frame_waits_a_few_milliseconds_at_most() -> None:
    vad = CountingVad()
    batcher = VadBatcher(lambda: vad)
    streams = [Stream() for _ in range(200)]
    with ExitStack() as open_streams:
        for stream in streams:
            open_streams.enter_context(batcher.stream(stream))
        batcher.submit(streams[0])
        await anyio.sleep(0.003)
        assert vad.batches == []
        batcher.submit(streams[1])
        await anyio.sleep(0.003)
        assert vad.batches == [2]


async def test_one_call_takes_so_many_streams_and_one_turn_of_the_loop_so_many_frames() -> None:
    vad = CountingVad()
    batcher = VadBatcher(lambda: vad)
    busy, quiet = Stream(frames=10 * MOST_FRAMES_A_TURN), [Stream() for _ in range(2 * MOST_STREAMS_A_CALL)]
    with ExitStack() as open_streams:
        for stream in (busy, *quiet):
            open_streams.enter_context(batcher.stream(stream))
            batcher.submit(stream)
        await everything_has_run()
    assert all(len(stream.heard) == 1 for stream in quiet), "a long backlog keeps nobody from being heard"
    assert vad.batches[:3] == [MOST_STREAMS_A_CALL, MOST_STREAMS_A_CALL, 2]
    assert len(busy.heard) == 10 * MOST_FRAMES_A_TURN


async def test_a_stream_that_leaves_is_not_asked_again_and_its_place_begins_afresh() -> None:
    vad = CountingVad()
    batcher = VadBatcher(lambda: vad)
    gone, next_one = Stream(frames=3), Stream()
    with batcher.stream(gone):
        batcher.submit(gone)
        await everything_has_run()
        gone.frames = 1
        batcher.submit(gone)
    await everything_has_run()
    assert gone.heard == [0.001, 0.002, 0.003]
    with batcher.stream(next_one):
        batcher.submit(next_one)
        await everything_has_run()
    assert next_one.heard == [0.001]
    assert batcher.streams == 0


async def test_a_detector_that_comes_late_is_used_from_then_on() -> None:
    detectors: list[CountingVad] = []
    batcher = VadBatcher(lambda: detectors[0] if detectors else None)
    early = Stream(frames=2)
    assert not batcher.is_ready
    with batcher.stream(early):
        batcher.submit(early)
        await everything_has_run()
        assert early.heard == []
        detectors.append(CountingVad())
        late = Stream()
        with batcher.stream(late):
            batcher.submit(early)
            batcher.submit(late)
            await everything_has_run()
    assert batcher.is_ready
    assert (early.heard, late.heard) == ([0.001, 0.002], [0.001])


async def test_a_failing_detector_is_told_to_every_stream_of_the_call() -> None:
    vad = CountingVad()
    vad.error = RuntimeError("the graph is broken")
    batcher = VadBatcher(lambda: vad)
    streams = [Stream(), Stream()]
    with ExitStack() as open_streams:
        for stream in streams:
            open_streams.enter_context(batcher.stream(stream))
            batcher.submit(stream)
        await everything_has_run()
    assert [stream.failure for stream in streams] == [vad.error, vad.error]
