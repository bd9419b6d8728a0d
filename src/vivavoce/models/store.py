"""The folder in which weights lie, and whether they are what they should be.

Owns the layout (`ROOT/MODEL/FILE`) and the stamp that says which bytes were hashed already, so that a start does not
hash a gigabyte again. Refuses to know where missing files come from (`pull`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import platformdirs

from vivavoce.errors import ModelError

if TYPE_CHECKING:
    from vivavoce.models.manifest import Manifest, Model, ModelFile

__all__ = ["FileState", "ModelStore", "default_root", "sha256_of", "write_whole"]

FileState = Literal["present", "missing", "damaged", "unchecked"]
"""`unchecked`: the size is right, but the bytes were never hashed, or have been touched since."""

_STAMP = ".verified.json"


class _Stamp(msgspec.Struct, frozen=True):
    """The bytes that were hashed. Whole seconds: archives and image layers drop the rest of a time."""

    bytes: int
    mtime_seconds: int
    sha256: str


def default_root() -> Path:
    """Return `VIVAVOCE_MODELS`, or the user's cache folder."""
    chosen = os.environ.get("VIVAVOCE_MODELS")
    if chosen:
        return Path(chosen).expanduser().absolute()
    return platformdirs.user_cache_path("vivavoce", appauthor=False) / "models"


def sha256_of(path: Path) -> str:
    """Hash a file as it lies on the disk; lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class ModelStore:
    """The weights on this machine. Safe to use from several threads and processes."""

    def __init__(self, root: Path, manifest: Manifest) -> None:
        self.root = root
        self.manifest = manifest

    def learn(self, model: Model) -> None:
        """Know a model beside those of the manifest, in place of what was known by its name."""
        others = tuple(known for known in self.manifest.models if known.name != model.name)
        self.manifest = msgspec.structs.replace(self.manifest, models=(*others, model))

    def location(self, name: str, file: str = "") -> Path:
        """Return where a model, or one of its files, lies or would lie."""
        return self.root / name / file

    def state(self, name: str) -> FileState:
        """Return the worst state among a model's files, without hashing."""
        model = self.manifest.model(name)
        stamps = self._stamps(name)
        states = {self._state(name, file, stamps) for file in model.files}
        for worst in ("missing", "damaged", "unchecked"):
            if worst in states:
                return worst
        return "present"

    def is_present(self, name: str) -> bool:
        """Whether every file is there and known to be whole. Reads no weights."""
        return self.state(name) == "present"

    def path(self, name: str, file: str) -> Path:
        """Return one file of a model, known to be whole; hashes it when no stamp vouches for it.

        Raises:
            ModelError: `model_unknown`, `model_missing` or `model_damaged`.
        """
        model = self.manifest.model(name)
        self._require(model, (model.file(file),))
        return self.location(name, file)

    def folder(self, name: str) -> Path:
        """Return a model's folder, all its files known to be whole.

        Raises:
            ModelError: `model_unknown`, `model_missing` or `model_damaged`.
        """
        model = self.manifest.model(name)
        self._require(model, model.files)
        return self.location(name)

    def verify(self, name: str) -> None:
        """Hash every file of a model, whatever the stamp says.

        Raises:
            ModelError: `model_unknown`, `model_missing` or `model_damaged`.
        """
        model = self.manifest.model(name)
        self._require(model, model.files, trust_stamps=False)

    def whole(self, name: str, file: ModelFile) -> bool:
        """Whether one file is there and right; hashes it when no stamp vouches for it."""
        stamps = self._stamps(name)
        if self._state(name, file, stamps) == "unchecked":
            stamps = self.stamp(name, file)
        return self._state(name, file, stamps) == "present"

    def stamp(self, name: str, file: ModelFile, *, known_sha256: str = "") -> dict[str, _Stamp]:
        """Note a file's hash, right or wrong; it is read for that unless the caller has just hashed it."""
        path = self.location(name, file.name)
        status = path.stat()
        sha256 = known_sha256 or sha256_of(path)
        found = _Stamp(bytes=status.st_size, mtime_seconds=int(status.st_mtime), sha256=sha256)
        stamps = self._stamps(name) | {file.name: found}
        # A folder shared read-only cannot be stamped: it is hashed at each use instead.
        with contextlib.suppress(OSError):
            write_whole(self.location(name, _STAMP), msgspec.json.encode(stamps))
        return stamps

    def _require(self, model: Model, files: tuple[ModelFile, ...], *, trust_stamps: bool = True) -> None:
        stamps = self._stamps(model.name)
        for file in files:
            state = self._state(model.name, file, stamps)
            if state == "unchecked" or (state == "present" and not trust_stamps):
                stamps = self.stamp(model.name, file)
                state = self._state(model.name, file, stamps)
            if state != "present":
                raise self._absent(model.name, file, damaged=state == "damaged")

    def _absent(self, name: str, file: ModelFile, *, damaged: bool) -> ModelError:
        code, what = ("model_damaged", "is damaged") if damaged else ("model_missing", "is missing")
        message = f"Model {name}: {self.location(name, file.name)} {what}."
        return ModelError(code, message, remedy=f"Run: vivavoce models pull {name}")

    def _state(self, name: str, file: ModelFile, stamps: dict[str, _Stamp]) -> FileState:
        try:
            status = self.location(name, file.name).stat()
        except OSError:
            return "missing"
        if status.st_size != file.bytes:
            return "damaged"
        stamp = stamps.get(file.name)
        if stamp is None or (stamp.bytes, stamp.mtime_seconds) != (status.st_size, int(status.st_mtime)):
            return "unchecked"
        return "present" if stamp.sha256 == file.sha256 else "damaged"

    def _stamps(self, name: str) -> dict[str, _Stamp]:
        try:
            return msgspec.json.decode(self.location(name, _STAMP).read_bytes(), type=dict[str, _Stamp])
        except (OSError, msgspec.DecodeError):
            return {}


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place in one step."""
    # Named after its writer, not made by tempfile: other users of a shared folder have to read it.
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        fresh.write_bytes(content)
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
