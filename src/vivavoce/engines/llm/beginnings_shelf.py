"""Beginnings of prompts on disk, for the next start of the server.

Owns the files, their names and how many there are. Refuses to know what a beginning is. What is kept fits one model
file and one way of running it: anything else has another name. A disk that is full costs time and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread
import structlog

if TYPE_CHECKING:
    from vivavoce.engines.llm.llama_settings import LlamaSettings

__all__ = ["BeginningsShelf"]

MOST_SHELVED = 16
"""Some 15 MB each for Qwen2.5 1.5B; those unused for longest go."""

_log = structlog.get_logger(__name__)


class BeginningsShelf:
    """The files for one model in `folder`, which need not exist."""

    def __init__(self, folder: Path, gguf: Path, settings: LlamaSettings) -> None:
        self._folder = folder
        self._gguf = gguf
        self._how = f"{settings.compact_context}-{settings.slot_context_tokens}-{version('xllamacpp')}"

    async def fetch(self, beginning: str, place: Path) -> bool:
        """Put a copy of a beginning at `place`; False where there is none."""
        return await anyio.to_thread.run_sync(partial(self._fetch, beginning, place))

    async def put(self, beginning: str, place: Path) -> None:
        """Keep a copy of what is at `place`."""
        await anyio.to_thread.run_sync(partial(self._put, beginning, place))

    async def discard(self, beginning: str) -> None:
        """Keep a beginning no longer."""
        await anyio.to_thread.run_sync(partial(self._discard, beginning))

    def _fetch(self, beginning: str, place: Path) -> bool:
        try:
            shelved = self._file(beginning)
            shutil.copyfile(shelved, place)
            os.utime(shelved)
        except FileNotFoundError:
            return False
        except OSError as error:
            _log.warning("beginning_not_fetched", reason=error.strerror)
            return False
        return True

    def _put(self, beginning: str, place: Path) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
            os.close(handle)
            try:
                shutil.copyfile(place, name)
                Path(name).replace(self._file(beginning))
            finally:
                Path(name).unlink(missing_ok=True)
            self._prune()
        except OSError as error:
            _log.warning("beginning_not_shelved", reason=error.strerror)

    def _discard(self, beginning: str) -> None:
        try:
            self._file(beginning).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("beginning_not_discarded", reason=error.strerror)

    def _prune(self) -> None:
        by_use = sorted(self._folder.glob("*.bin"), key=lambda file: file.stat().st_mtime)
        for file in by_use[:-MOST_SHELVED]:
            file.unlink(missing_ok=True)

    def _file(self, beginning: str) -> Path:
        weights = self._gguf.stat()
        model = f"{self._gguf.name}-{weights.st_size}-{weights.st_mtime_ns}-{self._how}"
        return self._folder / f"{hashlib.blake2b(model.encode(), digest_size=8).hexdigest()}-{beginning}.bin"
