"""How each kind of source fills a partial file.

Owns the step from a source in the manifest to bytes, and the order in which sources are tried. Refuses to know about
locks, disks and other files.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, assert_never

from vivavoce.errors import ModelError, NetworkError, VivavoceError
from vivavoce.models import hub as hub_client
from vivavoce.models.hub import Hub
from vivavoce.models.manifest import FolderSource, HubSource, IndexSource, InstalledSource, Source, UrlSource
from vivavoce.models.package_index import PackageArchives
from vivavoce.models.transfer import CHUNK_BYTES, PartialFile, SourceFailedError, fill_and_settle

if TYPE_CHECKING:
    from vivavoce.models.manifest import Model, ModelFile, Part

__all__ = ["Fetcher", "describe", "no_source_left"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fills partial files from sources; `folder`, when given, is asked first for `MODEL/FILE`."""

    hub: Hub
    archives: PackageArchives
    folder: Path | None = None

    def fetch(self, model: Model, file: ModelFile, partial: PartialFile, target: Path) -> None:
        """Bring `file` to `target` from the first source that has it.

        Raises:
            ModelError: `model_hash_mismatch` when all failed and one gave wrong bytes.
            NetworkError: `model_unreachable` when all failed otherwise.
        """
        sources = model.sources_of(file)
        if self.folder is not None:
            sources = (FolderSource(path=str(self.folder / model.name / file.name)), *sources)
        failures: list[tuple[str, SourceFailedError]] = []
        for source in sources:
            try:
                fill_and_settle(partial, target, functools.partial(self._fill, source, file, partial))
                return
            except SourceFailedError as error:
                failures.append((describe(source), error))
        raise no_source_left(model.name, file.name, failures)

    def _fill(self, source: Source, file: ModelFile, partial: PartialFile) -> None:
        match source:
            case InstalledSource():
                _copy(_installed_path(source, file), partial)
            case FolderSource():
                _copy(Path(file.fill(source.path)).expanduser(), partial)
            case IndexSource():
                self._join(source, file, partial)
            case HubSource():
                self.hub.require()
                url = self.hub.url(source.repo, source.revision, file.fill(source.file))
                hub_client.download(url, partial, self.hub.headers)
            case UrlSource():
                if self.hub.offline:
                    raise SourceFailedError("downloads are switched off (VIVAVOCE_OFFLINE or HF_HUB_OFFLINE)")
                hub_client.download(file.fill(source.url), partial, {})
            case _ as never:
                assert_never(never)

    def _join(self, source: IndexSource, file: ModelFile, partial: PartialFile) -> None:
        begin = _keep_whole_parts(source, partial)
        start = 0
        for part in source.parts:
            size = part.bytes or file.bytes
            if start >= begin:
                self._add_part(part, file, partial, start)
            start += size

    def _add_part(self, part: Part, file: ModelFile, partial: PartialFile, start: int) -> None:
        size = part.bytes or file.bytes
        digest = hashlib.sha256()

        def on_download(fraction: float) -> None:
            partial.meter.at(start + int(fraction * size))

        with self.archives.member(part, file.fill(part.member), on_download) as chunks, partial.append() as write:
            for chunk in chunks:
                digest.update(chunk)
                write(chunk)
        if partial.size != start + size or (part.sha256 and digest.hexdigest() != part.sha256):
            partial.truncate(start)
            # A wrong part is no reason to throw away the right ones before it.
            raise SourceFailedError(
                f"{part.dist} {part.version} does not hold the bytes it should", mismatch=True, keeps_bytes=True
            )


def describe(source: Source) -> str:
    """Name a source for a person."""
    match source:
        case InstalledSource():
            return f"installed {source.dist} {source.version}"
        case IndexSource():
            names = [part.dist for part in source.parts]
            return f"package {names[0]}" if len(names) == 1 else f"packages {names[0]} to {names[-1]}"
        case HubSource():
            return f"hub {source.repo}"
        case UrlSource():
            return source.url
        case FolderSource():
            return f"folder {source.path}"
        case _ as never:
            assert_never(never)


def no_source_left(model: str, file: str, failures: list[tuple[str, SourceFailedError]]) -> VivavoceError:
    """Build the error that lists every source tried, and why it gave nothing."""
    tried = "; ".join(f"{source}: {error.reason}" for source, error in failures)
    message = f"{file} of model {model} could not be had. Tried {tried}."
    if any(error.mismatch for _, error in failures):
        remedy = "Try again; if it happens again, a mirror or proxy on the way alters files."
        return ModelError("model_hash_mismatch", message, remedy=remedy, retryable=True)
    remedy = (
        "Check the network and pip's index settings, or give a folder with the files: "
        f"vivavoce models pull {model} --from FOLDER"
    )
    return NetworkError("model_unreachable", message, remedy=remedy)


def _installed_path(source: InstalledSource, file: ModelFile) -> Path:
    try:
        dist = importlib.metadata.distribution(source.dist)
    except importlib.metadata.PackageNotFoundError as error:
        raise SourceFailedError("it is not installed") from error
    if dist.version != source.version:
        raise SourceFailedError(f"version {dist.version} is installed")
    return Path(str(dist.locate_file(file.fill(source.member))))


def _copy(path: Path, partial: PartialFile) -> None:
    if not path.is_file():
        raise SourceFailedError("there is no such file")
    partial.meter.note(f"copying from {path.parent}")
    try:
        source = path.open("rb")
    except OSError as error:
        raise SourceFailedError(f"it cannot be read: {error.strerror}") from error
    with source as file, partial.append() as write:
        file.seek(partial.size)
        while chunk := file.read(CHUNK_BYTES):
            write(chunk)


def _keep_whole_parts(source: IndexSource, partial: PartialFile) -> int:
    """Cut a partial file back to the parts that are whole and right; return its size."""
    kept = 0
    if partial.size and all(part.bytes and part.sha256 for part in source.parts):
        partial.meter.note("checking what was fetched before")
        with partial.path.open("rb") as file:
            for part in source.parts:
                content = _hash_next(file, part.bytes or 0)
                if content != part.sha256:
                    break
                kept += part.bytes or 0
    partial.truncate(kept)
    return kept


def _hash_next(file: IO[bytes], size_bytes: int) -> str:
    digest = hashlib.sha256()
    while size_bytes > 0 and (chunk := file.read(min(CHUNK_BYTES, size_bytes))):
        digest.update(chunk)
        size_bytes -= len(chunk)
    return digest.hexdigest()
