"""Running a model: how its ONNX session is opened, and the one thread its work is done on.

Owns what every local engine needs alike: session options that leave idle cores alone, weights that are missing or
damaged told apart, blocking inference kept off the event loop and shared fairly, and failures turned into typed errors.
Refuses to know what any model computes and where its weights came from.
"""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import anyio

from vivavoce.engines.caller import Urgency
from vivavoce.engines.fair_gate import FairGate
from vivavoce.engines.graph_output import with_graph_output
from vivavoce.errors import EngineError, ModelError, Stage, VivavoceError
from vivavoce.resilience.fair_queue import QueueBounds, QueueFullError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from vivavoce.engines.fair_gate import GateStatistics, Place

__all__ = ["InferenceThread", "Interruption", "OnnxSession", "onnx_session", "require_files"]

Result = TypeVar("Result")


class OnnxPort(Protocol):
    """The name of one input or output of a graph."""

    @property
    def name(self) -> str:
        """The name."""
        ...


class OnnxSession(Protocol):
    """The part of an onnxruntime session that the engines use."""

    def get_inputs(self) -> Sequence[OnnxPort]:
        """List the graph's inputs."""
        ...

    def get_outputs(self) -> Sequence[OnnxPort]:
        """List the graph's outputs."""
        ...

    def run(
        self, output_names: Sequence[str] | None, input_feed: Mapping[str, npt.NDArray[Any]], run_options: Any = None
    ) -> list[npt.NDArray[Any]]:
        """Compute the named outputs (None: all of them)."""
        ...


def require_files(*files: Path) -> None:
    """Check that every file is there.

    Raises:
        ModelError: `model_missing`, naming the first file that is not.
    """
    for file in files:
        if not file.is_file():
            raise ModelError(
                "model_missing", f"The model file {file} is not there.", remedy="Run 'vivavoce models pull' to get it."
            )


def onnx_session(model: Path, *, extra_output: str = "", memory_arena: bool = True, threads: int = 1) -> OnnxSession:
    """Open a model for inference on the CPU.

    Its threads never spin: idle onnxruntime threads otherwise burn a core that the language model needs. The memory
    arena makes runs of one shape fast, but only grows: leave it off for models whose inputs differ in length.

    Args:
        model: the file.
        extra_output: an inner tensor to be returned as the last output.
        memory_arena: keep freed memory for the next run.
        threads: cores one run may use.

    Raises:
        ModelError: the file is not there (`model_missing`) or is no usable model (`model_damaged`).
    """
    import onnxruntime  # a tenth of a second: paid only by who runs a model

    require_files(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = memory_arena
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    graph = with_graph_output(model.read_bytes(), extra_output) if extra_output else str(model)
    try:
        session: OnnxSession = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises a dozen unrelated classes for one bad file
        raise ModelError(
            "model_damaged",
            f"The model file {model} cannot be loaded: {error}",
            remedy="Run 'vivavoce models verify' and pull the model again.",
        ) from error
    return session


_FATAL = 4


class Interruption:
    """Ends the work that a cancelled caller has left behind, so that the next call need not wait for it.

    One for each call. Work that takes longer than a blink either hands `run_options` to its ONNX sessions, which then
    stop between two nodes of the graph, or calls `check` now and then.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._run_options: Any = None

    @property
    def run_options(self) -> Any:
        """The options of every ONNX run of this call."""
        if self._run_options is None:
            import onnxruntime

            self._run_options = onnxruntime.RunOptions()
            # A run that is stopped on purpose would otherwise write an error to the terminal.
            self._run_options.log_severity_level = _FATAL
            self._run_options.terminate = self._is_set
        return self._run_options

    def set(self) -> None:
        """Stop the work; from any thread."""
        self._is_set = True
        if self._run_options is not None:
            self._run_options.terminate = True

    def check(self) -> None:
        """Give up if the caller has gone.

        Raises:
            InterruptedError: it has; nobody is left to see this.
        """
        if self._is_set:
            raise InterruptedError


class InferenceThread:
    """One worker thread for one model: one call at a time, off the event loop, fairly between those who call.

    Who calls and how urgently stands in `current_caller`; the order is the fair queue's. A cancelled caller returns at
    once. If its work has begun, it is interrupted where it can be, else ends in the thread; its result is thrown away,
    and the next call waits for that: the model is never entered twice. (A shared thread pool with a limiter cannot
    promise this: it frees the slot of an abandoned call while the call still runs.) Waiting happens on the event loop,
    so that a call cancelled before its turn costs nothing. Work in the background that can be interrupted makes way
    when something more urgent comes.

    Args:
        name: names the thread and the error messages.
        stage: the stage of the errors.
        bounds: calls that may wait; one more is refused with `engine_busy`.
        deadline_seconds: how long a call may take, waiting included, before it fails with `engine_timeout`.
    """

    def __init__(
        self,
        name: str,
        *,
        stage: Stage,
        bounds: QueueBounds = QueueBounds(per_key=32, total=128),  # noqa: B008 - frozen
        deadline_seconds: float = 30.0,
    ) -> None:
        self._name = name
        self._stage = stage
        self._deadline_seconds = deadline_seconds
        self._is_closed = False
        self._gate = FairGate(1, bounds)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"vivavoce-{name}")

    def statistics(self) -> GateStatistics:
        """Return how much waits for the model."""
        return self._gate.statistics()

    async def run(self, work: Callable[[], Result], *, interruption: Interruption | None = None) -> Result:
        """Return `work()`, computed in the thread; may be cancelled at any time, which sets `interruption`.

        Raises:
            EngineError: `engine_closed`, `engine_busy`, `engine_timeout`, `engine_preempted` (in the background only),
                or `engine_failed` when `work` raised.
        """
        if self._is_closed:
            raise self._error("engine_closed", "has been closed")
        place: Place | None = None
        try:
            with anyio.fail_after(self._deadline_seconds):
                place = await self._gate.enter()
                return await self._compute(place, work, interruption)
        except QueueFullError as error:
            raise self._error("engine_busy", "has too many requests waiting", retryable=True) from error
        except TimeoutError as error:
            raise self._error("engine_timeout", "did not answer in time", retryable=True) from error
        except VivavoceError:
            raise
        except Exception as error:
            if place is not None and place.is_wanted:
                raise self._error("engine_preempted", "was needed for more urgent work", retryable=True) from error
            raise self._error("engine_failed", f"failed: {error}", retryable=True) from error

    async def aclose(self) -> None:
        """Refuse new work and end the thread once the work it is in has ended."""
        self._is_closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _compute(self, place: Place, work: Callable[[], Result], interruption: Interruption | None) -> Result:
        if self._is_closed:
            place.leave()
            raise self._error("engine_closed", "has been closed")
        future = self._executor.submit(work)
        if interruption is not None and place.caller.urgency is Urgency.BACKGROUND:
            place.offer(interruption.set)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if interruption is not None:
                interruption.set()
            raise
        finally:
            _leave_after(future, place)

    def _error(self, code: str, what: str, *, retryable: bool = False) -> EngineError:
        return EngineError(code, f"The engine {self._name} {what}.", stage=self._stage, retryable=retryable)


def _leave_after(future: Future[Any], place: Place) -> None:
    """Give the place back once the thread is done with the work, whoever still waits for it."""
    if future.done():
        place.leave()
        return
    loop = asyncio.get_running_loop()

    def leave(_: Future[Any]) -> None:
        # A loop that has ended needs no places.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(place.leave)

    future.add_done_callback(leave)
