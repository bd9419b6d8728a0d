"""Every failure vivavoce can name.

Owns the error type that the wire, the log and the metrics share: one code, one stage, one plain sentence and what to do
about it. Refuses to know how an error travels; `realtime` and `server` encode it.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "CapacityError",
    "EngineError",
    "InputError",
    "ModelError",
    "NetworkError",
    "Stage",
    "StorageError",
    "ToolError",
    "UnauthorisedError",
    "VivavoceError",
    "lone_failure",
]


class Stage(StrEnum):
    """The part of a turn in which something failed."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"
    TOOL = "tool"
    NETWORK = "network"
    INPUT = "input"
    RESOURCE = "resource"


class VivavoceError(Exception):
    """A failure with a name.

    Attributes:
        code: stable lower_snake identifier, the same on the wire, in logs and in metrics.
        stage: where it happened.
        retryable: whether the same request may succeed later, unchanged.
        message: one plain sentence saying what happened.
        remedy: one plain sentence saying what to do; empty when there is nothing to do.
        param: the field at fault, as a dotted path, for input errors.
    """

    stage: Stage = Stage.RESOURCE
    retryable: bool = False

    def __init__(
        self,
        code: str,
        message: str,
        *,
        remedy: str = "",
        stage: Stage | None = None,
        retryable: bool | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.param = param
        if stage is not None:
            self.stage = stage
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class InputError(VivavoceError):
    """What the caller sent cannot be used; sending it again will not help."""

    stage = Stage.INPUT


class NetworkError(VivavoceError):
    """Something beyond this process did not answer."""

    stage = Stage.NETWORK
    retryable = True


class CapacityError(VivavoceError):
    """A limit was reached; the refusal is immediate and the caller may come back."""

    stage = Stage.RESOURCE
    retryable = True


class UnauthorisedError(VivavoceError):
    """No key, a wrong key, or an origin that is not allowed."""

    stage = Stage.INPUT


class ModelError(VivavoceError):
    """Weights are missing, damaged, or could not be obtained."""

    stage = Stage.RESOURCE


class EngineError(VivavoceError):
    """An engine (STT, LLM, TTS) failed; `stage` says which."""


class ToolError(VivavoceError):
    """A tool could not be run, or failed; the model is told, and the conversation goes on."""

    stage = Stage.TOOL


class StorageError(VivavoceError):
    """The database or the files beside it could not be read or written; conversations go on without them."""

    stage = Stage.RESOURCE


def lone_failure(group: BaseExceptionGroup) -> VivavoceError | None:
    """Return the failure that task groups have wrapped; None where anything unnamed went wrong beside it."""
    named, unnamed = group.split(VivavoceError)
    if named is None or unnamed is not None:
        return None
    first: BaseException = named
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    assert isinstance(first, VivavoceError)
    return first
