"""The embedded language model: real weights, real processes."""

from __future__ import annotations

import dataclasses
from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import psutil
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.llm_engines import (
    SETTINGS,
    asking,
    busy_slots,
    children,
    embedded,
    is_idle,
    most_tokens,
    small_model,
    until,
)
from vivavoce.engines.caller import Caller, Urgency, calling, urgency
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.llm.llama_server import LlamaServer, LlamaState
from vivavoce.engines.llm.restart import RestartPolicy
from vivavoce.engines.protocols import ChatMessage, ReplyDelta, ReplyEnd, ReplyRequest, TextDelta
from vivavoce.errors import CapacityError, EngineError, ModelError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio

LONG = "Write a story of two thousand words about the sea."
"""Of what it is asked, the small model does this for longest: some 350 tokens."""
PERSONA = "You are Viva, a friendly voice assistant. You answer in one or two short sentences. " * 8


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


async def replied(engine: EmbeddedChat, request: ReplyRequest) -> list[ReplyDelta]:
    with anyio.fail_after(WAIT_SECONDS):
        async with aclosing(engine.reply(request)) as deltas:
            return [delta async for delta in deltas]


def text_of(deltas: list[ReplyDelta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


async def is_computing(engine: EmbeddedChat) -> bool:
    return await busy_slots(engine) > 0


async def test_it_answers_and_says_how_it_ended() -> None:
    async with embedded() as engine:
        deltas = await replied(engine, asking("What is the capital of France?", max_tokens=40))
        end = deltas[-1]
        assert text_of(deltas).strip()
        assert isinstance(end, ReplyEnd)
        assert end.finish_reason in ("stop", "length")
        assert end.input_tokens > 5
        assert end.output_tokens > 0
        bounded = (await replied(engine, asking("Tell me a long story.", max_tokens=3)))[-1]
        assert isinstance(bounded, ReplyEnd)
        assert (bounded.finish_reason, bounded.output_tokens) == ("length", 3)


async def test_every_slot_has_read_the_warm_prompt() -> None:
    async with embedded(warm_prompt=PERSONA) as engine:
        ends = [
            (await replied(engine, asking("How are you?", system=PERSONA, conversation_id=name, max_tokens=2)))[-1]
            for name in ("a", "b")
        ]
    for end in ends:
        assert isinstance(end, ReplyEnd)
        assert end.cached_tokens > 0.8 * end.input_tokens


async def test_what_was_read_of_the_warm_prompt_outlasts_the_server(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    async with embedded(warm_prompt=PERSONA, shelf=shelf) as engine:
        assert (await replied(engine, asking("How are you?", system=PERSONA, conversation_id="a", max_tokens=2)))[-1]
    (kept,) = shelf.glob("*.bin")
    written = kept.stat().st_ino
    async with embedded(warm_prompt=PERSONA, shelf=shelf) as engine:
        end = (await replied(engine, asking("How are you?", system=PERSONA, conversation_id="b", max_tokens=2)))[-1]
        assert isinstance(end, ReplyEnd)
        assert end.cached_tokens > 0.8 * end.input_tokens
    assert [file.stat().st_ino for file in shelf.iterdir()] == [written], "it was not read and written anew"


async def test_a_damaged_file_of_an_earlier_server_is_read_anew(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    async with embedded(warm_prompt=PERSONA, shelf=shelf):
        (kept,) = shelf.glob("*.bin")
    size = kept.stat().st_size
    kept.write_bytes(b"nonsense")
    async with embedded(warm_prompt=PERSONA, shelf=shelf) as engine:
        end = (await replied(engine, asking("How are you?", system=PERSONA, conversation_id="b", max_tokens=2)))[-1]
        assert isinstance(end, ReplyEnd)
        assert end.cached_tokens > 0.8 * end.input_tokens
    assert kept.stat().st_size == size


async def test_a_reply_waits_for_its_beginning_that_is_being_read_and_does_not_read_it_too() -> None:
    async with embedded() as engine, anyio.create_task_group() as tasks:
        beginning = ReplyRequest(messages=(ChatMessage(role="system", content=PERSONA * 4),))
        is_read = anyio.Event()

        async def learn() -> None:
            await engine.learn_beginning(beginning)
            is_read.set()

        tasks.start_soon(learn)
        await until(lambda: is_computing(engine))
        assert not is_read.is_set()
        asked = asking("How are you?", system=PERSONA * 4, conversation_id="a", max_tokens=2)
        end = (await replied(engine, asked))[-1]
        assert isinstance(end, ReplyEnd)
        assert end.cached_tokens > 0.8 * end.input_tokens


async def test_a_beginning_whose_reading_is_broken_off_again_and_again_is_read_to_its_end_all_the_same() -> None:
    beginning = ReplyRequest(messages=(ChatMessage(role="system", content=PERSONA * 4),))
    async with embedded() as engine:
        is_read, times = False, 0

        async def learn() -> None:
            nonlocal is_read
            await engine.learn_beginning(beginning)
            is_read = True

        async def is_at_it() -> bool:
            return is_read or await is_computing(engine)

        with anyio.fail_after(WAIT_SECONDS):
            while not is_read:
                times += 1
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(learn)
                    await until(is_at_it)
                    tasks.cancel_scope.cancel()
        assert times > 1
        asked = asking("How are you?", system=PERSONA * 4, conversation_id="a", max_tokens=2)
        end = (await replied(engine, asked))[-1]
        assert isinstance(end, ReplyEnd)
        assert end.cached_tokens > 0.8 * end.input_tokens


async def test_a_prompt_read_ahead_is_read_only_once() -> None:
    async with embedded() as engine:
        words = "I would like to know how far it is from the earth to the"
        await engine.read_ahead(asking(words, system=PERSONA, conversation_id="a"))
        whole = asking(f"{words} moon, please.", system=PERSONA, conversation_id="a", max_tokens=2)
        end = (await replied(engine, whole))[-1]
    assert isinstance(end, ReplyEnd)
    assert end.input_tokens - end.cached_tokens <= 10, "the last words, and what the template has behind them"


async def test_the_history_is_read_before_the_user_has_said_anything() -> None:
    async with embedded() as engine:
        said = (ChatMessage(role="user", content="Tell me of the sea."), ChatMessage(role="assistant", content=PERSONA))
        await engine.read_ahead(ReplyRequest(messages=said, conversation_id="a"))
        asked = (*said, ChatMessage(role="user", content="Is it deep?"))
        end = (await replied(engine, ReplyRequest(messages=asked, conversation_id="a", max_tokens=2)))[-1]
    assert isinstance(end, ReplyEnd)
    assert end.input_tokens - end.cached_tokens <= 10


async def test_a_reply_ends_the_reading_of_its_own_conversation_and_takes_over_its_slot() -> None:
    async with embedded(dataclasses.replace(SETTINGS, slot_context_tokens=4096)) as engine:
        long = asking("Well.", system=PERSONA * 16, conversation_id="a", max_tokens=1)
        async with anyio.create_task_group() as tasks:
            is_read = anyio.Event()

            async def read() -> None:
                await engine.read_ahead(long)
                is_read.set()

            tasks.start_soon(read)
            await until(lambda: is_computing(engine))
            assert not is_read.is_set()
            end = (await replied(engine, asking("Well.", system=PERSONA, conversation_id="a", max_tokens=1)))[-1]
    assert isinstance(end, ReplyEnd)
    assert end.cached_tokens >= SETTINGS.batch_tokens, "what was read so far is of use"


async def test_a_newcomer_without_words_takes_no_slot_from_others() -> None:
    async with embedded() as engine:
        for name in ("a", "b"):
            await replied(engine, asking("Hello.", system=PERSONA, conversation_id=name, max_tokens=1))
        await engine.read_ahead(
            dataclasses.replace(asking("", system="You are Bob.", conversation_id="c"), messages=())
        )
        for name in ("a", "b"):
            again = (await replied(engine, asking("Hello.", system=PERSONA, conversation_id=name, max_tokens=1)))[-1]
            assert isinstance(again, ReplyEnd)
            assert again.input_tokens - again.cached_tokens <= 1


async def test_two_replies_are_computed_side_by_side() -> None:
    async with embedded() as engine:
        first, second = engine.reply(asking(LONG)), engine.reply(asking(LONG))
        async with aclosing(first), aclosing(second):
            with anyio.fail_after(WAIT_SECONDS):
                # Each has begun while the other is not at its end.
                for reply in (first, second, first, second):
                    assert isinstance(await anext(reply), TextDelta)
                assert await busy_slots(engine) == 2


async def test_a_third_reply_waits_for_a_slot() -> None:
    async with embedded() as engine, anyio.create_task_group() as tasks:
        held = [engine.reply(asking(LONG)) for _ in range(SETTINGS.slots)]
        for reply in held:
            await anext(reply)
        answered = anyio.Event()

        async def third() -> None:
            await replied(engine, asking("Hello.", max_tokens=2))
            answered.set()

        tasks.start_soon(third)
        await until(lambda: engine.statistics().waiting == 1)
        assert not answered.is_set()
        await held[0].aclose()
        with anyio.fail_after(WAIT_SECONDS):
            await answered.wait()
        await held[1].aclose()


async def test_when_too_many_wait_the_next_one_is_refused_at_once() -> None:
    async with embedded(dataclasses.replace(SETTINGS, slots=1)) as engine, anyio.create_task_group() as tasks:
        held = engine.reply(asking(LONG))
        await anext(held)
        for session in "abcdefgh":
            with calling(Caller(session)):
                tasks.start_soon(replied, engine, asking("Hello.", max_tokens=1))
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(CapacityError) as refused, anyio.fail_after(WAIT_SECONDS):
            await anext(engine.reply(asking("Hello.")))
        assert (refused.value.code, refused.value.retryable) == ("llm_busy", True)
        await held.aclose()


async def test_a_reply_begun_on_the_chance_gives_its_slot_up_to_a_confirmed_one() -> None:
    async with embedded(dataclasses.replace(SETTINGS, slots=1)) as engine, anyio.create_task_group() as tasks:
        codes: list[str] = []

        async def speculate() -> None:
            with pytest.raises(EngineError) as preempted:
                await replied(engine, asking("Count to a thousand.", max_tokens=900))
            codes.append(preempted.value.code)

        with urgency(Urgency.SPECULATIVE):
            tasks.start_soon(speculate)
        await until(lambda: engine.statistics().busy == 1)
        with anyio.fail_after(WAIT_SECONDS):
            assert text_of(await replied(engine, asking("Hello.", max_tokens=3)))
    assert codes == ["llm_preempted"]


@pytest.mark.parametrize("in_prompt", [False, True], ids=["between tokens", "while the prompt is read"])
async def test_an_abandoned_reply_leaves_its_slot_idle_at_once(*, in_prompt: bool) -> None:
    words = PERSONA * 24 if in_prompt else LONG
    async with embedded(dataclasses.replace(SETTINGS, slot_context_tokens=4096)) as engine:
        async with anyio.create_task_group() as tasks:

            async def abandoned() -> None:
                async for _ in engine.reply(asking(words, max_tokens=2000)):
                    tasks.cancel_scope.cancel()

            tasks.start_soon(abandoned)
            if in_prompt:
                await until(lambda: is_computing(engine))
                tasks.cancel_scope.cancel()
        await until(lambda: is_idle(engine))
        # The prompt has more tokens than words, and left alone the story would have had hundreds.
        most = len(words.split()) // 2 if in_prompt else 150
        assert await most_tokens(engine) < most
        assert text_of(await replied(engine, asking("Hello.", max_tokens=3)))


async def test_a_killed_child_comes_back_and_requests_meanwhile_fail_at_once() -> None:
    async with embedded() as engine:
        (child,) = children()
        assert engine.endpoint is not None
        folder = engine.endpoint.slot_folder
        reply = engine.reply(asking("Count to a hundred."))
        assert isinstance(await anext(reply), TextDelta)
        child.kill()
        with pytest.raises(EngineError) as caught, anyio.fail_after(WAIT_SECONDS):
            async for _ in reply:
                pass
        assert (caught.value.code, caught.value.retryable) == ("llm_restarting", True)
        await until(lambda: engine.endpoint is None)
        with pytest.raises(EngineError) as refused, anyio.fail_after(WAIT_SECONDS):
            await anext(engine.reply(asking("Hello.")))
        assert refused.value.code == "llm_restarting"
        await until(lambda: engine.state is LlamaState.READY)
        assert text_of(await replied(engine, asking("Hello.", max_tokens=3)))
        (successor,) = children()
        assert successor.pid != child.pid
        assert not folder.exists()
    assert children() == []


async def test_a_child_that_hangs_is_replaced() -> None:
    settings = dataclasses.replace(
        SETTINGS, probe_interval_seconds=0.1, probe_deadline_seconds=0.3, stop_deadline_seconds=0.2
    )
    async with embedded(settings) as engine:
        (child,) = children()
        child.suspend()
        await until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
        await until(lambda: engine.state is LlamaState.READY)
        assert text_of(await replied(engine, asking("Hello.", max_tokens=3)))


async def test_crashing_too_often_ends_in_a_typed_error_and_a_final_state() -> None:
    settings = dataclasses.replace(SETTINGS, restarts=RestartPolicy(attempts=1, first_delay_seconds=0.01))
    engine = EmbeddedChat(small_model(), settings)

    async def run_to_the_end(*, task_status: anyio.abc.TaskStatus[None]) -> None:
        with pytest.raises(EngineError) as caught:
            await engine.run(task_status=task_status)
        assert caught.value.code == "llm_crashed"

    async with anyio.create_task_group() as tasks:
        await tasks.start(run_to_the_end)
        for _ in range(2):
            await until(lambda: engine.state is LlamaState.READY)
            (child,) = children()
            child.kill()
            await until(lambda: engine.state is not LlamaState.READY)
    assert engine.state is LlamaState.FAILED
    with pytest.raises(EngineError) as refused:
        await anext(engine.reply(asking("Hello.")))
    assert (refused.value.code, refused.value.retryable) == ("llm_gone", False)


async def test_closing_ends_the_process_and_its_folder() -> None:
    async with embedded() as engine:
        assert engine.endpoint is not None
        folder = engine.endpoint.slot_folder
        assert folder.is_dir()
        await engine.aclose()
        assert children() == []
        assert not folder.exists()
        assert engine.state is LlamaState.STOPPED


async def test_only_we_may_ask_the_server() -> None:
    async with embedded() as engine:
        assert engine.endpoint is not None
        assert engine.endpoint.api_key not in repr(engine.endpoint)
        (child,) = children()
        assert engine.endpoint.api_key not in " ".join(child.cmdline())
        stranger = dataclasses.replace(engine.endpoint, api_key="guess")
        async with stranger.client(WAIT_SECONDS) as client:
            for path in ("/v1/chat/completions", "/completion", "/slots/0?action=erase"):
                assert (await client.post(path, json={})).status_code == 401
            assert (await client.get("/slots")).status_code == 401


@pytest.mark.parametrize(("content", "code"), [(None, "model_missing"), (b"<html>", "model_damaged")])
async def test_weights_that_cannot_be_weights_are_told_before_anything_starts(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    gguf = tmp_path / "tiny.gguf"
    if content is not None:
        gguf.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        await LlamaServer(gguf).run()
    assert caught.value.code == code
    assert caught.value.remedy


async def test_weights_that_do_not_load_fail_the_start_with_the_servers_own_words(tmp_path: Path) -> None:
    gguf = tmp_path / "cut.gguf"
    gguf.write_bytes(small_model().read_bytes()[:100_000])
    server = LlamaServer(gguf, SETTINGS)
    with pytest.raises(EngineError) as caught, anyio.fail_after(WAIT_SECONDS):
        await server.run()
    assert caught.value.code == "llm_crashed"
    assert any("cut.gguf" in note for note in caught.value.__notes__)
    assert server.state is LlamaState.FAILED
    assert children() == []


async def test_a_start_that_takes_too_long_is_given_up() -> None:
    server = LlamaServer(small_model(), dataclasses.replace(SETTINGS, start_deadline_seconds=0.05))
    with pytest.raises(EngineError) as caught:
        await server.run()
    assert caught.value.code == "llm_start_timeout"
    assert children() == []
