"""Whom the roster has asked first, by language, voice and order of preference."""

from __future__ import annotations

import numpy as np
import pytest

from tests.unit.engines.provider_scenes import Voice
from vivavoce.engines.fallback import Provider
from vivavoce.engines.fallback_replies import FallbackReplies
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import SttCapabilities, SynthesisRequest, TtsCapabilities
from vivavoce.engines.roster import EngineRoster
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.errors import EngineError, Stage

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Ear(FakeStt):
    """A recogniser of some languages."""

    def __init__(self, name: str, *languages: str) -> None:
        super().__init__([name])
        self._capabilities = SttCapabilities(name=name, languages=frozenset(languages) or None)

    @property
    def capabilities(self) -> SttCapabilities:
        return self._capabilities


class ServerVoice(Voice):
    """A voice that does not tell what it speaks."""

    @property
    def capabilities(self) -> TtsCapabilities:
        return TtsCapabilities(name="server", sample_rate_hz=24_000, voices={})


def told(stage: Stage, rank: int, *languages: str) -> Provider:
    return Provider(stage=stage, title=f"{stage} {rank}", rank=rank, languages=frozenset(languages) or None)


async def test_the_preferred_ear_is_asked_whenever_it_came() -> None:
    roster = EngineRoster()
    roster.add_stt(Ear("late", "en"), told(Stage.STT, 10))
    roster.add_stt(Ear("preferred"), told(Stage.STT, 0))
    ear = roster.stt_for("en")
    assert (await ear.transcribe(np.zeros(160, np.float32), language="en")).text == "preferred"
    assert roster.stt_for("en") is ear, "one object for all who ask"


async def test_an_ear_is_asked_only_for_the_languages_it_was_listed_for() -> None:
    roster = EngineRoster()
    roster.add_stt(Ear("chinese server"), told(Stage.STT, 0, "zh"))
    roster.add_stt(Ear("english", "en"), told(Stage.STT, 10))
    assert roster.stt_for("en").capabilities.name == "english"
    assert roster.stt_for("zh").capabilities.name == "chinese server"


async def test_a_server_that_does_not_tell_its_languages_speaks_any_of_them_in_its_place() -> None:
    roster = EngineRoster()
    server, english = ServerVoice(chunks=1), Voice(chunks=1, languages=["en"])
    roster.add_tts(server, told(Stage.TTS, 0))
    roster.add_tts(english, told(Stage.TTS, 10))
    for language, voice in (("en", ""), ("fr", ""), ("en", "default")):
        request = SynthesisRequest(text="Hello.", language=language, voice=voice)
        assert [chunk async for chunk in roster.tts_for(language, voice).synthesize(request)]
    assert len(server.asked) == 3
    assert english.asked == []


async def test_a_server_is_believed_to_speak_what_it_does_not_tell_unless_the_settings_do() -> None:
    believed, english = EngineRoster(), EngineRoster()
    believed.add_tts(ServerVoice(), told(Stage.TTS, 0))
    english.add_tts(ServerVoice(), told(Stage.TTS, 0, "en"))
    await believed.require_voice("zh")
    with pytest.raises(EngineError, match="speaks 'zh'"):
        await english.require_voice("zh")


async def test_a_voice_that_was_chosen_is_spoken_by_whoever_has_it() -> None:
    roster = EngineRoster()
    server, english = ServerVoice(chunks=1), Voice(chunks=1, languages=["en"])
    roster.add_tts(server, told(Stage.TTS, 0))
    roster.add_tts(english, told(Stage.TTS, 10))
    request = SynthesisRequest(text="Hello.", language="en", voice="en-voice")
    assert [chunk async for chunk in roster.tts_for("en", "en-voice").synthesize(request)]
    assert english.asked == ["Hello."]


def test_replies_come_from_the_providers_in_order_and_their_queues_are_known() -> None:
    roster = EngineRoster()
    provider = told(Stage.LLM, 10)
    roster.enlist(provider)
    assert not roster.has_engine_of(provider)
    roster.add_replies(ScriptedReplies(name="second"), provider)
    roster.add_replies(ScriptedReplies(name="first"), told(Stage.LLM, 0))
    assert isinstance(roster.reply_engine(), FallbackReplies)
    assert roster.reply_engine().name == "first"
    assert roster.has_engine_of(provider)
    assert roster.queues == ()


def test_providers_are_told_by_job_and_order() -> None:
    roster = EngineRoster()
    for provider in (told(Stage.TTS, 0), told(Stage.LLM, 10), told(Stage.STT, 0), told(Stage.LLM, 0)):
        roster.enlist(provider)
    assert [provider.title for provider in roster.providers] == ["stt 0", "llm 0", "llm 10", "tts 0"]
