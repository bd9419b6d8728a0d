"""What a language asks for while the server runs: told at once, and made ready in a sensible order."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from tests.deadlines import WAIT_SECONDS
from vivavoce.app import provision
from vivavoce.app.loaders import LoadedEngine
from vivavoce.app.on_demand import MAX_WAITING, loading_on_demand
from vivavoce.app.plan import EngineChoice, EnginePlan
from vivavoce.app.provision import Provisioner
from vivavoce.engines.fallback import Provider
from vivavoce.engines.roster import EngineRoster, Job
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.errors import EngineError, ModelError, NetworkError, Stage
from vivavoce.models.manifest import Manifest
from vivavoce.models.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Disk:
    """The weights on this machine, and a hub from which others come when it is let go.

    Attributes:
        fetched: what was asked of the hub.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, *here: str) -> None:
        self.here = set(here)
        self.fetched: list[str] = []
        self.hub_answers = threading.Event()
        self.store = ModelStore(folder, Manifest(schema=1, models=()))
        monkeypatch.setattr(provision, "is_here", self._is_here)
        monkeypatch.setattr(provision, "bring", self._bring)

    def _is_here(self, _: ModelStore, name: str) -> bool:
        if not name:
            raise ModelError("model_unknown", "There is no model ''.")
        return name in self.here

    def _bring(self, _: ModelStore, name: str, **__: object) -> None:
        self.fetched.append(name)
        assert self.hub_answers.wait(5.0)
        if name == "nowhere":
            raise NetworkError("model_unreachable", "The hub did not answer.")
        self.here.add(name)


def voice(name: str, *languages: str, model: str | None = None, error: ModelError | None = None) -> EngineChoice:
    """Return a voice whose weights have its own name."""

    def load(_: ModelStore) -> LoadedEngine:
        if error is not None:
            raise error
        engine = FakeTts(languages)
        return LoadedEngine(
            enlist=lambda roster, provider: roster.add_tts(engine, provider), warm_up=anyio.lowlevel.checkpoint
        )

    weights = name if model is None else model
    return EngineChoice(job=Job.TTS, name=name, model=weights, load=load, languages=frozenset(languages))


@asynccontextmanager
async def demanding(disk: Disk, *choices: EngineChoice, offline: bool = False) -> AsyncIterator[EngineRoster]:
    """Yield a roster whose languages are made ready on demand by these engines."""
    roster = EngineRoster()
    provisioner = Provisioner(roster, disk.store, offline=offline)
    with anyio.fail_after(WAIT_SECONDS):
        async with loading_on_demand(provisioner, EnginePlan(at_start=(), on_demand=choices), roster):
            yield roster
            disk.hub_answers.set()


async def until(roster: EngineRoster, name: str, state: str) -> None:
    while roster.state_of(Job.TTS, name) != state:
        await roster.changed()


async def test_a_voice_on_this_machine_is_loading_from_the_moment_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with demanding(Disk(monkeypatch, tmp_path, "xiao"), voice("xiao", "zh")) as roster:
        roster.want("zh")
        assert [(status.name, status.state, status.progress) for status in roster.statuses] == [
            ("xiao", "loading", None)
        ]
        engine = await roster.tts_when_loaded("zh", "")
    assert "zh" in engine.capabilities.voices


async def test_a_language_that_nobody_serves_on_demand_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with demanding(Disk(monkeypatch, tmp_path, "xiao"), voice("xiao", "zh")) as roster:
        roster.want("en")
        await anyio.wait_all_tasks_blocked()
        assert roster.statuses == ()


async def test_what_is_ready_stays_so_when_it_is_wanted_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async with demanding(Disk(monkeypatch, tmp_path, "xiao"), voice("xiao", "zh")) as roster:
        roster.want("zh")
        await until(roster, "xiao", "ready")
        roster.want("zh")
        assert roster.state_of(Job.TTS, "xiao") == "ready"
        await anyio.wait_all_tasks_blocked()
        assert len(roster.tts_engines) == 1


async def test_without_a_network_missing_weights_are_told_at_once_with_the_command_that_fetches_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk = Disk(monkeypatch, tmp_path)
    async with demanding(disk, voice("xiao", "zh"), offline=True) as roster:
        roster.want("zh")
        (status,) = roster.statuses
        await anyio.wait_all_tasks_blocked()
        assert roster.statuses == (status,)
    assert (status.state, status.detail) == ("missing", "Its weights are missing. Run: vivavoce models pull xiao")
    assert disk.fetched == []


