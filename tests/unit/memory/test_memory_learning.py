from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from tests.unit.memory.memory_scene import spoken
from vivavoce.errors import EngineError, Stage
from vivavoce.memory.extraction.statement import Statement
from vivavoce.memory.learning import SlowExtraction, TurnLearner
from vivavoce.memory.stillness import Stillness
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from vivavoce.memory.facts import SpokenTurn

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


class Reads:
    """Takes what was said for a fact, or nothing, after so many seconds; fails as often as told."""

    def __init__(self, seconds: float = 0.0, *, finds: bool = True, failures: int = 0, retryable: bool = True) -> None:
        self.finds = finds
        self.seconds = seconds
        self.failures = failures
        self.retryable = retryable
        self.begun: list[str] = []

    async def extract(self, turn: SpokenTurn) -> tuple[Statement, ...]:
        self.begun.append(turn.said)
        await anyio.sleep(self.seconds)
        if self.failures:
            self.failures -= 1
            raise EngineError("llm_preempted", "Busy.", stage=Stage.LLM, retryable=self.retryable)
        return (Statement(text=turn.said, language="en", confidence=0.6),) if self.finds else ()


class Kept:
    """What was kept, in order."""

    def __init__(self) -> None:
        self.all: list[str] = []

    async def __call__(self, turn: SpokenTurn, statement: Statement) -> bool:
        self.all.append(statement.text)
        return True


BLIND = Reads(finds=False)
"""Rules that find nothing: whatever is learnt is learnt by the model."""


@asynccontextmanager
async def learning(learner: TurnLearner) -> AsyncIterator[None]:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(learner.run)
        yield
        tasks.cancel_scope.cancel()


def slowly(reads: Reads, stillness: Stillness | None = None) -> SlowExtraction:
    return SlowExtraction(extractor=reads, stillness=stillness or Stillness(), deadline_seconds=60.0)


async def test_turns_are_learnt_in_order_and_the_model_is_not_asked_where_the_rules_found_something() -> None:
    kept, model = Kept(), Reads(5.0)
    learner = TurnLearner(Reads(), kept, slow=slowly(model))
    async with learning(learner):
        learner.observe(spoken("one"))
        learner.observe(spoken("two"))
        await learner.until_idle()
    assert kept.all == ["one", "two"]
    assert model.begun == []
    assert learner.statistics().learned == 2
    assert learner.statistics().waiting == 0


async def test_the_model_learns_what_the_rules_do_not_see() -> None:
    kept = Kept()
    learner = TurnLearner(BLIND, kept, slow=slowly(Reads(5.0)))
    async with learning(learner):
        learner.observe(spoken("one"))
        learner.observe(spoken("two"))
        await learner.until_idle()
    assert kept.all == ["one", "two"]


async def test_observing_never_waits_and_the_oldest_falls_out() -> None:
    kept = Kept()
    learner = TurnLearner(Reads(), kept, waiting_turns=2)
    for words in ("one", "two", "three"):
        learner.observe(spoken(words))
    assert learner.statistics().waiting == 2
    assert learner.statistics().dropped == 1
    async with learning(learner):
        await learner.until_idle()
    assert kept.all == ["two", "three"]


async def test_the_model_looks_only_while_nobody_speaks() -> None:
    stillness, kept, model = Stillness(), Kept(), Reads(5.0)
    stillness.disturb("session 1")
    learner = TurnLearner(BLIND, kept, slow=slowly(model, stillness))
    async with learning(learner):
        learner.observe(spoken("one"))
        await anyio.sleep(30.0)
        assert model.begun == []
        stillness.settle("session 1")
        await anyio.sleep(1.0)
        assert model.begun == ["one"]
        stillness.disturb("session 2")
        await anyio.sleep(30.0)
        assert kept.all == []
        stillness.settle("session 2")
        await learner.until_idle()
    assert model.begun == ["one", "one"]
    assert kept.all == ["one"]


async def test_a_turn_that_is_always_disturbed_is_given_up() -> None:
    stillness, model = Stillness(), Reads(5.0)
    learner = TurnLearner(BLIND, Kept(), slow=slowly(model, stillness))
    async with learning(learner):
        learner.observe(spoken("one"))
        for _ in range(3):
            await anyio.sleep(1.0)
            stillness.disturb("session")
            await anyio.sleep(1.0)
            stillness.settle("session")
        await learner.until_idle()
    assert len(model.begun) == 3
    assert learner.statistics().dropped == 1


async def test_a_model_that_was_needed_elsewhere_is_asked_again() -> None:
    model, kept = Reads(failures=1), Kept()
    learner = TurnLearner(BLIND, kept, slow=slowly(model))
    async with learning(learner):
        learner.observe(spoken("one"))
        await learner.until_idle()
    assert len(model.begun) == 2
    assert kept.all == ["one"]


async def test_a_look_that_fails_or_hangs_is_counted_and_the_next_turn_is_learnt() -> None:
    kept = Kept()
    learner = TurnLearner(Reads(failures=1), kept)
    async with learning(learner):
        learner.observe(spoken("one"))
        learner.observe(spoken("two"))
        await learner.until_idle()
    assert (learner.statistics().failed, kept.all) == (1, ["two"])
    learner = TurnLearner(Reads(1_000.0), kept)
    async with learning(learner):
        learner.observe(spoken("three"))
        await learner.until_idle()
    assert learner.statistics().failed == 1


async def test_what_was_discarded_is_not_learnt_even_from_a_look_under_way() -> None:
    kept = Kept()
    learner = TurnLearner(BLIND, kept, slow=slowly(Reads(10.0)))
    async with learning(learner):
        learner.observe(spoken("mine", turn_id="t1"))
        learner.observe(spoken("hers", user_id="bob", turn_id="t1"))
        await anyio.sleep(1.0)
        learner.discard("ann", "t1")
        await learner.until_idle()
    assert kept.all == ["hers"]


@pytest.mark.parametrize("steps", range(8))
async def test_what_was_discarded_while_its_look_is_broken_off_is_not_learnt(steps: int) -> None:
    kept, stillness = Kept(), Stillness()
    learner = TurnLearner(BLIND, kept, slow=slowly(Reads(10.0), stillness))
    async with learning(learner):
        learner.observe(spoken("mine"))
        await anyio.sleep(1.0)
        stillness.disturb("session")
        for _ in range(steps):
            await anyio.lowlevel.checkpoint()
        learner.discard("ann", "t1")
        await anyio.sleep(1.0)
        stillness.settle("session")
        await learner.until_idle()
    assert kept.all == []


async def test_who_leaves_twice_or_was_never_there_disturbs_nobody() -> None:
    stillness = Stillness()
    stillness.settle("nobody")
    stillness.disturb("one")
    stillness.disturb("one")
    stillness.settle("one")
    assert stillness.is_still
    with anyio.fail_after(1.0):
        await stillness.until_still()
