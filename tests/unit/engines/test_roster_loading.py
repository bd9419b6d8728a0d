"""What the roster gives to those who ask while an engine is being loaded."""

from __future__ import annotations

import anyio
import pytest

from tests.deadlines import WAIT_SECONDS
from vivavoce.engines.protocols import SttCapabilities
from vivavoce.engines.roster import ComponentState, ComponentStatus, EngineRoster, Job
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.errors import EngineError

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def status(job: Job, state: ComponentState, progress: float | None = None) -> ComponentStatus:
    return ComponentStatus(job=job, name="late", state=state, progress=progress)


class Hears(FakeStt):
    """A recogniser of just these languages."""

    def __init__(self, *languages: str) -> None:
        super().__init__()
        self._languages = frozenset(languages)

    @property
    def capabilities(self) -> SttCapabilities:
        return SttCapabilities(name="hears", languages=self._languages)


async def test_words_wait_for_a_recogniser_that_is_being_loaded() -> None:
    roster, late = EngineRoster(), FakeStt()
    roster.report(status(Job.STT, "loading"))
    found: list[object] = []

    async def ask() -> None:
        found.append(await roster.stt_when_loaded("zh"))

    with anyio.fail_after(WAIT_SECONDS):
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            roster.report(status(Job.TTS, "ready"))
            await anyio.wait_all_tasks_blocked()
            assert found == []
            roster.add_stt(late)
            roster.report(status(Job.STT, "ready"))
    assert found == [late]


async def test_where_any_language_may_come_next_the_recogniser_of_several_is_waited_for() -> None:
    roster, english, several = EngineRoster(), Hears("en"), Hears("en", "zh")
    roster.add_stt(english)
    roster.report(status(Job.STT, "loading"))
    found: list[object] = []

    async def ask() -> None:
        found.append(await roster.stt_when_loaded("auto"))

    with anyio.fail_after(WAIT_SECONDS):
        assert await roster.stt_when_loaded("en") is english
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            assert found == []
            roster.add_stt(several)
            roster.report(status(Job.STT, "ready"))
    assert found == [several]


async def test_a_voice_of_the_language_is_waited_for_before_another_steps_in() -> None:
    roster, english, chinese = EngineRoster(), FakeTts(languages=("en",)), FakeTts(languages=("zh",))
    roster.add_tts(english)
    roster.report(status(Job.TTS, "loading"))
    found: list[object] = []

    async def ask() -> None:
        found.append(await roster.tts_when_loaded("zh", "marin"))

    with anyio.fail_after(WAIT_SECONDS):
        assert await roster.tts_when_loaded("en", "marin") is english, "nobody waits for what is there"
        async with anyio.create_task_group() as group:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            roster.add_tts(chinese)
            roster.report(status(Job.TTS, "ready"))
    assert found == [chinese]


@pytest.mark.parametrize(("state", "progress"), [("missing", None), ("loading", 0.4), ("ready", None)])
async def test_nobody_waits_for_weights_that_have_yet_to_be_fetched(
    state: ComponentState, progress: float | None
) -> None:
    roster, english = EngineRoster(), FakeTts(languages=("en",))
    roster.add_tts(english)
    for job in (Job.STT, Job.TTS):
        roster.report(status(job, state, progress))
    with anyio.fail_after(WAIT_SECONDS):
        with pytest.raises(EngineError):
            await roster.stt_when_loaded("zh")
        assert await roster.tts_when_loaded("zh", "") is english


async def test_an_engine_that_fails_to_load_ends_the_wait() -> None:
    roster = EngineRoster()
    roster.report(status(Job.STT, "loading"))

    async def fail() -> None:
        roster.report(status(Job.STT, "missing"))

    with anyio.fail_after(WAIT_SECONDS):
        async with anyio.create_task_group() as group:
            group.start_soon(fail)
            with pytest.raises(EngineError, match="no engine for speech recognition"):
                await roster.stt_when_loaded("zh")


async def test_a_required_language_waits_for_its_voice_and_for_no_other() -> None:
    roster, chinese = EngineRoster(), FakeTts(languages=("zh",))
    roster.add_tts(FakeTts(languages=("en",)))
    roster.report(status(Job.TTS, "loading"))
    with anyio.fail_after(WAIT_SECONDS):
        await roster.require_voice("en")
        async with anyio.create_task_group() as group:
            group.start_soon(roster.require_voice, "zh")
            await anyio.wait_all_tasks_blocked()
            roster.add_tts(chinese)
            roster.report(status(Job.TTS, "ready"))


async def test_a_required_language_that_nobody_speaks_is_refused_with_what_is_missing() -> None:
    roster = EngineRoster()
    roster.add_tts(FakeTts(languages=("en",)))
    with pytest.raises(EngineError, match="speaks 'zh'") as refused:
        await roster.require_voice("zh")
    assert (refused.value.code, refused.value.retryable) == ("tts_unavailable", False)
    assert "Piper" in refused.value.remedy
    detail = "Its weights are missing. Run: vivavoce models pull late"
    roster.report(ComponentStatus(job=Job.TTS, name="late", state="missing", detail=detail))
    with pytest.raises(EngineError) as refused:
        await roster.require_voice("zh")
    assert refused.value.remedy == f"late: {detail}"
    roster.report(status(Job.TTS, "loading", 0.2))
    with pytest.raises(EngineError) as refused:
        await roster.require_voice("zh")
    assert refused.value.retryable
