"""What a repository on the model hub holds: its commit, its files, and the small ones themselves.

Owns the hub's JSON (`/api/models/...`) and the check of small files, which the hub names by git's hash. Refuses to know
which of the files a model needs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import httpx2
import msgspec

from vivavoce.models.hub import plain, refusal
from vivavoce.models.transfer import SourceFailedError

if TYPE_CHECKING:
    from vivavoce.models.hub import Hub

__all__ = ["HubEntry", "HubRepo", "commit_of", "files_of", "read_small"]

MAX_SMALL_BYTES = 16 * 1024**2
MAX_PAGES = 50
_TIMEOUT = httpx2.Timeout(30.0, connect=3.0)
_LICENCE_TAG = "license:"

Shape = TypeVar("Shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubRepo:
    """A repository at one commit; `licence` is empty where its authors name none."""

    name: str
    commit: str
    licence: str


class _Lfs(msgspec.Struct, frozen=True):
    oid: str
    size: int


class HubEntry(msgspec.Struct, frozen=True):
    """One file: `oid` is git's hash of it, or of the pointer to it when it is large."""

    type: str
    path: str
    oid: str = ""
    size: int = 0
    lfs: _Lfs | None = None

    @property
    def bytes(self) -> int:
        """The file's size."""
        return self.size if self.lfs is None else self.lfs.size

    @property
    def sha256(self) -> str:
        """The file's hash; empty for small files, which the hub does not hash so."""
        return "" if self.lfs is None else self.lfs.oid


class _Revision(msgspec.Struct, frozen=True):
    sha: str
    id: str = ""
    tags: tuple[str, ...] = ()


def commit_of(hub: Hub, repo: str, revision: str) -> HubRepo:
    """Return the commit that a revision stands for now.

    Raises:
        SourceFailedError: there is no such repository or revision, or it is not given to us.
    """
    url = f"{hub.base_url}/api/models/{quote(repo)}/revision/{quote(revision, safe='')}"
    found = _decoded(_get(hub, url).content, _Revision)
    licence = next((tag.removeprefix(_LICENCE_TAG) for tag in found.tags if tag.startswith(_LICENCE_TAG)), "")
    return HubRepo(name=found.id or repo, commit=found.sha, licence=licence)


def files_of(hub: Hub, repo: HubRepo, folder: str = "", *, is_deep: bool = True) -> tuple[HubEntry, ...]:
    """Return the files of a repository, or of one of its folders; `is_deep` with those in folders below.

    Raises:
        SourceFailedError: it cannot be listed.
    """
    place = f"/{quote(folder)}" if folder else ""
    url = f"{hub.base_url}/api/models/{quote(repo.name)}/tree/{repo.commit}{place}?recursive={str(is_deep).lower()}"
    entries: list[HubEntry] = []
    for _ in range(MAX_PAGES):
        answer = _get(hub, url)
        entries += _decoded(answer.content, list[HubEntry])
        following = answer.links.get("next", {}).get("url", "")
        if not following:
            break
        url = following
    return tuple(entry for entry in entries if entry.type == "file")


def read_small(hub: Hub, repo: HubRepo, entry: HubEntry) -> bytes:
    """Fetch a small file whole, and check it.

    Raises:
        SourceFailedError: it cannot be had, or is not what the hub lists.
    """
    if entry.bytes > MAX_SMALL_BYTES:
        raise SourceFailedError(f"{entry.path} holds {entry.bytes} bytes, which is not small")
    content = _get(hub, hub.url(repo.name, repo.commit, entry.path)).content
    is_listed = hashlib.sha256(content).hexdigest() == entry.sha256 if entry.sha256 else git_hash(content) == entry.oid
    if len(content) != entry.bytes or not is_listed:
        raise SourceFailedError(f"{entry.path} is not the file that the hub lists", mismatch=True)
    return content


def git_hash(content: bytes) -> str:
    """Return the name git gives a file."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def _get(hub: Hub, url: str) -> httpx2.Response:
    headers = hub.headers if url.startswith(hub.base_url) else {}
    try:
        with httpx2.Client(timeout=_TIMEOUT, follow_redirects=True, headers=headers) as client:
            answer = client.get(url)
    except httpx2.HTTPError as error:
        raise SourceFailedError(plain(error)) from error
    if answer.status_code >= 400:
        raise refusal(answer)
    return answer


def _decoded(content: bytes, shape: type[Shape]) -> Shape:
    try:
        return msgspec.json.decode(content, type=shape)
    except msgspec.MsgspecError as error:
        raise SourceFailedError(f"the hub answered with something else ({re.sub('`', '', str(error))})") from error
