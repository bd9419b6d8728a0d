"""A certificate that is replaced while the server runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest
from structlog.testing import capture_logs

from vivavoce.server import certificate_reload
from vivavoce.server.certificate_reload import LOOK_SECONDS, follow_certificate
from vivavoce.server.local_certificate import local_certificate
from vivavoce.server.run import serve
from vivavoce.server.settings import ServerSettings, TlsFiles, load_certificate
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

pytestmark = pytest.mark.anyio

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


def issued(folder: Path, *, days_later: int = 0) -> TlsFiles:
    made = local_certificate(folder, ["127.0.0.1"], now=NOW + dt.timedelta(days=days_later))
    return TlsFiles(certificate=made.certificate, key=made.key)


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    del scope, receive, send


@asynccontextmanager
async def serving(files: TlsFiles) -> AsyncGenerator[int, None]:
    """Serve with these files, and give the port."""
    addresses: list[str] = []
    started = anyio.Event()

    def ready(address: str) -> None:
        addresses.append(address)
        started.set()

    async def run() -> None:
        await serve(nothing, ServerSettings(port=0, tls=files), ready=ready)

    async with anyio.create_task_group() as group:
        group.start_soon(run)
        await started.wait()
        yield int(addresses[0].rstrip("/").rpartition(":")[2])
        group.cancel_scope.cancel()


async def shown_at(port: int) -> str:
    return await anyio.to_thread.run_sync(ssl.get_server_certificate, ("127.0.0.1", port))


async def test_new_connections_are_shown_the_renewed_certificate(tmp_path: Path) -> None:
    files = issued(tmp_path)
    first = files.certificate.read_text()
    async with serving(files) as port:
        assert await shown_at(port) == first
        issued(tmp_path, days_later=380)
        await anyio.sleep(LOOK_SECONDS + 1)
        shown = await shown_at(port)
    assert shown == files.certificate.read_text() != first


async def test_the_log_tells_the_fingerprint_of_the_new_one(tmp_path: Path) -> None:
    files = issued(tmp_path)
    with capture_logs() as said:
        async with serving(files):
            await anyio.sleep(1)
            issued(tmp_path, days_later=380)
            await anyio.sleep(LOOK_SECONDS)
    der = ssl.PEM_cert_to_DER_cert(files.certificate.read_text())
    replaced = [entry for entry in said if entry["event"] == "certificate_replaced"]
    assert [entry["fingerprint"].replace(":", "").lower() for entry in replaced] == [hashlib.sha256(der).hexdigest()]


async def test_while_the_files_do_not_fit_the_one_before_is_shown(tmp_path: Path) -> None:
    files = issued(tmp_path / "own")
    other = issued(tmp_path / "other")
    first = files.certificate.read_text()
    async with serving(files) as port:
        await anyio.sleep(LOOK_SECONDS + 1)
        files.certificate.write_bytes(other.certificate.read_bytes())
        await anyio.sleep(LOOK_SECONDS + 1)
        assert await shown_at(port) == first
        files.key.write_bytes(other.key.read_bytes())
        await anyio.sleep(LOOK_SECONDS + 1)
        assert await shown_at(port) == other.certificate.read_text()
        files.key.unlink()
        await anyio.sleep(LOOK_SECONDS + 1)
        assert await shown_at(port) == other.certificate.read_text()


async def test_the_context_that_handshakes_are_made_from_is_changed_on_the_loop_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed: list[tuple[ssl.SSLContext, int]] = []

    def load(context: ssl.SSLContext, files: TlsFiles) -> None:
        changed.append((context, threading.get_ident()))
        load_certificate(context, files)

    monkeypatch.setattr(certificate_reload, "load_certificate", load)
    live = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    async with anyio.create_task_group() as group:
        group.start_soon(follow_certificate, live, issued(tmp_path))
        await anyio.sleep(LOOK_SECONDS / 2)
        group.cancel_scope.cancel()
    here = threading.get_ident()
    assert [thread == here for context, thread in changed if context is live] == [True]
    assert [thread == here for context, thread in changed if context is not live] == [False]


async def test_files_that_are_replaced_while_they_are_tried_wait_for_the_next_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, other = issued(tmp_path / "own"), issued(tmp_path / "other")
    first = files.certificate.read_text()

    def load(context: ssl.SSLContext, tried: TlsFiles) -> None:
        load_certificate(context, tried)
        monkeypatch.undo()
        tried.certificate.write_bytes(other.certificate.read_bytes())

    async with serving(files) as port:
        await anyio.sleep(1)
        issued(tmp_path / "own", days_later=380)
        monkeypatch.setattr(certificate_reload, "load_certificate", load)
        await anyio.sleep(LOOK_SECONDS)
        assert await shown_at(port) == first
        files.key.write_bytes(other.key.read_bytes())
        await anyio.sleep(LOOK_SECONDS)
        assert await shown_at(port) == other.certificate.read_text()
