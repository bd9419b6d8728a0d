"""The certificate of a server that runs: who makes it, who looks after it, and what is said of it."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import anyio
import pytest
from cryptography import x509
from structlog.testing import capture_logs

from vivavoce.app import tls
from vivavoce.app.tls import LOOK_SECONDS, directions, keep_certificate, tls_files, with_certificate
from vivavoce.server.settings import ServerSettings, TlsFiles
from vivavoce.settings import Settings, exact_settings, load_settings, revealed
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


def asked_for(folder: Path) -> Settings:
    return load_settings({"tls": True, "data": folder})


def names_in(files: TlsFiles) -> set[str]:
    certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    carried = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(entry.value) for entry in carried}


def made(folder: Path) -> TlsFiles:
    files = tls_files(asked_for(folder))
    assert files is not None
    return files


def test_a_worker_is_given_the_certificate_and_makes_none(tmp_path: Path) -> None:
    files = made(tmp_path)
    given = exact_settings(revealed(with_certificate(asked_for(tmp_path), ServerSettings(tls=files))))
    assert tls_files(given) == TlsFiles(certificate=files.certificate, key=files.key)
    assert not given.tls


def test_a_worker_of_a_server_without_https_has_none() -> None:
    settings = load_settings({})
    assert with_certificate(settings, ServerSettings()) == settings


async def test_a_machine_that_has_moved_is_given_a_certificate_for_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = made(tmp_path)
    assert files.authority is not None
    authority = files.authority.read_bytes()
    async with anyio.create_task_group() as group:
        group.start_soon(keep_certificate, asked_for(tmp_path))
        monkeypatch.setattr(tls, "machine_names", lambda _: ("localhost", "203.0.113.9"))
        await anyio.sleep(LOOK_SECONDS + 1)
        group.cancel_scope.cancel()
    assert {"localhost", "203.0.113.9"} <= names_in(files)
    assert files.authority.read_bytes() == authority


async def test_a_certificate_that_cannot_be_renewed_now_is_looked_after_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = made(tmp_path)
    folder = files.certificate.parent
    monkeypatch.setattr(tls, "machine_names", lambda _: ("localhost", "203.0.113.9"))
    async with anyio.create_task_group() as group:
        group.start_soon(keep_certificate, asked_for(tmp_path))
        folder.rename(tmp_path / "away")
        folder.write_text("a file")
        await anyio.sleep(LOOK_SECONDS + 1)
        folder.unlink()
        (tmp_path / "away").rename(folder)
        await anyio.sleep(LOOK_SECONDS)
        group.cancel_scope.cancel()
    assert "203.0.113.9" in names_in(files)


async def test_the_certificate_stays_when_a_machine_gets_another_passing_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "machine_names", lambda _: ("localhost", "2003:db:1::7"))
    files = made(tmp_path)
    shown = files.certificate.read_bytes()
    monkeypatch.setattr(tls, "machine_names", lambda _: ("localhost", "2003:db:1::8"))
    async with anyio.create_task_group() as group:
        group.start_soon(keep_certificate, asked_for(tmp_path))
        await anyio.sleep(LOOK_SECONDS + 1)
        group.cancel_scope.cancel()
    assert files.certificate.read_bytes() == shown
    again = made(tmp_path)
    assert again.certificate.read_bytes() == shown
    assert again.left_out == ("2003:db:1::8",)
    told = "\n".join(directions(ServerSettings(host="0.0.0.0", tls=again), 8765))
    assert "2003:db:1::8" not in told


async def test_a_machine_that_cannot_say_its_addresses_now_is_asked_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = made(tmp_path)
    asked = 0

    def names(_: str) -> tuple[str, ...]:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise OSError(errno.EMFILE, "Too many open files")
        return "localhost", "203.0.113.9"

    monkeypatch.setattr(tls, "machine_names", names)
    async with anyio.create_task_group() as group:
        group.start_soon(keep_certificate, asked_for(tmp_path))
        await anyio.sleep(LOOK_SECONDS + 1)
        assert asked == 1
        await anyio.sleep(LOOK_SECONDS)
        group.cancel_scope.cancel()
    assert "203.0.113.9" in names_in(files)


async def test_a_server_goes_on_without_the_authoritys_key_and_says_so_once_for_each_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = made(tmp_path)
    shown = files.certificate.read_bytes()
    (files.certificate.parent / "authority-key.pem").unlink()
    monkeypatch.setattr(tls, "machine_names", lambda _: ("localhost", "203.0.113.9"))
    with capture_logs() as said:
        async with anyio.create_task_group() as group:
            group.start_soon(keep_certificate, asked_for(tmp_path))
            await anyio.sleep(3.5 * LOOK_SECONDS)
            monkeypatch.setattr(tls, "machine_names", lambda _: ("localhost", "203.0.113.10"))
            await anyio.sleep(2 * LOOK_SECONDS)
            group.cancel_scope.cancel()
    assert [(entry["code"], entry["left_out"]) for entry in said] == [
        ("authority_key_unusable", ("203.0.113.9",)),
        ("authority_key_unusable", ("203.0.113.10",)),
    ]
    assert files.certificate.read_bytes() == shown


def test_names_that_the_certificate_lacks_are_told_and_not_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path)
    monkeypatch.setattr(tls, "machine_names", lambda _: ("localhost", "voice.example.org", "192.168.1.5"))
    files = made(tmp_path)
    told = directions(ServerSettings(host="0.0.0.0", tls=files), 8765)
    assert told[0] == "From other devices: https://192.168.1.5:8765"
    assert told[-1].startswith("Not in the certificate: voice.example.org;")
