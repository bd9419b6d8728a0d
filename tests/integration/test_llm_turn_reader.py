"""The reader of turn ends: real weights, a real process."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.deadlines import WAIT_SECONDS, quickest
from tests.integration.llm_engines import children, small_model, until
from vivavoce.engines.llm import turn_reader
from vivavoce.engines.llm.turn_reader import LlamaTurnReader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.anyio

ENDS = ("what is the capital of france", "can you tell me what the time is", "yes")
HESITATIONS = ("what is the capital of", "can you tell me what the", "i would like to book a table for", "and then")


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@asynccontextmanager
async def reading() -> AsyncIterator[LlamaTurnReader]:
    reader = LlamaTurnReader(small_model())
    async with anyio.create_task_group() as tasks:
        await tasks.start(reader.run)
        yield reader
        await reader.aclose()


async def patiently(reader: LlamaTurnReader, words: str, conversation_id: str = "a") -> float:
    """Ask until there is an answer: on a busy machine the first may come too late."""
    answers: list[float] = []

    async def is_answered() -> bool:
        answer = await reader.turn_end_probability(words, conversation_id=conversation_id)
        answers.extend([] if answer is None else [answer])
        return answer is not None

    await until(is_answered)
    return answers[0]


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every question answered, however busy the machine is: what is asked for here is the answer."""
    monkeypatch.setattr(turn_reader, "_DEADLINE_SECONDS", WAIT_SECONDS)


@pytest.mark.usefixtures("unhurried")
async def test_whole_sentences_end_more_surely_than_hesitations() -> None:
    async with reading() as reader:
        ends = [await patiently(reader, words) for words in ENDS]
        hesitations = [await patiently(reader, words) for words in HESITATIONS]
    assert min(ends) > 0.3
    assert max(hesitations) < 0.1


@pytest.mark.usefixtures("unhurried")
async def test_conversations_do_not_mix() -> None:
    async with reading() as reader:
        alone = {words: await patiently(reader, words) for words in (*ENDS, *HESITATIONS)}
        together: dict[str, float] = {}

        async def ask(words: str) -> None:
            together[words] = await patiently(reader, words, words)

        async with anyio.create_task_group() as tasks:
            for words in alone:
                tasks.start_soon(ask, words)
    assert together == pytest.approx(alone, abs=0.05)


async def test_a_later_question_of_a_conversation_ends_the_earlier_one() -> None:
    async with reading() as reader:
        answers: list[float | None] = []

        async def ask_early() -> None:
            answers.append(await reader.turn_end_probability("one two three " * 20, conversation_id="a"))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask_early)
            await anyio.wait_all_tasks_blocked()
            await patiently(reader, "yes")
    assert answers == [None]


async def test_without_a_process_there_is_no_answer_and_no_wait() -> None:
    reader = LlamaTurnReader(small_model())
    assert await reader.turn_end_probability("yes", conversation_id="a") is None
    async with reading() as reader:
        (child,) = children()
        child.suspend()

        async def ask() -> None:
            assert await reader.turn_end_probability("yes", conversation_id="a") is None

        assert await quickest(ask) < 1.0
        child.resume()
        child.kill()
        await until(lambda: children() != [child])
        assert await reader.turn_end_probability("yes", conversation_id="a") in (None, pytest.approx(0.9, abs=0.1))
    assert children() == []
