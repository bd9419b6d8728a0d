"""Who gets in, on real sockets: keys, origins, host names, and what each kind of client is told."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import anyio
import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.deadlines import WAIT_SECONDS
from vivavoce.server.settings import ServerSettings
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import LiveServer, live_server

pytestmark = pytest.mark.anyio

OPEN = ServerSettings(page_folder=None)
KEYED = replace(OPEN, api_key="s3cret")
WITH_PAGE_ELSEWHERE = replace(OPEN, allowed_origins=("https://app.example.org",))


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def knock(
    server: LiveServer, subprotocols: list[str], *, origin: str | None = None, headers: dict[str, str] | None = None
) -> tuple[str, int]:
    """Open the Realtime socket; return the first event's type or error code, and the HTTP status or close code."""
    try:
        async with connect(
            server.realtime_url,
            subprotocols=[Subprotocol(name) for name in subprotocols] or None,
            origin=None if origin is None else Origin(origin),
            additional_headers=headers,
        ) as socket:
            with anyio.fail_after(WAIT_SECONDS):
                event: dict[str, Any] = json.loads(await socket.recv())
                if event["type"] != "error":
                    return event["type"], 101
                with pytest.raises(ConnectionClosed) as closed:
                    await socket.recv()
        assert closed.value.rcvd
        return event["error"]["code"], closed.value.rcvd.code
    except InvalidStatus as refused:
        return json.loads(refused.response.body or b"{}")["error"]["code"], refused.response.status_code


@pytest.mark.parametrize(
    ("subprotocols", "headers", "outcome"),
    [
        ([], {"Authorization": "Bearer s3cret"}, ("session.created", 101)),
        (["realtime", "openai-insecure-api-key.s3cret"], {}, ("session.created", 101)),
        (["vivavoce.v1", "openai-insecure-api-key.s3cret"], {}, ("session.created", 101)),
        ([], {}, ("invalid_api_key", 401)),
        ([], {"Authorization": "Bearer wrong"}, ("invalid_api_key", 401)),
        (["realtime", "openai-insecure-api-key.wrong"], {}, ("invalid_api_key", 401)),
        (["vivavoce.v1"], {}, ("invalid_api_key", 3000)),
        (["vivavoce.v1", "openai-insecure-api-key.wrong"], {}, ("invalid_api_key", 3000)),
    ],
)
async def test_only_the_key_opens_the_socket(
    subprotocols: list[str], headers: dict[str, str], outcome: tuple[str, int]
) -> None:
    async with live_server(fake_roster(), KEYED) as server:
        assert await knock(server, subprotocols, headers=headers) == outcome


@pytest.mark.parametrize(
    ("origin", "subprotocols", "outcome"),
    [
        ("own", [], ("session.created", 101)),
        ("own", ["vivavoce.v1"], ("session.created", 101)),
        ("https://app.example.org", ["realtime"], ("session.created", 101)),
        ("https://evil.example", [], ("origin_not_allowed", 403)),
        ("https://evil.example", ["vivavoce.v1"], ("origin_not_allowed", 3003)),
        ("null", [], ("origin_not_allowed", 403)),
    ],
)
async def test_only_pages_from_here_or_allowed_ones_open_the_socket(
    origin: str, subprotocols: list[str], outcome: tuple[str, int]
) -> None:
    async with live_server(fake_roster(), WITH_PAGE_ELSEWHERE) as server:
        origin = server.url if origin == "own" else origin
        assert await knock(server, subprotocols, origin=origin) == outcome


async def test_a_name_that_was_made_to_point_here_opens_nothing() -> None:
    rebound = {"Host": "rebound.evil.example", "Origin": "http://rebound.evil.example"}
    async with live_server(fake_roster()) as server, httpx2.AsyncClient(base_url=server.url) as client:
        for path in ("/", "/health", "/v1/models"):
            answer = await client.get(path, headers=rebound)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "host_not_allowed")


