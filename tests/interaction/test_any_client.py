"""A client that does anything at any time, with engines that are slow, fail and hang: the session lives on."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.interaction.caller import TURNS, Caller, call, tone
from vivavoce.audio.formats import AudioFormat
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.recording import replay
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions
from vivavoce.engines.llm.fake import Pause, ScriptedReplies, calling, saying
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.turn.fake import FakeEndOfTurn
from vivavoce.errors import CapacityError, EngineError, Stage
from vivavoce.session.listening import InputLimits
from vivavoce.session.recorder import SessionRecorder
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.virtual_time import VirtualTimeLoop
from vivavoce.turntaking.settings import semantic_turns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from vivavoce.engines.llm.fake import Step
    from vivavoce.turntaking.settings import TurnDetection

FORMATS = list(AudioFormat)
DETECTIONS: list[TurnDetection | None] = [TURNS, semantic_turns("medium"), semantic_turns("high"), None]


def settings_of(number: int) -> ConversationSettings:
    """Return some settings, others for every number up to 127."""
    return ConversationSettings(
        modality="text" if number & 1 else "audio",
        language="auto" if number & 2 else "en",
        reply_after_turn=not number & 4,
        interruptible=not number & 8,
        transcripts=bool(number & 16),
        playout_reports=bool(number & 32),
        detects_turns=not number & 64,
    )


# ------------------------------------------------------------------ what a client can do, and how (a number says)

SECONDS = (0.05, 0.3, 1.0, 3.0)


async def speaks(caller: Caller, number: int) -> None:
    await caller.speaks(SECONDS[number % 4])


async def falls_silent(caller: Caller, number: int) -> None:
    await caller.falls_silent(SECONDS[number % 4])


async def waits(caller: Caller, number: int) -> None:
    await anyio.sleep(SECONDS[number % 4])


async def configures(caller: Caller, number: int) -> None:
    caller.session.configure(
        settings_of(number), audio_format=FORMATS[number % len(FORMATS)], detection=DETECTIONS[number % 4]
    )


async def types(caller: Caller, number: int) -> None:
    caller.types("Hello?" * (number % 3))


async def requests(caller: Caller, number: int) -> None:
    caller.requests(ReplyOptions(in_band=bool(number % 2)))


async def sends_audio(caller: Caller, number: int) -> None:
    caller.sends(Item(id=f"mine{number % 3}", content=(ContentPart(kind="input_audio"),)), tone(0.5))


async def commits(caller: Caller, _: int) -> None:
    caller.session.commit_input(None)


async def clears(caller: Caller, _: int) -> None:
    caller.session.clear_input(None)


async def cancels(caller: Caller, number: int) -> None:
    replies = [None, "nobody", *(created.reply.response_id for created in caller.all(fx.ReplyCreated))]
    caller.session.dispatch(ev.ReplyCancelRequested(response_id=replies[number % len(replies)]))


async def deletes(caller: Caller, number: int) -> None:
    caller.session.dispatch(ev.ItemDeleteRequested(item_id=an_item(caller, number)))


async def retrieves(caller: Caller, number: int) -> None:
    caller.retrieves(an_item(caller, number))


async def truncates(caller: Caller, number: int) -> None:
    item_id = an_item(caller, number % 3)
    caller.session.dispatch(ev.ItemTruncateRequested(item_id=item_id, content_index=0, audio_end_ms=number * 10))


async def reports(caller: Caller, number: int) -> None:
    item_id = an_item(caller, number % 3)
    caller.session.dispatch(
        ev.PlayoutReported(item_id=item_id, played_samples=number * 500, buffered_samples=number % 2)
    )


def an_item(caller: Caller, number: int) -> str:
    items = ["nobody", *(item.id for item in caller.session.machine.items)]
    return items[-1 - number % len(items)]


ACTIONS = st.sampled_from(
    [
        speaks,
        falls_silent,
        waits,
        configures,
        types,
        requests,
        sends_audio,
        commits,
        clears,
        cancels,
        deletes,
        retrieves,
        truncates,
        reports,
    ]
)
BROKEN = EngineError("engine_failed", "The script says so.", stage=Stage.LLM)
REPLIES: st.SearchStrategy[list[tuple[Step, ...]]] = st.lists(
    st.sampled_from(
        [
            saying("There was a small house. It stood in the woods.", every=0.05),
            saying("Yes."),
            calling("look", "{}"),
            (Pause(0.3), *saying("```\nx = 1\n```")),
            (*saying("Well, I"), BROKEN),
            (Pause(1_000.0),),
        ]
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.requirement("session.end.001")
@pytest.mark.requirement("record.replay.001")
@settings(max_examples=int(os.environ.get("VIVAVOCE_EXAMPLES", "60")), deadline=None)
@given(
    first=st.integers(0, 127).map(settings_of),
    actions=st.lists(st.tuples(ACTIONS, st.integers(0, 255)), max_size=25),
    replies=REPLIES,
    slow=st.sampled_from([0.0, 0.4, 30.0]),
    is_bounded=st.booleans(),
)
def test_whatever_a_client_does_the_session_lives_and_ends_clean(
    first: ConversationSettings,
    actions: list[tuple[Callable[[Caller, int], Awaitable[None]], int]],
    replies: list[tuple[Step, ...]],
    slow: float,
    is_bounded: bool,
) -> None:
    async def scenario(folder: Path) -> bytes:
        roster = fake_roster(
            stt=FakeStt(["Hello?", None, "", "Go on."], delay_seconds=slow),
            replies=ScriptedReplies(*replies),
            tts=FakeTts(delay_seconds=slow / 2, failing_on="woods"),
        )
        roster.turn = FakeEndOfTurn([0.1, 0.9])
        recorder = SessionRecorder(folder, "sess_t", first)
        limits = InputLimits(max_bytes=100_000 if is_bounded else 10_000_000)
        before = len(anyio.get_running_tasks())
        async with call(roster, first, recorder=recorder, limits=limits) as caller:
            for action, number in actions:
                try:
                    await action(caller, number)
                except CapacityError:
                    assert is_bounded
        assert len(anyio.get_running_tasks()) == before
        return recorder.path.read_bytes()

    with tempfile.TemporaryDirectory() as folder:
        recording = anyio.run(scenario, Path(folder), backend_options={"loop_factory": VirtualTimeLoop})
    assert replay(recording.splitlines()).mismatches == ()


@pytest.fixture
def no_blocking_calls() -> None:
    """The session is recorded, which writes files in the event loop."""
