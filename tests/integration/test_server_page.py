"""The page on a real socket: what is served, how long it may be kept, and what there is without a build."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A built page, and a file beside it that is nobody's business."""
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>page</title>")
    (folder / "assets" / "index-B4d3.js").write_text("export {}")
    (folder / "icon.svg").write_text("<svg/>")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "service-worker.js").write_text("'use strict'")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@asynccontextmanager
async def page_client(folder: Path | None) -> AsyncGenerator[httpx2.AsyncClient, None]:
    settings = ServerSettings(page_folder=folder)
    async with live_server(fake_roster(), settings) as server, httpx2.AsyncClient(base_url=server.url) as client:
        yield client


async def test_the_page_is_asked_for_anew_and_its_hashed_parts_are_kept(built: Path) -> None:
    async with page_client(built) as client:
        page = await client.get("/")
        assert page.text == "<!doctype html><title>page</title>"
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["cache-control"] == "no-cache"
        script = await client.get("/assets/index-B4d3.js")
        assert script.headers["content-type"].startswith(("text/javascript", "application/javascript"))
        assert "immutable" in script.headers["cache-control"]
        assert (await client.get("/icon.svg")).headers["cache-control"] == "no-cache"


async def test_what_installs_the_page_is_asked_for_anew_and_called_by_its_name(built: Path) -> None:
    async with page_client(built) as client:
        manifest = await client.get("/manifest.webmanifest")
        assert manifest.headers["content-type"].startswith("application/manifest+json")
        assert manifest.headers["cache-control"] == "no-cache"
        worker = await client.get("/service-worker.js")
        assert worker.headers["content-type"].startswith(("text/javascript", "application/javascript"))
        assert worker.headers["cache-control"] == "no-cache"
        policy = dict(
            part.split(" ", 1) for part in worker.headers["content-security-policy"].split("; ") if " " in part
        )
        assert "'self'" in policy["worker-src"]
        assert "'self'" in policy.get("manifest-src", policy["default-src"])


async def test_a_page_that_has_not_changed_is_not_sent_again(built: Path) -> None:
    async with page_client(built) as client:
        first = await client.get("/")
        again = await client.get("/", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["cache-control"] == "no-cache"


async def test_a_missing_part_is_missing_and_is_not_kept(built: Path) -> None:
    async with page_client(built) as client:
        missing = await client.get("/assets/index-gone.js")
        assert missing.status_code == 404
        assert "immutable" not in missing.headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"])
async def test_nothing_beside_the_page_is_served(built: Path, path: str) -> None:
    async with page_client(built) as client:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert "secret" not in answer.text


async def test_an_unknown_call_of_the_api_is_not_taken_for_the_page(built: Path) -> None:
    async with page_client(built) as client:
        answer = await client.post("/v1/embeddings", json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/", "/v1/other"])
async def test_a_socket_to_any_other_place_is_refused(built: Path, path: str) -> None:
    async with live_server(fake_roster(), ServerSettings(page_folder=built)) as server:
        with pytest.raises(InvalidStatus) as refusal:
            await connect(f"ws{server.url.removeprefix('http')}{path}")
        assert refusal.value.response.status_code == 404


@pytest.mark.parametrize("folder", ["none", "empty"])
async def test_without_a_built_page_a_person_is_told_what_to_do(folder: str, tmp_path: Path) -> None:
    async with page_client(tmp_path if folder == "empty" else None) as client:
        page = await client.get("/")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert "make setup" in page.text