async def test_refused_sockets_take_no_slot() -> None:
    settings = replace(KEYED, max_sessions=1)
    async with live_server(fake_roster(), settings) as server:
        for _ in range(3):
            await knock(server, ["vivavoce.v1"])
        assert (await knock(server, ["openai-insecure-api-key.s3cret", "realtime"]))[1] == 101


async def test_rest_asks_for_the_key_everywhere_but_at_the_health_and_the_page() -> None:
    async with live_server(fake_roster(), KEYED) as server, httpx2.AsyncClient(base_url=server.url) as client:
        for path in ("/v1/models", "/v1/openapi.json", "/v1/nothing", "/api/nothing"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["error"]["type"]) == (401, "authentication_error")
            assert answer.headers["www-authenticate"] == "Bearer"
        assert (await client.post("/v1/chat/completions", content=b"not even json")).status_code == 401
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/")).status_code == 200
        assert (await client.get("/v1/models", headers={"Authorization": "Bearer s3cret"})).status_code == 200


async def test_the_stock_client_is_told_that_its_key_is_wrong() -> None:
    async with live_server(fake_roster(), KEYED) as server:
        async with AsyncOpenAI(api_key="wrong", base_url=server.api_url, max_retries=0) as client:
            with pytest.raises(openai.AuthenticationError) as refusal:
                await client.models.list()
            assert refusal.value.code == "invalid_api_key"
            with pytest.raises(InvalidStatus):
                async with client.realtime.connect(model="local"):
                    pass
        async with (
            AsyncOpenAI(api_key="s3cret", base_url=server.api_url, max_retries=0) as client,
            client.realtime.connect(model="local") as connection,
        ):
            assert (await connection.recv()).type == "session.created"


async def test_only_allowed_pages_may_read_across_origins() -> None:
    async with (
        live_server(fake_roster(), WITH_PAGE_ELSEWHERE) as server,
        httpx2.AsyncClient(base_url=server.url) as client,
    ):
        allowed = await client.get("/v1/models", headers={"Origin": "https://app.example.org"})
        assert allowed.headers["access-control-allow-origin"] == "https://app.example.org"
        refused = await client.get("/v1/models", headers={"Origin": "https://evil.example"})
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers
        preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        asked = await client.options("/v1/models", headers=preflight | {"Origin": "https://app.example.org"})
        assert asked.status_code == 200
        asked = await client.options("/v1/models", headers=preflight | {"Origin": "https://evil.example"})
        assert asked.status_code == 400


async def test_a_server_with_no_allowed_pages_never_speaks_of_origins() -> None:
    async with live_server(fake_roster()) as server, httpx2.AsyncClient(base_url=server.url) as client:
        answer = await client.get("/v1/models", headers={"Origin": server.url})
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("path", ["/", "/health", "/v1/models", "/nothing"])
async def test_every_answer_carries_the_security_headers(path: str) -> None:
    async with live_server(fake_roster()) as server, httpx2.AsyncClient(base_url=server.url) as client:
        headers = (await client.get(path)).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "microphone=(self)" in headers["permissions-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


async def test_no_key_and_no_word_reaches_a_log(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, logger="uvicorn")
    async with live_server(fake_roster(), KEYED) as server, httpx2.AsyncClient(base_url=server.url) as client:
        key = {"Authorization": "Bearer s3cret"}
        await client.get("/v1/models?api_key=s3cret", headers=key)
        question = [{"role": "user", "content": "my-private-words"}]
        await client.post("/v1/chat/completions", json={"messages": question, "n": 3}, headers=key)
        await client.post("/v1/chat/completions", json={"messages": "my-private-words"}, headers=key)
        await client.post("/v1/chat/completions", json={"messages": question}, headers=key)
        async with connect(f"{server.realtime_url}?key=s3cret", additional_headers=key) as socket:
            await socket.send('{"type": "my-private-words"}')
            await socket.recv()
        await knock(server, ["realtime", "openai-insecure-api-key.wrong-s3cret"])
    printed = capsys.readouterr()
    logged = caplog.text + printed.out + printed.err
    assert "session_opened" in logged
    assert "s3cret" not in logged
    assert "my-private-words" not in logged
