"""A certificate that is replaced while the server runs."""

from __future__ import annotations

import datetime as dt
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
import pytest

from vivavoce.server.certificate_reload import LOOK_SECONDS
from vivavoce.server.local_certificate import local_certificate
from vivavoce.server.run import serve
from vivavoce.server.settings import ServerSettings, TlsFiles
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
