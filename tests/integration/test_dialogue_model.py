"""The chat engine over the real small model: its tokenizer, its slots, and the prompts that begin alike."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

import anyio
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.llm_engines import SETTINGS, asking, embedded
from tests.unit.dialogue.dialogue_scene import ANN, ListedMemory, persona, user, viva
from vivavoce.dialogue.chat_engine import ChatEngine
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.protocols import ChatMessage, ReplyEnd, ReplyRequest, ToolCallDelta, ToolSpec

pytestmark = pytest.mark.anyio

LONG = "You are Viva, a friendly voice assistant. You answer in one or two short sentences. " * 8
LIGHT = ToolSpec(
    name="light",
    description="Switch a light",
    parameters={
        "type": "object",
        "properties": {"room": {"enum": ["hall", "attic"]}, "on": {"type": "boolean"}, "why": {"type": "string"}},
        "required": ["room", "on"],
    },
)
CALLS_TOOLS = replace(SETTINGS, small_model_bytes=1, slot_context_tokens=4096)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def ended(engine: ChatEngine, *messages: ChatMessage) -> ReplyEnd:
    options = replace(ANN, max_tokens=6)
    with anyio.fail_after(WAIT_SECONDS):
        async with aclosing(engine.generate_response(messages, "c", "viva", options=options)) as deltas:
            last = [delta async for delta in deltas][-1]
    assert isinstance(last, ReplyEnd)
    return last


async def test_prompts_are_counted_as_the_model_reads_them() -> None:
    async with embedded() as engine:
        request = asking("How far away is the moon? 你好。", system="Be brief.", max_tokens=1)
        counted = await engine.count_tokens(request)
        deltas = [delta async for delta in engine.reply(request)]
        assert engine.context_tokens == SETTINGS.slot_context_tokens
        end = deltas[-1]
        assert isinstance(end, ReplyEnd)
        assert counted == end.input_tokens
        assert engine.endpoint is not None
        # The same server as anybody else sees it: llama.cpp's routes are asked for what OpenAI's do not tell.
        remote = OpenAiChat(engine.endpoint.base_url, "m", engine.endpoint.api_key)
        assert await remote.count_tokens(request) == counted
        assert remote.context_tokens == SETTINGS.slot_context_tokens
        await remote.aclose()


async def test_only_what_is_new_is_read_at_each_turn() -> None:
    async with embedded() as model, anyio.create_task_group() as background:
        memory = ListedMemory(["The user has a dog called Rex."])
        engine = ChatEngine(lambda: model, personas=persona, background=background, memory=memory)
        messages: tuple[ChatMessage, ...] = ()
        for words in ("Hello, who are you?", "What do dogs eat?", "Where do they sleep?"):
            messages = (*messages, user(words))
            end = await ended(engine, *messages)
            if len(messages) > 1:
                assert end.input_tokens - end.cached_tokens <= 30
            messages = (*messages, viva("I am Viva."))
        background.cancel_scope.cancel()


async def test_a_beginning_that_was_learned_is_read_by_no_conversation() -> None:
    async with embedded() as engine:
        await engine.learn_beginning(ReplyRequest(messages=(ChatMessage(role="system", content=LONG),)))
        for name in ("a", "b", "c"):
            request = asking("How are you?", system=LONG, conversation_id=name, max_tokens=2)
            end = [delta async for delta in engine.reply(request)][-1]
            assert isinstance(end, ReplyEnd)
            assert end.cached_tokens > 0.8 * end.input_tokens
            # The slot is used for something else in between.
            other = asking("Hi.", system="You are Bob.", conversation_id=name, max_tokens=1)
            assert [delta async for delta in engine.reply(other)]


@pytest.mark.parametrize("choice", ["required", "light"])
async def test_what_a_model_that_must_call_writes_fits_the_schema(choice: str) -> None:
    async with embedded(CALLS_TOOLS) as engine:
        request = ReplyRequest(messages=(user("Light in the attic!"),), tools=(LIGHT,), tool_choice=choice)
        deltas = [delta async for delta in engine.reply(request)]
    call, end = deltas
    assert isinstance(call, ToolCallDelta)
    assert call.name == "light"
    assert call.arguments.startswith(('{"room": "hall", "on": ', '{"room": "attic", "on": '))
    assert end == replace(end, finish_reason="tool_calls") if isinstance(end, ReplyEnd) else False


async def test_a_model_that_is_too_small_is_told_of_no_tools() -> None:
    async with embedded() as engine:
        assert not engine.calls_tools
        bare = ReplyRequest(messages=(user("Light in the attic!"),))
        assert await engine.count_tokens(replace(bare, tools=(LIGHT,))) == await engine.count_tokens(bare)


def test_the_embedded_model_has_room_for_tools_and_a_conversation() -> None:
    assert LlamaSettings().slot_context_tokens >= 4096
