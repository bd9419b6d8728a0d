"""The mem0 library as memory: real library, real vector store, and nothing sent anywhere."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.deadlines import WAIT_SECONDS
from tests.unit.dialogue.dialogue_scene import ANN, CountingReplies, persona, prompt, used, user
from vivavoce.dialogue.mem0_memory import Mem0Memory
from vivavoce.dialogue.mem0_proxy import Mem0Proxy
from vivavoce.dialogue.registry import EngineParts, known_engines
from vivavoce.dialogue.switch import EngineSwitch
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import ChatMessage, ReplyDelta, ReplyRequest, TextDelta, ToolSpec
from vivavoce.memory.facts import SpokenTurn

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from vivavoce.memory.sentence_encoder import Vectors

pytestmark = [
    pytest.mark.anyio,
    # Not imported here: what it does when it is imported is part of what is tested.
    pytest.mark.skipif(find_spec("mem0") is None, reason="mem0ai is an extra"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class BagOfWords:
    """Vectors by the words in a text: alike where words are shared."""

    dimensions = 64

    async def embed(self, texts: Sequence[str]) -> Vectors:
        await anyio.lowlevel.checkpoint()
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace("?", "").replace(".", "").split():
                row[hashlib.md5(word.encode(), usedforsecurity=False).digest()[0] % self.dimensions] += 1
            row /= max(1e-6, float(np.linalg.norm(row)))
        return rows

    def forget(self) -> None:
        """Nothing is kept."""


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address that anything connects to."""
    seen: list[object] = []

    def connect(self: socket.socket, address: Any) -> None:
        seen.append(address)
        raise OSError("no network in this test")

    def look_up(host: Any, *_: Any, **__: Any) -> None:
        seen.append(host)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return seen


async def said(engine: Mem0Proxy, words: str, *, who: str = "ann") -> list[ReplyDelta]:
    options = replace(ANN, user_id=who)
    return [delta async for delta in engine.generate_response((user(words),), "", "viva", options=options)]


def turn(words: str) -> SpokenTurn:
    return SpokenTurn(
        user_id="ann", conversation_id="c", turn_id="t", language="en", said=words, heard="Fine.", at=100.0
    )


async def learned(engine: Mem0Proxy, *words: str) -> None:
    """Let it learn from these turns."""
    for one in words:
        engine.observe(turn(one))
    with anyio.fail_after(WAIT_SECONDS):
        await engine.caught_up()


async def test_what_one_turn_told_another_is_answered_with(tmp_path: Path, connections: list[object]) -> None:
    replies = CountingReplies(("Fine.",), context=2_000)
    async with anyio.create_task_group() as background:
        parts = EngineParts(
            replies=lambda: replies,
            personas=persona,
            background=background,
            embedder=BagOfWords(),
            data=tmp_path,
        )
        engine = EngineSwitch(known_engines(), parts, default="mem0_proxy").engine("mem0_proxy")
        assert isinstance(engine, Mem0Proxy)
        await said(engine, "My dog is called Rex.")
        await learned(engine, "My parrot is called Polly.")
        deltas = await said(engine, "How is my parrot?")
        await said(engine, "How is my parrot?", who="bob")
        await said(engine, "How is my dog?")
        background.cancel_scope.cancel()
    assert used(deltas) == ["My parrot is called Polly."]
    assert "Polly" in prompt(replies.requests[1])
    assert "Polly" not in prompt(replies.requests[2]), "bob has told nothing"
    assert "Rex" not in prompt(replies.requests[3]), "a reply that was asked for is no turn that is over"
    assert connections == []
    assert (tmp_path / "mem0").is_dir()


async def test_a_large_model_finds_the_facts_itself(tmp_path: Path, connections: list[object]) -> None:
    facts = '{"memory": [{"id": "0", "text": "Has a parrot called Polly", "attributed_to": "user"}]}'
    replies = CountingReplies(("How nice.",), (facts,), ("Fine.",), context=100_000)
    async with anyio.create_task_group() as background:
        parts = EngineParts(
            replies=lambda: replies, personas=persona, background=background, embedder=BagOfWords(), data=tmp_path
        )
        engine = known_engines()["mem0_proxy"](parts)
        assert isinstance(engine, Mem0Proxy)
        await said(engine, "I must tell you of my parrot Polly.")
        await learned(engine, "I must tell you of my parrot Polly.")
        deltas = await said(engine, "How is my parrot?")
        background.cancel_scope.cancel()
    assert used(deltas) == ["Has a parrot called Polly"]
    assert connections == []


