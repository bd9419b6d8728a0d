"""Which engine serves whom, and what is said when none does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vivavoce.engines.fallback import Provider
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import SttCapabilities
from vivavoce.engines.roster import ComponentStatus, EngineRoster, Job
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.vad.fake import FakeVad
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import Callable


class Polyglot(FakeStt):
    """A recogniser of the languages of its model, as Whisper is."""

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(name="polyglot", languages=frozenset({"en", "zh"}))


class EnglishOnly(FakeStt):
    """A recogniser of one language."""

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(name="english", languages=frozenset({"en"}))


def loading(job: Job, name: str = "x") -> ComponentStatus:
    return ComponentStatus(job=job, name=name, state="loading", progress=0.5)


def test_a_language_is_heard_by_the_first_engine_that_knows_it() -> None:
    roster = EngineRoster()
    english, any_language = EnglishOnly(), FakeStt()
    roster.add_stt(english)
    roster.add_stt(any_language)
    assert roster.stt_for("en") is english
    assert roster.stt_for("zh") is any_language
    assert roster.stt_for("auto") is any_language
    assert roster.stt_engines == (english, any_language)


def test_where_any_language_may_come_next_one_is_taken_that_knows_several() -> None:
    roster = EngineRoster()
    english, several = EnglishOnly(), Polyglot()
    roster.add_stt(english)
    roster.add_stt(several)
    assert roster.stt_for("auto") is several
    assert roster.stt_for("en") is english


def test_an_unknown_language_is_left_to_whatever_engine_there_is() -> None:
    roster = EngineRoster()
    english = EnglishOnly()
    roster.add_stt(english)
    assert roster.stt_for("auto") is english
    with pytest.raises(EngineError) as refused:
        roster.stt_for("zh")
    assert refused.value.code == "stt_unavailable"
    assert "'zh'" in refused.value.message


def test_a_voice_is_worth_more_than_a_language_and_a_language_more_than_none() -> None:
    roster = EngineRoster()
    english, chinese = FakeTts(["en"]), FakeTts(["zh"])
    roster.add_tts(english)
    roster.add_tts(chinese)
    assert roster.tts_for("zh", "hum") is english, "the first that has the voice"
    assert roster.tts_for("zh", "") is roster.tts_for("zh", "marin") is chinese
    assert roster.tts_for("fr", "") is english
    assert roster.tts_engines == (english, chinese)


@pytest.mark.parametrize("job", [Job.STT, Job.LLM, Job.TTS])
def test_a_missing_engine_is_named_and_whether_it_is_on_its_way(job: Job) -> None:
    roster = EngineRoster()
    asks: dict[Job, Callable[[], object]] = {
        Job.STT: lambda: roster.stt_for("en"),
        Job.LLM: roster.reply_engine,
        Job.TTS: lambda: roster.tts_for("en", ""),
    }
    ask = asks[job]
    with pytest.raises(EngineError) as missing:
        ask()
    assert (missing.value.code, missing.value.stage.value) == (f"{job}_unavailable", job.value)
    assert not missing.value.retryable
    assert "doctor" in missing.value.remedy
    roster.report(loading(job))
    with pytest.raises(EngineError) as on_its_way:
        ask()
    assert on_its_way.value.retryable


def test_a_conversation_needs_ears_a_mind_and_a_voice() -> None:
    roster = EngineRoster()
    roster.vad = FakeVad()
    assert not roster.can_converse
    roster.replies = ScriptedReplies()
    assert not roster.can_converse
    roster.add_stt(FakeStt())
    assert not roster.can_converse
    roster.add_tts(FakeTts())
    assert roster.can_converse
    assert roster.reply_engine() is roster.replies


def test_whoever_subscribed_is_told_of_every_change_until_they_leave() -> None:
    roster = EngineRoster()
    told: list[tuple[str, ...]] = []
    unsubscribe = roster.subscribe(lambda statuses: told.append(tuple(status.name for status in statuses)))
    roster.report(loading(Job.LLM, "small"))
    roster.report(loading(Job.LLM, "big"))
    roster.report(ComponentStatus(job=Job.LLM, name="big", state="ready"))
    roster.forget(Job.LLM, "small")
    roster.forget(Job.LLM, "small")
    assert told == [("small",), ("small", "big"), ("small", "big"), ("big",)]
    unsubscribe()
    unsubscribe()
    roster.report(loading(Job.TTS))
    assert len(told) == 4
    assert [status.state for status in roster.statuses] == ["ready", "loading"]


def test_a_listener_may_leave_while_it_is_told() -> None:
    roster = EngineRoster()
    told: list[str] = []
    roster.subscribe(lambda _: leave())
    leave = roster.subscribe(lambda _: told.append("once"))
    roster.report(loading(Job.LLM))
    roster.report(loading(Job.LLM))
    assert told == ["once"]


def promising(*voices: str) -> Provider:
    return Provider(stage=Stage.TTS, title="kokoro-82m", voices={"zh": voices, "en": ("am_michael",)})


def test_voices_are_offered_before_their_engine_is_loaded_and_once_it_is() -> None:
    roster = EngineRoster()
    roster.add_tts(FakeTts(["en"]))
    later = promising("zf_xiaoyi", "zm_yunxi")
    roster.enlist(later)
    offered = [(offer.name, offer.language, offer.is_ready) for offer in roster.voices]
    assert offered == [
        ("hum", "en", True),
        ("zf_xiaoyi", "zh", False),
        ("zm_yunxi", "zh", False),
        ("am_michael", "en", False),
    ]

    roster.add_tts(FakeTts(["zh"]), later)
    assert [(offer.name, offer.language, offer.is_ready) for offer in roster.voices] == [
        ("hum", "en", True),
        ("hum", "zh", True),
    ]


def test_a_voice_that_cannot_be_had_is_offered_no_longer() -> None:
    roster = EngineRoster()
    roster.enlist(promising("zf_xiaoyi"))
    roster.report(ComponentStatus(job=Job.TTS, name="kokoro-82m", state="missing"))
    assert roster.voices == ()


def test_a_wanted_voice_has_its_engine_loaded_and_one_that_is_there_nothing() -> None:
    roster = EngineRoster()
    roster.add_tts(FakeTts(["en"]))
    kokoro = promising("zf_xiaoyi")
    roster.enlist(kokoro)
    languages: list[str] = []
    wanted: list[Provider] = []
    roster.on_wanted, roster.on_provider_wanted = languages.append, wanted.append
    for voice in ("hum", "nobody", "", "am_michael"):
        roster.want_voice(voice)
    assert wanted == [kokoro]
    assert languages == []


def test_a_wanted_language_is_passed_on_to_whoever_loads_engines() -> None:
    roster = EngineRoster()
    roster.want("zh")
    wanted: list[str] = []
    roster.on_wanted = wanted.append
    roster.want("zh")
    assert wanted == ["zh"]
