"""How a server is asked for the length of a prompt, by what it has routes for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import httpx2
import pytest

from vivavoce.engines.llm.remote_tokens import RemoteTokens
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

ASKED = {"model": "m", "messages": [{"role": "user", "content": "Hello."}], "temperature": 0.5}
Answers = dict[str, object]

PATIENCE_SECONDS = 2.0
"""In virtual time; whoever waits for a count has somebody waiting for a reply."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Server:
    """Answers each path with JSON, or with an HTTP status where that is a number.

    Attributes:
        asked: the paths that were asked for.
    """

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        answer = self.answers.get(request.url.path, 404)
        return httpx2.Response(answer) if isinstance(answer, int) else httpx2.Response(200, json=answer)


Handler = Callable[[httpx2.Request], Awaitable[httpx2.Response]]


@asynccontextmanager
async def counting(server: Handler) -> AsyncIterator[RemoteTokens]:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(server)) as client:  # type: ignore[arg-type]
        yield RemoteTokens(client, "http://server/v1", "key")


LLAMA: Answers = {
    "/props": {"default_generation_settings": {"n_ctx": 4096}},
    "/apply-template": {"prompt": "<user>Hello."},
    "/tokenize": {"tokens": [1, 2, 3]},
}


async def test_llama_cpp_renders_and_tokenizes_the_prompt_and_tells_its_context() -> None:
    async with counting(Server(LLAMA)) as tokens:
        assert tokens.context_tokens == 0, "nobody has asked yet"
        assert await tokens.count(ASKED) == 3
        assert tokens.context_tokens == 4096


async def test_vllm_counts_messages_and_tells_its_longest_context() -> None:
    server = Server({"/tokenize": {"count": 7, "max_model_len": 8192, "tokens": [1]}})
    async with counting(server) as tokens:
        assert await tokens.count(ASKED) == 7
        assert await tokens.count(ASKED) == 7
        assert tokens.context_tokens == 8192
    assert server.asked == ["/props", "/tokenize", "/tokenize"], "what it is, is found out once"


async def test_a_server_that_knows_neither_is_asked_once_and_no_more() -> None:
    server = Server({})
    async with counting(server) as tokens:
        assert await tokens.count(ASKED) is None
        assert await tokens.count(ASKED) is None
    assert server.asked == ["/props", "/tokenize"]


async def test_a_server_that_is_still_loading_its_model_is_asked_again_for_what_it_is() -> None:
    server = Server({"/props": 503})
    async with counting(server) as tokens:
        assert await tokens.count(ASKED) is None
        server.answers = LLAMA
        assert await tokens.count(ASKED) == 3


@pytest.mark.parametrize("answer", ["no object", {"tokens": None}])
async def test_an_answer_that_makes_no_sense_is_no_count(answer: object) -> None:
    async with counting(Server({"/tokenize": answer})) as tokens:
        assert await tokens.count(ASKED) is None


async def test_nobody_waits_long_for_a_count() -> None:
    async def hang(_: httpx2.Request) -> httpx2.Response:
        await anyio.sleep_forever()
        raise AssertionError

    async with counting(hang) as tokens:
        began = anyio.current_time()
        assert await tokens.count(ASKED) is None
        assert anyio.current_time() - began == pytest.approx(PATIENCE_SECONDS)