async def test_what_a_tool_has_forgotten_is_forgotten_here_too(tmp_path: Path) -> None:
    replies = CountingReplies(("Fine.",), context=2_000)
    call = ChatMessage(role="assistant", content="", tool_calls=(("1", "forget", '{"about": "that"}'),))
    gone = ChatMessage(role="tool", content="Forgotten: My parrot is called Polly.", tool_call_id="1")
    async with anyio.create_task_group() as background:
        parts = EngineParts(
            replies=lambda: replies, personas=persona, background=background, embedder=BagOfWords(), data=tmp_path
        )
        engine = known_engines()["mem0_proxy"](parts)
        assert isinstance(engine, Mem0Proxy)
        await learned(engine, "My parrot is called Polly.", "We went to the sea in August.")
        before = used(await said(engine, "How is my parrot?"))
        asked = (user("Forget that."), call, gone)
        _ = [delta async for delta in engine.generate_response(asked, "c", "viva", options=ANN)]
        await learned(engine)
        after = used(await said(engine, "How is my parrot?"))
        other = used(await said(engine, "When was the sea?"))
        background.cancel_scope.cancel()
    assert "My parrot is called Polly." in before
    assert "My parrot is called Polly." not in after
    assert "We went to the sea in August." in other


async def test_an_engine_that_is_only_listed_starts_nothing(tmp_path: Path) -> None:
    replies = CountingReplies(("Fine.",))
    async with anyio.create_task_group() as background:
        parts = EngineParts(
            replies=lambda: replies, personas=persona, background=background, embedder=BagOfWords(), data=tmp_path
        )
        listed = EngineSwitch(known_engines(), parts).listing()
        await anyio.wait_all_tasks_blocked()
    # The group has ended by itself: nothing was at work in it.
    assert [listing.problem for listing in listed] == ["", ""]
    assert not (tmp_path / "mem0").exists()


async def test_a_store_that_cannot_be_opened_is_told_and_ends_nothing(tmp_path: Path) -> None:
    (tmp_path / "mem0").write_text("A file where the folder has to be.")
    replies = CountingReplies(("Fine.",), context=2_000)
    async with anyio.create_task_group() as background:
        parts = EngineParts(
            replies=lambda: replies, personas=persona, background=background, embedder=BagOfWords(), data=tmp_path
        )
        engine = known_engines()["mem0_proxy"](parts)
        assert isinstance(engine, Mem0Proxy)
        assert used(await said(engine, "My parrot is called Polly.")) == []
        health = await engine.health_check()
        background.cancel_scope.cancel()
    assert not health.is_healthy
    assert "mem0 cannot be made ready" in health.detail


async def test_a_turn_that_cannot_be_learned_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: Mem0Memory, turn: SpokenTurn) -> None:
        raise KeyError(turn.said)

    monkeypatch.setattr(Mem0Memory, "learn", broken)
    replies = CountingReplies(("Fine.",), context=2_000)
    async with anyio.create_task_group() as background:
        parts = EngineParts(
            replies=lambda: replies, personas=persona, background=background, embedder=BagOfWords(), data=tmp_path
        )
        engine = known_engines()["mem0_proxy"](parts)
        assert isinstance(engine, Mem0Proxy)
        await learned(engine, "My parrot is called Polly.")
        assert used(await said(engine, "How is my parrot?")) == []
        background.cancel_scope.cancel()


async def test_a_search_does_not_wait_until_the_facts_of_a_turn_are_found(tmp_path: Path) -> None:
    goes_on = anyio.Event()
    asked = anyio.Event()

    class Pondering(CountingReplies):
        async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
            asked.set()
            await goes_on.wait()
            yield TextDelta(text='{"memory": []}')

    replies = Pondering(context=100_000)
    memory = Mem0Memory(tmp_path / "mem0", BagOfWords(), lambda: replies)
    with anyio.fail_after(WAIT_SECONDS):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(memory.learn, turn("My parrot is called Polly."))
            await asked.wait()
            assert await memory.search("ann", "parrot") == ()
            goes_on.set()
        await memory.aclose()


async def test_the_schemas_of_tools_are_valid(tmp_path: Path) -> None:
    replies = ScriptedReplies(("Fine.",))
    tools = (ToolSpec(name="bare"), ToolSpec(name="typed", parameters={"properties": {"x": {"type": "string"}}}))
    async with anyio.create_task_group() as background:
        parts = EngineParts(
            replies=lambda: replies, personas=persona, background=background, embedder=BagOfWords(), data=tmp_path
        )
        engine = known_engines()["mem0_proxy"](parts)
        options = replace(ANN, tools=tools, user_id="")
        async for _ in engine.generate_response((user("Hi."),), "c", "viva", options=options):
            pass
        info = engine.get_engine_info()
        background.cancel_scope.cancel()
    for tool in replies.requests[0].tools:
        Draft202012Validator.check_schema(tool.parameters)
        assert tool.parameters["type"] == "object"
    assert (info.name, info.has_memory, info.has_tools) == ("mem0_proxy", True, True)
