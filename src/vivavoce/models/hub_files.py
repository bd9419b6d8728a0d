"""Which files of a repository make up a model, by kind.

Owns the names of faster-whisper's sizes, the layout of Piper's voices, and the choice among GGUF files. Refuses to
fetch weights.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from vivavoce.models.hub_listing import HubEntry, files_of, read_small
from vivavoce.models.transfer import SourceFailedError

if TYPE_CHECKING:
    from vivavoce.models.hub import Hub
    from vivavoce.models.hub_listing import HubRepo

__all__ = ["WHISPER_REPOS", "gguf_files", "voice_files", "whisper_files"]

_PLAIN_SIZES = ("tiny", "base", "small", "medium")
WHISPER_REPOS = {
    **{size: f"Systran/faster-whisper-{size}" for size in (*_PLAIN_SIZES, "large-v1", "large-v2", "large-v3")},
    **{f"{size}.en": f"Systran/faster-whisper-{size}.en" for size in _PLAIN_SIZES},
    "large-v3-turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "turbo": "mobiuslabsgmbh/faster-whisper-large-v3-turbo",
    "distil-small.en": "Systran/faster-distil-whisper-small.en",
    "distil-medium.en": "Systran/faster-distil-whisper-medium.en",
    "distil-large-v2": "Systran/faster-distil-whisper-large-v2",
    "distil-large-v3": "Systran/faster-distil-whisper-large-v3",
    "distil-large-v3.5": "distil-whisper/distil-large-v3.5-ct2",
}
"""Where each size lies, in CTranslate2's format; `turbo` is the short name of large-v3-turbo."""

_WHISPER_NEEDS = ("model.bin", "config.json", "tokenizer.json")
_WHISPER_VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
_VOICES_INDEX = "voices.json"
_QUANTISATIONS = ("Q4_K_M", "Q4_K_S", "Q4_0", "Q5_K_M", "Q6_K", "Q8_0")
"""Which is taken where none is named: the first of these that there is."""

_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)
_PROJECTOR = re.compile(r"mmproj", re.IGNORECASE)


class _Voice(msgspec.Struct, frozen=True):
    """A voice in Piper's index: its files by their path in the repository."""

    files: dict[str, object]


def whisper_files(hub: Hub, repo: HubRepo) -> tuple[HubEntry, ...]:
    """Return the files of a Whisper in CTranslate2's format.

    Raises:
        SourceFailedError: the repository holds none.
    """
    by_name = {entry.path: entry for entry in files_of(hub, repo)}
    vocabulary = next((name for name in _WHISPER_VOCABULARIES if name in by_name), "")
    missing = [name for name in _WHISPER_NEEDS if name not in by_name] + ([] if vocabulary else ["vocabulary.txt"])
    if missing:
        raise SourceFailedError(
            f"{repo.name} holds no Whisper in CTranslate2's format ({', '.join(missing)} missing)", is_absent=True
        )
    return tuple(by_name[name] for name in (*_WHISPER_NEEDS, vocabulary))


def voice_files(hub: Hub, repo: HubRepo, voice: str) -> tuple[HubEntry, ...]:
    """Return a Piper voice's network and its settings, as the index of voices places them.

    Raises:
        SourceFailedError: the index knows no such voice.
    """
    index_entry = next((entry for entry in files_of(hub, repo, is_deep=False) if entry.path == _VOICES_INDEX), None)
    if index_entry is None:
        raise SourceFailedError(f"{repo.name} has no index of voices", is_absent=True)
    try:
        index = msgspec.json.decode(read_small(hub, repo, index_entry), type=dict[str, _Voice])
    except msgspec.MsgspecError as error:
        raise SourceFailedError(f"the index of voices cannot be read ({error})") from error
    if voice not in index:
        near = sorted(name for name in index if name.split("-")[0] == voice.split("-")[0])
        hint = f"; of this language there are {', '.join(near)}" if near else ""
        raise SourceFailedError(f"there is no Piper voice {voice}{hint}", is_absent=True)
    paths = [path for path in index[voice].files if path.endswith((".onnx", ".onnx.json"))]
    folder = str(PurePosixPath(paths[0]).parent) if paths else ""
    entries = {entry.path: entry for entry in files_of(hub, repo, folder)}
    if len(paths) != 2 or not all(path in entries for path in paths):
        raise SourceFailedError(f"the files of the Piper voice {voice} are not all there", is_absent=True)
    return tuple(entries[path] for path in sorted(paths))


def gguf_files(hub: Hub, repo: HubRepo, wanted: str) -> tuple[HubEntry, ...]:
    """Return the GGUF file that is wanted, all parts of it: by its path, by its quantisation, or a middling one.

    Raises:
        SourceFailedError: there is none.
    """
    models = [
        entry
        for entry in files_of(hub, repo)
        if entry.path.lower().endswith(".gguf") and not _PROJECTOR.search(entry.path)
    ]
    chosen = _chosen(models, wanted)
    if chosen is None:
        names = ", ".join(entry.path for entry in models[:12]) or "no GGUF file at all"
        what = f"no {wanted}" if wanted else "no GGUF file to choose"
        raise SourceFailedError(f"{repo.name} has {what}; it has {names}", is_absent=True)
    part = _PART.search(chosen.path)
    if part is None:
        return (chosen,)
    stem = chosen.path[: part.start()]
    parts = [entry for entry in models if entry.path.startswith(f"{stem}-") and _PART.search(entry.path)]
    return tuple(sorted(parts, key=lambda entry: entry.path))


def _chosen(models: list[HubEntry], wanted: str) -> HubEntry | None:
    if wanted.lower().endswith(".gguf"):
        return next((entry for entry in models if entry.path == wanted), None)
    for quantisation in (wanted,) if wanted else _QUANTISATIONS:
        # A name's parts are set off by - . or _, and Q4_K must not find Q4_K_M.
        mark = re.compile(rf"(?:^|[-./_]){re.escape(quantisation)}(?:[-.]|$)", re.IGNORECASE)
        found = sorted((entry for entry in models if mark.search(entry.path)), key=lambda entry: entry.path)
        if found:
            return found[0]
    return models[0] if models and not wanted else None
