"""The tools that come with the server, in English and Chinese."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.tools.callers import RecordedCaller
from vivavoce.memory.facts import Fact, Recalled
from vivavoce.tools.builtin import built_in_tools
from vivavoce.tools.definition import ChangePersona, ChangeVoice, EndConversation, StartTimer, StopTimer
from vivavoce.tools.durations import said_duration, spoken_duration
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.anyio

NOON_IN_UTC = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)


class Cast:
    def names(self) -> Mapping[str, str]:
        return {"viva": "Viva", "lin": "小林", "duo": "Duo"}


def fact(text: str) -> Fact:
    return Fact(id="f", user_id="local", text=text, language="en", told_at=0.0)


@dataclass
class Notebook:
    """The memory these tools need, as a list."""

    texts: list[str]

    async def remember(
        self, user_id: str, text: str, *, language: str, conversation_id: str = "", turn_id: str = ""
    ) -> Fact:
        self.texts.append(text)
        return fact(text)

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        return tuple(Recalled(fact=fact(text), score=1.0) for text in self.texts if words in text)

    async def forget_about(self, user_id: str, words: str, *, conversation_id: str = "") -> tuple[Fact, ...]:
        gone = tuple(fact(text) for text in self.texts if words in text)
        self.texts = [text for text in self.texts if words not in text]
        return gone


@pytest.fixture
def toolbox() -> Toolbox:
    return Toolbox([built_in_tools(memory=Notebook([]), characters=Cast(), now=lambda: NOON_IN_UTC)])


async def say(toolbox: Toolbox, caller: RecordedCaller, called: str, /, **arguments: object) -> str:
    return (await toolbox.call(called, json.dumps(arguments), caller)).output


def test_without_memory_and_characters_their_tools_are_not_there() -> None:
    assert [definition.name for definition in built_in_tools().tools()] == [
        "get_time", "set_timer", "list_timers", "cancel_timer", "end_conversation", "change_voice",
    ]  # fmt: skip


def test_the_whole_set_is_short() -> None:
    told = [
        {"name": one.name, "description": one.description, "parameters": one.parameters}
        for one in built_in_tools(memory=Notebook([]), characters=Cast()).tools()
    ]
    # 349 tokens of Qwen 2.5 at 1,527 characters
    assert len(json.dumps(told, ensure_ascii=False, separators=(",", ":"))) < 1_550


@pytest.mark.parametrize(
    ("language", "place", "said"),
    [
        ("en", "", "12:05 PM, Friday, November 20, 2026"),
        ("en", "Tokyo", "9:05 PM, Friday, November 20, 2026 in Tokyo"),
        ("en", "San Francisco", "4:05 AM, Friday, November 20, 2026 in San Francisco"),
        ("en", "paris, france", "1:05 PM, Friday, November 20, 2026 in paris, france"),
        ("en", "America/New_York", "7:05 AM, Friday, November 20, 2026 in America/New_York"),
        ("zh", "", "现在是2026年11月20日，星期五，中午12点5分。"),
        ("zh", "东京", "东京现在是2026年11月20日，星期五，晚上9点5分。"),
        ("zh", "北京市", "北京市现在是2026年11月20日，星期五，晚上8点5分。"),
    ],
)
async def test_the_time_is_told_as_one_says_it(toolbox: Toolbox, language: str, place: str, said: str) -> None:
    assert await say(toolbox, RecordedCaller(language=language), "get_time", place=place) == said


async def test_an_unknown_place_is_told_with_what_to_do(toolbox: Toolbox, caller: RecordedCaller) -> None:
    outcome = await toolbox.call("get_time", '{"place": "Atlantis"}', caller)
    assert outcome.error_code == "place_unknown"
    assert "Name a large city" in outcome.output


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("5 minutes", 300), ("five minutes", 300), ("90 seconds", 90), ("90", 90), ("an hour and a half", 5400),
        ("one and a half hours", 5400), ("half an hour", 1800), ("a quarter of an hour", 900), ("1:30", 90),
        ("1:00:00", 3600), ("1h30m", 5400), ("1 hour 30", 5400), ("twenty five minutes", 1500), ("2.5 min", 150),
        ("a couple of minutes", 120), ("PT5M", 300), ("five", 5), ("a hundred seconds", 100),
        ("五分钟", 300), ("一个半小时", 5400), ("半小时", 1800), ("两分半", 150), ("三刻钟", 2700),
        ("1小时20分钟", 4800), ("十五秒", 15), ("二十五分钟", 1500),
    ],
)  # fmt: skip
def test_a_span_of_time_is_understood_as_people_say_it(words: str, seconds: float) -> None:
    assert spoken_duration(words) == seconds


@pytest.mark.parametrize("words", ["", "soon", "zero", "很久"])
def test_what_is_no_span_of_time_is_none(words: str) -> None:
    assert spoken_duration(words) is None


@pytest.mark.parametrize("seconds", [1, 59, 60, 61, 300, 3600, 3661, 5400, 86_400])
@pytest.mark.parametrize("chinese", [False, True])
def test_what_is_said_of_a_span_is_understood_again(seconds: float, chinese: bool) -> None:
    assert spoken_duration(said_duration(seconds, chinese=chinese)) == seconds


async def test_a_timer_is_started_listed_and_cancelled_by_its_label(toolbox: Toolbox, caller: RecordedCaller) -> None:
    assert await say(toolbox, caller, "set_timer", duration="5 minutes", label="tea") == (
        "The tea timer for 5 minutes has started."
    )
    await say(toolbox, caller, "set_timer", duration=60)
    await anyio.sleep(10)
    assert await say(toolbox, caller, "list_timers") == "timer: 50 seconds left; tea timer: 4 minutes 50 seconds left."
    assert (await say(toolbox, caller, "cancel_timer")).startswith("Which one? ")
    assert await say(toolbox, caller, "cancel_timer", label="the tea timer") == "Cancelled: tea timer."
    assert caller.actions == [
        StartTimer(timer_id="timer_1", seconds=300.0, label="tea"),
        StartTimer(timer_id="timer_2", seconds=60.0, label=""),
        StopTimer(timer_id="timer_1"),
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("timer", ""), ("the tea timer", "the tea"), ("Egg Timer", "Egg"), ("煮面的计时器", "煮面"), ("1 minute", "")],
)
async def test_a_label_does_not_say_that_it_is_a_timer_or_how_long(
    toolbox: Toolbox, caller: RecordedCaller, given: str, kept: str
) -> None:
    await say(toolbox, caller, "set_timer", duration="1 minute", label=given)
    assert caller.actions == [StartTimer(timer_id="timer_1", seconds=60.0, label=kept)]


async def test_a_timer_that_has_rung_is_no_longer_there(toolbox: Toolbox, caller: RecordedCaller) -> None:
    await say(toolbox, caller, "set_timer", duration="3 seconds")
    await anyio.sleep(3)
    assert await say(toolbox, caller, "cancel_timer") == "No timer is running."


async def test_the_only_timer_and_all_timers_need_no_label(toolbox: Toolbox) -> None:
    chinese = RecordedCaller(language="zh")
    assert await say(toolbox, chinese, "set_timer", duration="十分钟", label="泡茶") == "10分钟的泡茶计时器已开始。"
    assert await say(toolbox, chinese, "cancel_timer") == "已取消：泡茶。"
    await say(toolbox, chinese, "set_timer", duration="一分钟")
    await say(toolbox, chinese, "set_timer", duration="两分钟")
    assert await say(toolbox, chinese, "cancel_timer", label="两分钟") == "已取消：计时器。"
    await say(toolbox, chinese, "set_timer", duration="五分钟")
    await say(toolbox, chinese, "cancel_timer", label="全部")
    assert await say(toolbox, chinese, "list_timers") == "没有计时器。"


@pytest.mark.parametrize("duration", ["a while", "0", "2 days 25 hours"])
async def test_a_timer_that_makes_no_sense_is_not_started(
    toolbox: Toolbox, caller: RecordedCaller, duration: str
) -> None:
    assert (await toolbox.call("set_timer", json.dumps({"duration": duration}), caller)).error_code == "timer_invalid"
    assert caller.actions == []


async def test_timers_are_bounded_and_belong_to_one_conversation(toolbox: Toolbox, caller: RecordedCaller) -> None:
    for _ in range(25):
        last = await toolbox.call("set_timer", '{"duration": "1 hour"}', caller)
    assert last.error_code == "timer_invalid"
    assert len(caller.actions) == 20
    assert await say(Toolbox([built_in_tools()]), caller, "list_timers") == "No timer is running."


async def test_the_conversation_can_be_ended_and_its_voice_changed(toolbox: Toolbox, caller: RecordedCaller) -> None:
    assert "goodbye" in await say(toolbox, caller, "end_conversation")
    await say(toolbox, caller, "change_voice", voice="am_adam")
    await say(toolbox, caller, "change_voice", speed=9)
    assert caller.actions == [EndConversation(), ChangeVoice(voice="am_adam"), ChangeVoice(speed=1.5)]
    assert (await toolbox.call("change_voice", "{}", caller)).error_code == "voice_unchanged"


@pytest.mark.parametrize(("name", "persona_id"), [("viva", "viva"), ("DUO", "duo"), ("小林", "lin"), ("林", "lin")])
async def test_a_character_is_found_by_its_name(
    toolbox: Toolbox, caller: RecordedCaller, name: str, persona_id: str
) -> None:
    await say(toolbox, caller, "change_persona", name=name)
    assert caller.actions == [ChangePersona(persona_id=persona_id)]


async def test_a_character_that_is_not_there_is_told_with_those_that_are(
    toolbox: Toolbox, caller: RecordedCaller
) -> None:
    assert await say(toolbox, caller, "change_persona", name="Bob") == (
        "There is no character 'Bob'. There are: Viva, 小林, Duo."
    )


async def test_facts_are_kept_found_and_forgotten(toolbox: Toolbox, caller: RecordedCaller) -> None:
    assert await say(toolbox, caller, "remember", fact="The user has a cat") == "Remembered: The user has a cat"
    assert await say(toolbox, caller, "recall", about="cat") == "- The user has a cat"
    assert await say(toolbox, caller, "forget", about="cat") == "Forgotten: The user has a cat"
    assert await say(toolbox, caller, "recall", about="cat") == "Nothing is known about that."
    assert await say(toolbox, RecordedCaller(language="zh"), "forget", about="cat") == "没有找到相关的记忆。"
