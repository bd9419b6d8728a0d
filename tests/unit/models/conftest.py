"""Real package indexes and a real HTTP server on loopback, small enough for unit tests."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import os
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.deadlines import WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# What pip needs to read an sdist's metadata, with no build requirement to fetch.
_SDIST_BACKEND = """
import pathlib
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    info = pathlib.Path(folder) / "{stem}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: {dist}\\nVersion: {version}\\n")
    (info / "WHEEL").write_text("Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    return info.name
"""


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class PackageFolder:
    """A folder of wheels and sdists, made here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add_wheel(self, dist: str, version: str, files: dict[str, bytes]) -> Path:
        stem = f"{dist.replace('-', '_')}-{version}"
        info = f"{stem}.dist-info"
        contents = files | {
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {dist}\nVersion: {version}\n".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        record = "".join(f"{name},sha256={_record_hash(data)},{len(data)}\n" for name, data in contents.items())
        path = self.folder / f"{stem}-py3-none-any.whl"
        with zipfile.ZipFile(path, "w") as wheel:
            for name, data in contents.items():
                wheel.writestr(name, data)
            wheel.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
        return path

    def add_sdist(self, dist: str, version: str, files: dict[str, bytes]) -> Path:
        stem = f"{dist}-{version}"
        contents = {
            "pyproject.toml": b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
            "backend.py": _SDIST_BACKEND.format(stem=stem, dist=dist, version=version).encode(),
            "PKG-INFO": f"Metadata-Version: 2.1\nName: {dist}\nVersion: {version}\n".encode(),
        } | files
        path = self.folder / f"{stem}.tar.gz"
        with tarfile.open(path, "w:gz") as sdist:
            for name, data in contents.items():
                entry = tarfile.TarInfo(f"{stem}/{name}")
                entry.size = len(data)
                sdist.addfile(entry, io.BytesIO(data))
        return path


def _record_hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


class LoopbackServer:
    """Serves bytes by path, honours ranges, and can be told to stall, cut, redirect or ignore them."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.redirects: dict[str, tuple[str, dict[str, str]]] = {}
        self.statuses: dict[str, int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.stall_after: dict[str, int] = {}
        self.cut_after: dict[str, int] = {}
        self.ranges = True
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.stalled = threading.Event()
        self.release = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.answer(self)

            def do_HEAD(self) -> None:
                server.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.port = self._http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.release.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(WAIT_SECONDS)

    def gets(self, path: str) -> list[dict[str, str]]:
        """Return the headers of every GET of `path`."""
        return [headers for method, asked, headers in self.requests if (method, asked) == ("GET", path)]

    def serve_simple_index(self, folder: PackageFolder) -> None:
        """Offer the packages as a package index does."""
        for path in folder.folder.iterdir():
            dist = path.name.rsplit("-", 1)[0] if path.suffix == ".gz" else path.name.split("-")[0]
            page = f'<!DOCTYPE html><html><body><a href="/files/{path.name}">{path.name}</a></body></html>'
            self.pages[f"/simple/{dist.replace('_', '-')}/"] = page.encode()
            self.pages[f"/files/{path.name}"] = path.read_bytes()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.requests.append((handler.command, path, {name.lower(): value for name, value in handler.headers.items()}))
        if path in self.redirects:
            place, headers = self.redirects[path]
            self._head(handler, 302, headers | {"Location": place, "Content-Length": "0"})
        elif path not in self.pages:
            told = self.headers.get(path, {})
            self._head(handler, self.statuses.get(path, 404), told | {"Content-Length": "0"})
        else:
            with contextlib.suppress(ConnectionError):
                self._send(handler, path, self.pages[path])

    def _head(self, handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    def _send(self, handler: BaseHTTPRequestHandler, path: str, page: bytes) -> None:
        headers = {"Content-Type": "text/html" if path.endswith("/") else "application/octet-stream"}
        status, body, asked = 200, page, handler.headers.get("Range")
        if asked and self.ranges:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            status, body = 206, page[start:]
            headers["Content-Range"] = f"bytes {start}-{len(page) - 1}/{len(page)}"
        headers |= self.headers.get(path, {})
        self._head(handler, status, headers | {"Content-Length": str(len(body))})
        if handler.command == "HEAD":
            return
        if path in self.cut_after:
            handler.wfile.write(body[: self.cut_after.pop(path)])
            handler.close_connection = True
            return
        if path in self.stall_after and not self.release.is_set():
            first, body = body[: self.stall_after[path]], body[self.stall_after[path] :]
            handler.wfile.write(first)
            handler.wfile.flush()
            self.stalled.set()
            self.release.wait(WAIT_SECONDS)
        handler.wfile.write(body)


@pytest.fixture
def quiet_network(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Shut out this machine's own pip settings, proxies and hub."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "HF_", "VIVAVOCE_")) or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return monkeypatch


@pytest.fixture
def packages(tmp_path: Path, quiet_network: pytest.MonkeyPatch) -> PackageFolder:
    """A package index that is a folder, and no other."""
    folder = tmp_path / "packages"
    folder.mkdir()
    quiet_network.setenv("PIP_NO_INDEX", "1")
    quiet_network.setenv("PIP_FIND_LINKS", str(folder))
    return PackageFolder(folder)


@pytest.fixture
def server(quiet_network: pytest.MonkeyPatch) -> Iterator[LoopbackServer]:
    running = LoopbackServer()
    yield running
    running.close()
