"""The model hub and plain downloads, resumable.

Owns HTTP: ranges, retries and whether the hub can be reached at all, which is asked once for many files. Refuses to
know which file is wanted and why.
"""

from __future__ import annotations

import functools
import os
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

import httpx2

from vivavoce.models.transfer import CHUNK_BYTES, SourceFailedError

if TYPE_CHECKING:
    from vivavoce.models.transfer import PartialFile

__all__ = ["Hub", "HubFile", "download", "is_offline", "plain", "refusal"]

_TIMEOUT = httpx2.Timeout(30.0, connect=3.0)
_PROBE_SECONDS = 600
_MAX_HOPS = 5
_ABSENT = {
    "RepoNotFound": "there is no such repository, or it is a private one",
    "RevisionNotFound": "the repository has no such revision",
    "EntryNotFound": "the repository has no such file",
}
"""What the hub tells of what is not there; without a token it answers 401 for a repository that does not exist."""
_YES = {"1", "true", "yes", "on"}


def is_offline() -> bool:
    """Whether `VIVAVOCE_OFFLINE` forbids the network."""
    return os.environ.get("VIVAVOCE_OFFLINE", "").lower() in _YES


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """What the hub says of a file: `sha256` is empty for small files, which it does not hash so."""

    url: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A Hugging Face hub or a mirror of one."""

    base_url: str
    token: str = ""
    offline: bool = False

    @classmethod
    def from_environment(cls) -> Hub:
        """Read `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE` and `VIVAVOCE_OFFLINE`."""
        return cls(
            base_url=os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co",
            token=os.environ.get("HF_TOKEN", ""),
            offline=is_offline() or os.environ.get("HF_HUB_OFFLINE", "").lower() in _YES,
        )

    @property
    def headers(self) -> dict[str, str]:
        """What every request to the hub carries; httpx drops the token when it is sent elsewhere."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def url(self, repo: str, revision: str, file: str) -> str:
        """Return where a file lies."""
        return f"{self.base_url}/{quote(repo)}/resolve/{quote(revision, safe='')}/{quote(file)}"

    def require(self) -> None:
        """Ask whether the hub can be reached; remembered for ten minutes.

        Raises:
            SourceFailedError: it cannot, or must not be asked.
        """
        if self.offline:
            raise SourceFailedError("the hub is switched off (VIVAVOCE_OFFLINE or HF_HUB_OFFLINE)")
        reason = _probe(self.base_url, int(time.monotonic() // _PROBE_SECONDS))
        if reason:
            raise SourceFailedError(f"{self.base_url} cannot be reached ({reason})")

    def look_up(self, repo: str, revision: str, file: str) -> HubFile:
        """Ask for a file's size and hash without fetching it.

        The hub answers for large files with a redirect to its storage, and says in that answer what they are; relative
        redirects are renamed repositories and are followed.

        Raises:
            SourceFailedError: it has no such file, or will not give it.
        """
        url = self.url(repo, revision, file)
        headers = self.headers | {"Accept-Encoding": "identity"}
        try:
            with httpx2.Client(timeout=_TIMEOUT) as client:
                for _ in range(_MAX_HOPS):
                    answer = client.head(url, headers=headers)
                    place = answer.headers.get("location", "")
                    if not answer.is_redirect or urlsplit(place).netloc or not place:
                        break
                    url = urljoin(url, place)
        except httpx2.HTTPError as error:
            raise SourceFailedError(plain(error)) from error
        if answer.status_code >= 400:
            raise refusal(answer)
        size = answer.headers.get("x-linked-size") or answer.headers.get("content-length") or ""
        if not size.isdigit() or int(size) == 0:
            raise SourceFailedError("the hub does not say how large it is")
        etag = (answer.headers.get("x-linked-etag") or answer.headers.get("etag") or "").removeprefix("W/").strip('"')
        return HubFile(url=url, bytes=int(size), sha256=etag if re.fullmatch("[0-9a-f]{64}", etag) else "")


def download(url: str, partial: PartialFile, headers: dict[str, str]) -> None:
    """Fetch what `partial` still lacks; a connection that breaks after sending something is taken up again.

    Raises:
        SourceFailedError: nothing more comes.
    """
    partial.meter.note(f"from {urlsplit(url).hostname}")
    with httpx2.Client(timeout=_TIMEOUT, follow_redirects=True, headers=headers) as client:
        while not partial.is_complete:
            before = partial.size
            try:
                _fetch_rest(client, url, partial)
            except httpx2.HTTPError as error:
                if partial.size <= before:
                    raise SourceFailedError(plain(error)) from error
                continue
            if partial.size <= before:
                return


def _fetch_rest(client: httpx2.Client, url: str, partial: PartialFile) -> None:
    start = partial.size
    # identity: a range of compressed bytes would be a range of something else.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
    with client.stream("GET", url, headers=headers) as answer:
        if answer.status_code >= 400:
            raise refusal(answer)
        if start and not answer.headers.get("content-range", "").startswith(f"bytes {start}-"):
            partial.truncate(0)
        with partial.append() as write:
            for chunk in answer.iter_bytes(CHUNK_BYTES):
                write(chunk)


@functools.lru_cache(maxsize=8)
def _probe(base_url: str, _period: int) -> str:
    """Return why `base_url` cannot be reached, or nothing."""
    try:
        answer = httpx2.head(base_url + "/", timeout=3.0)
    except httpx2.HTTPError as error:
        return plain(error)
    return f"HTTP {answer.status_code}" if answer.status_code >= 500 else ""


def plain(error: httpx2.HTTPError) -> str:
    """Say what went wrong with a connection."""
    return str(error) or type(error).__name__


def refusal(answer: httpx2.Response) -> SourceFailedError:
    """Say why the hub, or another server, does not give a file."""
    status, reason = answer.status_code, answer.headers.get("x-error-code", "")
    if reason in _ABSENT or status == 404:
        what = _ABSENT.get(reason, "there is no such file")
        return SourceFailedError(f"{what} (HTTP {status})", is_absent=True)
    if status in {401, 403}:
        reason = f"HTTP {status}: a licence has to be accepted first, or HF_TOKEN is missing or wrong"
        return SourceFailedError(reason, is_forbidden=True)
    return SourceFailedError(f"HTTP {status}")
