from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import anyio
import numpy as np
import pytest

from tests.unit.engines.tiny_onnx import INNER_TENSOR, negated_absolute
from vivavoce.engines.caller import Caller, Urgency, calling, urgency
from vivavoce.engines.inference import InferenceThread, Interruption, onnx_session
from vivavoce.errors import EngineError, ModelError, Stage
from vivavoce.resilience.fair_queue import QueueBounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEADLINE_SECONDS = 5.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Gate:
    """Work that blocks its thread until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.released = threading.Event()
        self.inside = 0
        self.most_inside = 0

    def __call__(self) -> str:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.entered.set()
        self.released.wait(DEADLINE_SECONDS)
        self.inside -= 1
        return "done"


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.released.set()


async def entered(gate: Gate) -> None:
    """Wait until the gate's work has begun."""
    assert await anyio.to_thread.run_sync(gate.entered.wait, DEADLINE_SECONDS)


@pytest.mark.anyio
async def test_work_runs_in_the_engines_own_thread() -> None:
    thread = InferenceThread("test", stage=Stage.STT)
    names = [await thread.run(lambda: threading.current_thread().name) for _ in range(3)]
    await thread.aclose()
    assert set(names) == {"vivavoce-test_0"}


@pytest.mark.anyio
async def test_a_cancelled_caller_returns_while_the_model_still_works(gate: Gate) -> None:
    thread = InferenceThread("test", stage=Stage.STT)
    with anyio.fail_after(DEADLINE_SECONDS / 2), anyio.move_on_after(0.05):
        await thread.run(gate)
    await entered(gate)
    assert gate.inside == 1
    await thread.aclose()


@pytest.mark.anyio
async def test_the_model_is_not_entered_again_before_abandoned_work_has_ended(gate: Gate) -> None:
    thread = InferenceThread("test", stage=Stage.STT)
    with anyio.move_on_after(0.05):
        await thread.run(gate)
    results: list[str] = []

    async def next_call() -> None:
        results.append(await thread.run(gate))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(next_call)
        await anyio.wait_all_tasks_blocked()
        assert results == []
        gate.released.set()
    await thread.aclose()
    assert results == ["done"]
    assert gate.most_inside == 1


@pytest.mark.anyio
async def test_work_cancelled_before_its_turn_is_never_begun(gate: Gate) -> None:
    thread = InferenceThread("test", stage=Stage.STT)
    begun: list[str] = []
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(thread.run, gate)
        await entered(gate)
        with anyio.move_on_after(0.02):
            await thread.run(lambda: begun.append("second"))
        gate.released.set()
    await thread.run(lambda: begun.append("third"))
    await thread.aclose()
    assert begun == ["third"]


@pytest.mark.anyio
async def test_a_call_beyond_the_longest_queue_is_refused_at_once(gate: Gate) -> None:
    thread = InferenceThread("test", stage=Stage.TTS, bounds=QueueBounds(per_key=1, total=1))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(thread.run, gate)
        await entered(gate)
        tasks.start_soon(thread.run, lambda: None)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(EngineError) as refused:
            await thread.run(lambda: None)
        assert thread.statistics().refused == 1
        gate.released.set()
    await thread.aclose()
    assert (refused.value.code, refused.value.stage, refused.value.retryable) == ("engine_busy", Stage.TTS, True)


@pytest.mark.anyio
async def test_a_session_that_floods_the_model_does_not_keep_another_waiting(gate: Gate) -> None:
    thread = InferenceThread("test", stage=Stage.TTS)
    order: list[str] = []

    async def ask(session: str) -> None:
        with calling(Caller(session)):
            await thread.run(lambda: order.append(session))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(thread.run, gate)
        await entered(gate)
        for session in ("flood",) * 20 + ("quiet",):
            tasks.start_soon(ask, session)
        await anyio.wait_all_tasks_blocked()
        gate.released.set()
    await thread.aclose()
    assert order.index("quiet") <= 1


@pytest.mark.anyio
async def test_work_in_the_background_makes_way_for_what_someone_waits_for() -> None:
    thread = InferenceThread("test", stage=Stage.STT)
    interruption, begun = Interruption(), threading.Event()
    codes: list[str] = []

    def caption() -> None:
        begun.set()
        while True:
            interruption.check()

    async def ask_for_caption() -> None:
        with urgency(Urgency.BACKGROUND), pytest.raises(EngineError) as preempted:
            await thread.run(caption, interruption=interruption)
        codes.append(preempted.value.code)

    with anyio.fail_after(DEADLINE_SECONDS):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask_for_caption)
            assert await anyio.to_thread.run_sync(begun.wait, DEADLINE_SECONDS)
            assert await thread.run(lambda: "words") == "words"
    await thread.aclose()
    assert codes == ["engine_preempted"]