async def test_at_the_start_without_a_network_missing_weights_are_told_with_the_command_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    roster, far, near = EngineRoster(), voice("far", "en"), voice("near", "en")
    provisioner = Provisioner(roster, Disk(monkeypatch, tmp_path, "near").store, offline=True)
    assert await provisioner.load_present([far, near]) == [far]
    assert [(status.name, status.state) for status in roster.statuses] == [("far", "missing"), ("near", "ready")]
    with pytest.raises(EngineError, match="vivavoce models pull far"):
        await roster.require_voice("zh")


async def test_weights_under_way_are_told_so_and_wanting_them_again_does_not_begin_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk = Disk(monkeypatch, tmp_path)
    async with demanding(disk, voice("xiao", "zh")) as roster:
        roster.want("zh")
        (status,) = roster.statuses
        assert (status.state, status.progress) == ("loading", 0.0)
        roster.want("zh")
        assert roster.statuses == (status,)
        disk.hub_answers.set()
        await until(roster, "xiao", "ready")
    assert disk.fetched == ["xiao"]


async def test_a_voice_on_this_machine_does_not_wait_behind_weights_that_are_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk = Disk(monkeypatch, tmp_path, "xiao")
    async with demanding(disk, voice("far", "zh"), voice("xiao", "zh")) as roster:
        roster.want("zh")
        await until(roster, "xiao", "ready")
        assert roster.state_of(Job.TTS, "far") == "loading"


async def test_an_engine_without_weights_of_its_own_joins_when_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with demanding(Disk(monkeypatch, tmp_path), voice("server", "de", model=""), offline=True) as roster:
        roster.want("de")
        await until(roster, "server", "ready")


async def test_a_fetch_that_fails_is_told_and_tried_again_by_whoever_wants_it_next(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    disk = Disk(monkeypatch, tmp_path)
    disk.hub_answers.set()
    async with demanding(disk, voice("nowhere", "zh")) as roster:
        for _ in range(2):
            roster.want("zh")
            assert roster.state_of(Job.TTS, "nowhere") == "loading"
            await until(roster, "nowhere", "missing")
    assert disk.fetched == ["nowhere", "nowhere"]


async def test_an_engine_that_cannot_be_loaded_does_not_keep_others_from_being_loaded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = voice("broken", "zh", error=ModelError("model_damaged", "It is damaged."))
    async with demanding(Disk(monkeypatch, tmp_path, "broken", "xiao"), broken, voice("xiao", "zh")) as roster:
        roster.want("zh")
        await until(roster, "xiao", "ready")
        assert roster.state_of(Job.TTS, "broken") == "missing"


async def test_an_engine_that_fails_its_first_work_is_freed_and_does_not_join(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    closed: list[str] = []

    async def fail() -> None:
        raise EngineError("engine_failed", "It says nothing.", stage=Stage.TTS)

    async def close() -> None:
        closed.append("mute")

    mute = replace(voice("mute", "zh"), load=lambda _: LoadedEngine(enlist=lambda *_: None, warm_up=fail, aclose=close))
    async with demanding(Disk(monkeypatch, tmp_path, "mute"), mute) as roster:
        roster.want("zh")
        await until(roster, "mute", "missing")
    assert closed == ["mute"]


async def test_an_engine_that_finds_no_room_is_not_said_to_be_loading(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    names = [f"voice-{number}" for number in range(MAX_WAITING + 1)]
    choices = [voice(name, "zh") for name in names]
    async with demanding(Disk(monkeypatch, tmp_path, *names), *choices) as roster:
        roster.want("zh")
        assert [status.name for status in roster.statuses] == names[:-1]
        await until(roster, names[-2], "ready")
        roster.want("zh")
        await until(roster, names[-1], "ready")


async def test_a_voice_that_is_wanted_brings_its_engine_and_nothing_else_of_any_language(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kokoro = Provider(stage=Stage.TTS, title="kokoro", voices={"zh": ("xiao",), "en": ("michael",)})
    voices = replace(voice("kokoro", "zh", "auto"), provider=kokoro)
    recogniser = replace(voice("whisper", "zh", "auto"), job=Job.STT)
    async with demanding(Disk(monkeypatch, tmp_path, "kokoro", "whisper"), voices, recogniser) as roster:
        roster.enlist(kokoro)
        roster.want_voice("michael")
        assert [status.name for status in roster.statuses] == ["kokoro"]
        await until(roster, "kokoro", "ready")
        assert roster.state_of(Job.STT, "whisper") is None
