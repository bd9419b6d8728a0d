"""One file on its way: the bytes so far, what is told of them, and how it ends.

Owns the `.partial` file and its last step into place. Any source may go on where another stopped, for all of them carry
the same bytes, and only the SHA-256 of the whole decides. Refuses to know where bytes come from.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from vivavoce.errors import ModelError
from vivavoce.models.store import sha256_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["CHUNK_BYTES", "Meter", "PartialFile", "Progress", "SourceFailedError", "fill_and_settle"]

CHUNK_BYTES = 1 << 20
_LONG_TO_HASH_BYTES = 100_000_000


class SourceFailedError(Exception):
    """A source did not give the file.

    `mismatch`: what it gave was not the file. `keeps_bytes`: what the partial file holds now is right all the same.
    `is_absent`: the source answered that it has no such file. `is_forbidden`: it has, and does not give it to us.
    """

    def __init__(
        self,
        reason: str,
        *,
        mismatch: bool = False,
        keeps_bytes: bool = False,
        is_absent: bool = False,
        is_forbidden: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.mismatch = mismatch
        self.keeps_bytes = keeps_bytes
        self.is_absent = is_absent
        self.is_forbidden = is_forbidden


class Progress(Protocol):
    """Hears how a pull goes on. Called often, on the pulling thread; must return at once."""

    def __call__(self, model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        """Take notice: `done_bytes` of `total_bytes` are there, and `note` says what is being done."""
        ...


class Meter:
    """Counts a model's bytes for whoever watches, and carries the wish to stop."""

    def __init__(
        self, model: str, total_bytes: int, progress: Progress | None, cancelled: threading.Event | None
    ) -> None:
        self.model = model
        self._total_bytes = total_bytes
        self._progress = progress
        self._cancelled = cancelled
        self._finished_bytes = 0
        self._file_bytes = 0
        self._note = ""

    def expect(self, total_bytes: int) -> None:
        """Learn the size of the whole when it was not known before."""
        self._total_bytes = total_bytes

    def note(self, text: str) -> None:
        """Say what is being done now."""
        self._note = text
        self.at(self._file_bytes)

    def at(self, file_bytes: int) -> None:
        """Say how far the current file is; what is told never goes back, though a fetch may.

        Raises:
            ModelError: `model_pull_cancelled`.
        """
        self.raise_if_cancelled()
        self._file_bytes = max(self._file_bytes, file_bytes)
        if self._progress is not None:
            done = min(self._finished_bytes + self._file_bytes, self._total_bytes)
            self._progress(self.model, done, self._total_bytes, self._note)

    def finish_file(self, file_bytes: int) -> None:
        """Count a whole file."""
        self._finished_bytes += file_bytes
        self._file_bytes = 0
        self.at(0)

    def is_cancelled(self) -> bool:
        """Whether somebody wants this to stop."""
        return self._cancelled is not None and self._cancelled.is_set()

    def raise_if_cancelled(self) -> None:
        """Stop here if somebody wants it.

        Raises:
            ModelError: `model_pull_cancelled`.
        """
        if self.is_cancelled():
            raise ModelError(
                "model_pull_cancelled",
                f"Fetching {self.model} was stopped.",
                remedy="What was fetched is kept; the next pull goes on from there.",
                retryable=True,
            )


class PartialFile:
    """A file that grows beside the store until it is whole, then moves into place in one step."""

    def __init__(self, path: Path, *, expected_bytes: int, sha256: str, meter: Meter) -> None:
        self.path = path
        self.expected_bytes = expected_bytes
        self.meter = meter
        self._sha256 = sha256

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def is_complete(self) -> bool:
        """Whether all bytes are there, right or wrong."""
        return self.size == self.expected_bytes

    def truncate(self, size_bytes: int) -> None:
        """Keep only the first `size_bytes`."""
        if self.size > size_bytes:
            os.truncate(self.path, size_bytes)

    @contextmanager
    def append(self) -> Iterator[Callable[[bytes], None]]:
        """Give a writer that adds bytes at the end, tells the meter, and refuses more than the file may hold."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            size = self.size

            def write(chunk: bytes) -> None:
                nonlocal size
                size += len(chunk)
                if size > self.expected_bytes:
                    raise SourceFailedError(f"it holds more than {self.expected_bytes} bytes", mismatch=True)
                file.write(chunk)
                self.meter.at(size)

            yield write

    def settle(self, target: Path) -> None:
        """Check the whole and move it to `target`; what does not match is thrown away.

        Raises:
            SourceFailedError: the bytes are not the file's.
        """
        size = self.size
        if size != self.expected_bytes:
            raise SourceFailedError(f"it ended after {size} of {self.expected_bytes} bytes")
        if size > _LONG_TO_HASH_BYTES:
            self.meter.note("checking")
        if self._sha256:
            found = sha256_of(self.path)
            if found != self._sha256:
                self.truncate(0)
                raise SourceFailedError(f"its SHA-256 is {found}, not {self._sha256}", mismatch=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(self.path, target)
        _sync_folder(target.parent)


def fill_and_settle(partial: PartialFile, target: Path, fill: Callable[[], None]) -> None:
    """Let `fill` bring what `partial` lacks and move the whole to `target`.

    Raises:
        SourceFailedError: no bytes, or wrong ones.
    """
    resumed = partial.size > 0
    try:
        fill()
        partial.settle(target)
    except SourceFailedError as error:
        if not error.mismatch or error.keeps_bytes:
            raise
        partial.truncate(0)
        if not resumed:
            raise
    else:
        return
    # The fault may lie in the bytes kept from before, so this source gets one try on its own.
    fill_and_settle(partial, target, fill)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