@pytest.mark.anyio
async def test_a_model_that_hangs_fails_with_a_timeout(gate: Gate) -> None:
    thread = InferenceThread("test", stage=Stage.STT, deadline_seconds=0.05)
    with pytest.raises(EngineError) as failed:
        await thread.run(gate)
    await thread.aclose()
    assert (failed.value.code, failed.value.retryable) == ("engine_timeout", True)


@pytest.mark.anyio
async def test_a_failure_of_the_model_becomes_a_typed_error_that_keeps_its_cause() -> None:
    thread = InferenceThread("test", stage=Stage.TTS)
    with pytest.raises(EngineError) as failed:
        await thread.run(lambda: 1 // 0)
    await thread.aclose()
    assert (failed.value.code, failed.value.stage) == ("engine_failed", Stage.TTS)
    assert isinstance(failed.value.__cause__, ZeroDivisionError)


@pytest.mark.anyio
async def test_a_typed_error_of_the_model_passes_unchanged() -> None:
    def refuse() -> None:
        raise ModelError("model_damaged", "The voice is damaged.")

    thread = InferenceThread("test", stage=Stage.TTS)
    with pytest.raises(ModelError, match="damaged"):
        await thread.run(refuse)
    await thread.aclose()


@pytest.mark.anyio
async def test_a_closed_engine_refuses_work_and_its_thread_ends() -> None:
    thread = InferenceThread("closing", stage=Stage.STT)
    worker = await thread.run(threading.current_thread)
    await thread.aclose()
    with pytest.raises(EngineError) as refused:
        await thread.run(lambda: None)
    await anyio.to_thread.run_sync(worker.join, DEADLINE_SECONDS)
    assert refused.value.code == "engine_closed"
    assert not worker.is_alive()


def test_a_missing_model_names_the_file_and_the_command_that_gets_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as missing:
        onnx_session(tmp_path / "gone.onnx")
    assert missing.value.code == "model_missing"
    assert "gone.onnx" in missing.value.message
    assert "vivavoce models pull" in missing.value.remedy


def test_a_damaged_model_is_told_apart_from_a_missing_one(tmp_path: Path) -> None:
    file = tmp_path / "broken.onnx"
    file.write_bytes(b"not a model")
    with pytest.raises(ModelError) as damaged:
        onnx_session(file)
    assert damaged.value.code == "model_damaged"


def test_an_inner_tensor_becomes_the_last_output(tmp_path: Path) -> None:
    file = tmp_path / "tiny.onnx"
    file.write_bytes(negated_absolute())
    x = np.array([-2.0, 3.0], dtype=np.float32)
    (plain,) = onnx_session(file).run(None, {"x": x})
    outer, inner = onnx_session(file, extra_output=INNER_TENSOR).run(None, {"x": x})
    assert plain.tolist() == outer.tolist() == [-2.0, -3.0]
    assert inner.tolist() == [2.0, 3.0]


@pytest.mark.anyio
async def test_cancelling_a_call_interrupts_the_work_it_leaves_behind() -> None:
    thread = InferenceThread("test", stage=Stage.STT)
    interruption, begun = Interruption(), threading.Event()

    def patient() -> None:
        begun.set()
        while True:
            interruption.check()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(partial(thread.run, patient, interruption=interruption))
        assert await anyio.to_thread.run_sync(begun.wait, DEADLINE_SECONDS)
        tasks.cancel_scope.cancel()
    with anyio.fail_after(DEADLINE_SECONDS):
        assert await thread.run(lambda: "next") == "next"
    await thread.aclose()


def test_an_interrupted_onnx_run_stops(tmp_path: Path) -> None:
    file = tmp_path / "tiny.onnx"
    file.write_bytes(negated_absolute())
    interruption = Interruption()
    feeds = {"x": np.ones(2, dtype=np.float32)}
    session = onnx_session(file)
    assert session.run(None, feeds, interruption.run_options)
    interruption.set()
    with pytest.raises(Exception, match="terminate"):
        session.run(None, feeds, interruption.run_options)
