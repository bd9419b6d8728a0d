"""Models by their name on the hub: Whisper sizes, Piper voices, GGUF files.

Owns what such a name means and which files it stands for; once looked up, a name is a model like those of the manifest,
pinned to one commit, with sizes and SHA-256 of every file. Refuses to know what an engine does with the files.

    hub:large-v3-turbo            a size of faster-whisper
    hub:OWNER/REPO                for speech recognition: any Whisper in CTranslate2's format
    hub:zh_CN-huayan-medium       a Piper voice
    hub:OWNER/REPO:Q4_K_M         a language model in GGUF, by its quantisation
    hub:OWNER/REPO/FILE.gguf      the same, by its file; REPO@REVISION pins it
"""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from vivavoce.errors import ModelError
from vivavoce.models.custom import hub_failure
from vivavoce.models.guard import storage_errors
from vivavoce.models.hub import Hub
from vivavoce.models.hub_files import WHISPER_REPOS, gguf_files, voice_files, whisper_files
from vivavoce.models.hub_listing import HubEntry, HubRepo, commit_of, read_small
from vivavoce.models.manifest import HubSource, Model, ModelFile
from vivavoce.models.pull import pull
from vivavoce.models.store import write_whole
from vivavoce.models.transfer import SourceFailedError

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from vivavoce.models.store import ModelStore
    from vivavoce.models.transfer import Progress

__all__ = ["HUB_PREFIX", "PIPER_REPO", "HubJob", "bring", "hub_name", "is_here", "pull_name", "recall"]

HubJob = Literal["stt", "llm", "tts"]

_FOLDER = "hub"
_DESCRIPTION = ".model.json"
_WHISPER = "whisper-"
_VOICE = re.compile(r"[a-z]{2,3}_[A-Z]{2}-[A-Za-z0-9_+]+-(?:x_low|low|medium|high)")
_REPO = r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(?:@[\w.-]+)?"
_REPOSITORY = re.compile(_REPO)
_GGUF = re.compile(rf"{_REPO}(?::[\w.-]+|(?:/[\w.-]+)+\.gguf)?", re.IGNORECASE)
HUB_PREFIX = "hub:"
_PREFIXES = (HUB_PREFIX, "hf:")
PIPER_REPO = "rhasspy/piper-voices"


def hub_name(spec: str, job: HubJob | None = None) -> str:
    """Return what the store calls a hub name; without `job` the name has to tell what it is for.

    Raises:
        ModelError: `model_unknown`.
    """
    for prefix in _PREFIXES:
        spec = spec.removeprefix(prefix)
    whisper = spec.removeprefix(_WHISPER)
    if job in (None, "stt") and whisper in WHISPER_REPOS:
        return f"{_FOLDER}/stt/{whisper}"
    if job in (None, "tts") and _VOICE.fullmatch(spec):
        return f"{_FOLDER}/tts/{spec}"
    if job == "stt" and _REPOSITORY.fullmatch(spec):
        return f"{_FOLDER}/stt/{spec}"
    if job in (None, "llm") and _GGUF.fullmatch(spec) and ".." not in spec:
        return f"{_FOLDER}/llm/{spec.replace(':', '/')}"
    raise ModelError(
        "model_unknown",
        f"{spec!r} is no name of a model on the hub" + (f" for {job}." if job else "."),
        remedy="Use a Whisper size (large-v3-turbo), a Piper voice (zh_CN-huayan-medium) or OWNER/REPO:Q4_K_M.",
    )


def recall(store: ModelStore, name: str) -> bool:
    """Whether a name is known: the manifest's, or one of the hub that was looked up before."""
    if name in store.manifest.names:
        return True
    try:
        store.learn(msgspec.json.decode(store.location(name, _DESCRIPTION).read_bytes(), type=Model))
    except (OSError, msgspec.MsgspecError):
        return False
    return True


def is_here(store: ModelStore, name: str) -> bool:
    """Whether a model is known and whole; asks nobody.

    Raises:
        ModelError: `model_unknown`, for a name that is not of the hub.
    """
    if name.startswith(f"{_FOLDER}/") and not recall(store, name):
        return False
    return store.is_present(name)


def bring(
    store: ModelStore, name: str, *, progress: Progress | None = None, cancelled: threading.Event | None = None
) -> Path:
    """Make a model present, looking it up on the hub first if need be, and return its folder. Blocks as `pull` does.

    Raises:
        ModelError: `model_unknown`, `model_forbidden`, and those of `pull`.
        NetworkError: `model_unreachable`.
    """
    if name.startswith(f"{_FOLDER}/") and not recall(store, name):
        try:
            with storage_errors(store.root):
                _describe(store, name)
        except SourceFailedError as error:
            raise hub_failure(name.removeprefix(f"{_FOLDER}/"), error) from error
    return pull(store, name, progress=progress, cancelled=cancelled)


def pull_name(name: str) -> str:
    """Return what users write to have a model fetched."""
    if not name.startswith(f"{_FOLDER}/"):
        return name
    _, job, spec = name.split("/", 2)
    owner, repo, rest = (*spec.split("/", 2), "", "")[:3]
    if job == "llm" and rest and not rest.lower().endswith(".gguf"):
        return f"{HUB_PREFIX}{owner}/{repo}:{rest}"
    return f"{HUB_PREFIX}{spec}"


def _describe(store: ModelStore, name: str) -> None:
    """Look a name up, fetch its small files, and keep what is known of the large ones."""
    hub = Hub.from_environment()
    hub.require()
    _, job, spec = name.split("/", 2)
    assert job in get_args(HubJob)
    repo_name, revision, rest = _parts(job, spec)
    repo = commit_of(hub, repo_name, revision)
    match job:
        case "stt":
            entries = whisper_files(hub, repo)
        case "tts":
            entries = voice_files(hub, repo, spec)
        case _:
            entries = gguf_files(hub, repo, rest)
    files = tuple(_file(store, name, hub, repo, entry) for entry in entries)
    size = sum(file.bytes for file in files)
    model = Model(
        name=name,
        job=job,  # type: ignore[arg-type] # one of HubJob, as asserted
        purpose=f"{spec}, of {repo.name} on the hub",
        licence=repo.licence or "not told",
        memory_mb=max(1, size // 1_000_000),
        files=files,
    )
    write_whole(store.location(name, _DESCRIPTION), msgspec.json.encode(model))
    store.learn(model)


def _parts(job: str, spec: str) -> tuple[str, str, str]:
    """Return the repository, the revision, and what of it is wanted."""
    if job == "tts":
        return PIPER_REPO, "main", spec
    path = WHISPER_REPOS.get(spec, spec) if job == "stt" else spec
    owner, repo, *rest = path.split("/")
    repo, _, revision = repo.partition("@")
    return f"{owner}/{repo}", revision or "main", "/".join(rest)


def _file(store: ModelStore, name: str, hub: Hub, repo: HubRepo, entry: HubEntry) -> ModelFile:
    file = PurePosixPath(entry.path).name
    sha256 = entry.sha256
    if not sha256:
        content = read_small(hub, repo, entry)
        sha256 = hashlib.sha256(content).hexdigest()
        path = store.location(name, file)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    else:
        store.location(name).mkdir(parents=True, exist_ok=True)
    source = HubSource(repo=repo.name, revision=repo.commit, file=entry.path)
    return ModelFile(name=file, bytes=entry.bytes, sha256=sha256, sources=(source,))
