"""Running a model: how its ONNX session is opened, and the one thread its work is done on.

Owns what every local engine needs alike: session options that leave idle cores alone, weights that are missing or
damaged told apart, blocking inference kept off the event loop, and failures turned into typed errors. Refuses to know
what any model computes and where its weights came from.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import anyio

from vivavoce.engines.graph_output import with_graph_output
from vivavoce.errors import EngineError, ModelError, Stage, VivavoceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

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
    """One worker thread for one model: calls run in order, one at a time, off the event loop.

    A cancelled caller returns at once. If its work has begun, it is interrupted where it can be, else ends in the
    thread; its result is thrown away, and the next call waits for that: the model is never entered twice. (A shared
    thread pool with a limiter cannot promise this: it frees the slot of an abandoned call while the call still runs.)
    Waiting happens on the event loop, so that a call cancelled before its turn costs nothing.

    Args:
        name: names the thread and the error messages.
        stage: the stage of the errors.
        longest_queue: calls that may be under way or waiting; one more is refused with `engine_busy`.
        deadline_seconds: how long a call may take, waiting included, before it fails with `engine_timeout`.
    """

    def __init__(self, name: str, *, stage: Stage, longest_queue: int = 128, deadline_seconds: float = 30.0) -> None:
        self._name = name
        self._stage = stage
        self._longest_queue = longest_queue
        self._deadline_seconds = deadline_seconds
        self._queued = 0
        self._is_closed = False
        self._turn = anyio.Lock()
        self._latest: Future[Any] | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"vivavoce-{name}")

    async def run(self, work: Callable[[], Result], *, interruption: Interruption | None = None) -> Result:
        """Return `work()`, computed in the thread; may be cancelled at any time, which sets `interruption`.

        Raises:
            EngineError: `engine_closed`, `engine_busy`, `engine_timeout`, or `engine_failed` when `work` raised.
        """
        if self._is_closed:
            raise self._error("engine_closed", "has been closed")
        if self._queued >= self._longest_queue:
            raise self._error("engine_busy", "has too many requests waiting", retryable=True)
        self._queued += 1
        try:
            with anyio.fail_after(self._deadline_seconds):
                async with self._turn:
                    return await self._submit(work, interruption or Interruption())
        except TimeoutError as error:
            raise self._error("engine_timeout", "did not answer in time", retryable=True) from error
        except VivavoceError:
            raise
        except Exception as error:
            raise self._error("engine_failed", f"failed: {error}", retryable=True) from error
        finally:
            self._queued -= 1

    async def aclose(self) -> None:
        """Refuse new work and end the thread once the work it is in has ended."""
        self._is_closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _submit(self, work: Callable[[], Result], interruption: Interruption) -> Result:
        if self._latest is not None and not self._latest.done():
            abandoned, _ = await asyncio.wait([asyncio.wrap_future(self._latest)])
            for future in abandoned:
                future.exception()  # its caller is gone: nobody else would look, and asyncio would complain
        if self._is_closed:
            raise self._error("engine_closed", "has been closed")
        self._latest = self._executor.submit(work)
        try:
            return await asyncio.wrap_future(self._latest)
        except asyncio.CancelledError:
            interruption.set()
            raise

    def _error(self, code: str, what: str, *, retryable: bool = False) -> EngineError:
        return EngineError(code, f"The engine {self._name} {what}.", stage=self._stage, retryable=retryable)
