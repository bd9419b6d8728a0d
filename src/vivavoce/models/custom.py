"""A model as a user names it: a name in the manifest, a file on this machine, or a file on the hub.

Owns what such a name means and how it becomes a path. Refuses to know what kind of model the file holds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from vivavoce.errors import ModelError, NetworkError, VivavoceError
from vivavoce.models.guard import exclusive, require_space, storage_errors
from vivavoce.models.hub import Hub, HubFile, download
from vivavoce.models.pull import BUSY_SECONDS, free_bytes_at, pull
from vivavoce.models.transfer import Meter, PartialFile, Progress, SourceFailedError, fill_and_settle

if TYPE_CHECKING:
    import threading

    from vivavoce.models.store import ModelStore

__all__ = ["HubName", "hub_failure", "is_ready", "parse_hub_name", "resolve"]

_HUB = "hf:"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubName:
    """A file on the hub, written `hf:OWNER/REPO/FILE` or `hf:OWNER/REPO@REVISION/FILE`."""

    repo: str
    revision: str
    file: str

    def location(self, store: ModelStore) -> Path:
        """Return where the file lies once fetched."""
        return store.root / "hub" / self.repo / self.revision / self.file


def parse_hub_name(spec: str) -> HubName | None:
    """Read a name that begins with `hf:`; None for any other.

    Raises:
        ModelError: `model_unknown`, it begins so but is none.
    """
    if not spec.startswith(_HUB):
        return None
    owner, _, rest = spec.removeprefix(_HUB).partition("/")
    repo, _, file = rest.partition("/")
    repo, _, revision = repo.partition("@")
    parts = [owner, repo, revision, *PurePosixPath(file).parts]
    if not (owner and repo and file) or ".." in parts or "/" in parts:
        raise ModelError("model_unknown", f"{spec!r} names no file.", remedy="Write it as hf:OWNER/REPO/FILE.")
    return HubName(repo=f"{owner}/{repo}", revision=revision or "main", file=file)


def is_ready(spec: str, store: ModelStore) -> bool:
    """Whether `resolve` would answer at once, be it with an error, instead of fetching something.

    Raises:
        ModelError: `model_unknown`, a hub name that is none.
    """
    name = parse_hub_name(spec)
    if name is not None:
        return name.location(store).is_file()
    return spec not in store.manifest.names or store.is_present(spec)


def resolve(
    spec: str, store: ModelStore, *, progress: Progress | None = None, cancelled: threading.Event | None = None
) -> Path:
    """Return the path of the file `spec` names, fetched if need be. Blocks as `pull` does.

    A name in the manifest gives the model's first file, which for a language model is its only one.

    Raises:
        ModelError: `model_unknown`, `model_missing` (a path with nothing at its end), and those of `pull`.
        NetworkError: `model_unreachable`.
    """
    hub_name = parse_hub_name(spec)
    if hub_name is not None:
        return _from_hub(spec, hub_name, store, Meter(spec, 0, progress, cancelled))
    path = Path(spec).expanduser()
    if spec not in store.manifest.names:
        if path.exists():
            return path.absolute()
        if os.sep in spec or path.suffix in {".gguf", ".onnx", ".bin"}:
            raise ModelError("model_missing", f"There is no file {spec}.", remedy="Check the path.")
    model = store.manifest.model(spec)
    return pull(store, spec, progress=progress, cancelled=cancelled) / model.files[0].name


def _from_hub(spec: str, name: HubName, store: ModelStore, meter: Meter) -> Path:
    target = name.location(store)
    if target.is_file():
        return target
    hub = Hub.from_environment()
    lock_path = store.root / ".locks" / f"{name.repo.replace('/', '--')}.lock"
    try:
        hub.require()
        found = hub.look_up(name.repo, name.revision, name.file)
        with storage_errors(store.root), exclusive(lock_path, meter, deadline_seconds=BUSY_SECONDS):
            if not target.is_file():
                _fetch(hub, name, found, target, store, meter)
    except SourceFailedError as error:
        raise hub_failure(spec, error) from error
    return target


def _fetch(hub: Hub, name: HubName, found: HubFile, target: Path, store: ModelStore, meter: Meter) -> None:
    meter.expect(found.bytes)
    # The hash is in the partial file's name: a file that changed on the hub is not joined to its former self.
    partial_path = store.root / ".partial" / "hub" / name.repo / f"{found.sha256[:16]}-{PurePosixPath(name.file).name}"
    partial = PartialFile(partial_path, expected_bytes=found.bytes, sha256=found.sha256, meter=meter)
    require_space(store.root, found.bytes - partial.size, free_bytes_at(store.root))
    fill_and_settle(partial, target, lambda: download(found.url, partial, hub.headers))


def hub_failure(spec: str, error: SourceFailedError) -> VivavoceError:
    """Return why a hub name gave nothing, in plain words."""
    message = f"{spec} could not be had: {error.reason}."
    if error.mismatch:
        return ModelError("model_hash_mismatch", message, remedy="Try again.", retryable=True)
    if error.is_absent:
        return ModelError("model_unknown", message, remedy="Check the spelling: hf:OWNER/REPO/FILE.")
    if error.is_forbidden:
        remedy = "Accept its licence on the hub's page, and set HF_TOKEN to a token of that account."
        return ModelError("model_forbidden", message, remedy=remedy)
    remedy = "Check the network and HF_ENDPOINT, or fetch the file elsewhere and give its path."
    return NetworkError("model_unreachable", message, remedy=remedy)
