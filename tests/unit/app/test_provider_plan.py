"""What the providers in the settings become."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vivavoce.app.first_start import essential_models
from vivavoce.app.language_model import FIRST_MODEL
from vivavoce.app.plan import EnginePlan, plan_engines
from vivavoce.engines.roster import Job
from vivavoce.errors import InputError, ModelError
from vivavoce.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path


def plan(tmp_path: Path, **chosen: object) -> EnginePlan:
    return plan_engines(load_settings({"models": tmp_path, **chosen}))


def names(choices: EnginePlan, job: Job) -> tuple[list[str], list[str]]:
    """Return what is loaded at the start, and what on demand."""
    return (
        [choice.name for choice in choices.at_start if choice.job is job],
        [choice.name for choice in choices.on_demand if choice.job is job],
    )


def test_without_a_choice_the_engine_goes_by_the_language(tmp_path: Path) -> None:
    english = plan(tmp_path)
    assert names(english, Job.STT) == (["moonshine-tiny-en"], ["whisper-base"])
    assert names(english, Job.TTS) == (["hibari"], ["kokoro-82m"])
    assert english.mind is not None
    assert english.mind.title == "auto"
    assert [provider.title for provider in english.providers if provider.stage.value == "stt"] == [
        "moonshine-tiny-en",
        "whisper-base",
    ]


@pytest.mark.parametrize(
    ("language", "voices"),
    [("zh", ["kokoro-82m"]), ("auto", ["kokoro-82m"]), ("fr", ["hibari"])],
)
def test_a_language_that_nobody_speaks_is_spoken_by_the_first_voice_and_not_in_mandarin(
    language: str, voices: list[str], tmp_path: Path
) -> None:
    chosen = plan(tmp_path, language=language)
    assert names(chosen, Job.TTS)[0] == voices
    assert names(chosen, Job.STT)[0] == ["whisper-base"]


def test_a_language_wants_only_the_voices_that_speak_it(tmp_path: Path) -> None:
    english = plan(tmp_path)
    assert [choice.name for choice in english.for_language("zh")] == ["whisper-base", "kokoro-82m"]
    assert [choice.name for choice in english.for_language("fr")] == ["whisper-base"]


def test_a_list_holds_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    chosen = plan(tmp_path, stt="http://one:1#a,whisper-base", tts="http://one:1#b", llm="http://one:1#c")
    assert names(chosen, Job.STT) == (["a@one:1", "whisper-base"], [])
    assert names(chosen, Job.TTS) == (["b@one:1"], [])
    assert chosen.mind is None


def test_auto_may_stand_last_and_keeps_its_place_behind(tmp_path: Path) -> None:
    chosen = plan(tmp_path, stt="http://one:1#a,auto", llm="http://one:1#c,auto")
    ranks = {provider.title: provider.rank for provider in chosen.providers if provider.stage.value == "stt"}
    assert ranks["a@one:1"] < ranks["moonshine-tiny-en"] < ranks["whisper-base"]
    assert chosen.mind is not None
    assert chosen.mind.rank > 0


def test_only_a_provider_with_another_behind_it_is_hurried(tmp_path: Path) -> None:
    alone = {provider.title: provider.first_seconds for provider in plan(tmp_path, tts="http://one:1#b").providers}
    assert alone["b@one:1"] is None
    hurried = {
        provider.title: provider.first_seconds for provider in plan(tmp_path, tts="http://one:1#b,auto").providers
    }
    assert hurried["b@one:1"] == 6.0


def test_languages_of_a_block_narrow_what_it_is_asked_for(tmp_path: Path) -> None:
    chosen = plan(tmp_path, stt=[{"base_url": "http://one:1", "model": "a", "languages": ["zh"]}, "auto"])
    server = next(provider for provider in chosen.providers if provider.title == "a@one:1")
    assert server.languages == frozenset({"zh"})
    later = plan(tmp_path, tts=["auto", {"model": "piper-joe", "languages": ["de"]}])
    assert "piper-joe" in names(later, Job.TTS)[1], "it is loaded when someone speaks German"


def test_an_engine_is_reported_on_by_the_name_that_its_block_gives_it(tmp_path: Path) -> None:
    chosen = plan(tmp_path, tts=[{"model": "kokoro-82m", "name": "slow"}], stt=[{"model": "whisper-base", "name": "w"}])
    for choice in chosen.at_start[2:]:
        assert choice.provider is not None
        assert choice.name == choice.provider.title
    assert names(chosen, Job.TTS) == (["slow"], [])


def test_hub_names_become_weights_of_the_store(tmp_path: Path) -> None:
    chosen = plan(tmp_path, stt="hub:large-v3-turbo", tts="hub:zh_CN-huayan-medium")
    models = {choice.job: choice.model for choice in chosen.at_start}
    assert models[Job.STT] == "hub/stt/large-v3-turbo"
    assert models[Job.TTS] == "hub/tts/zh_CN-huayan-medium"
    with pytest.raises(ModelError, match="no name of a model"):
        plan(tmp_path, tts="hub:nobody")


@pytest.mark.parametrize(("setting", "spec"), [("stt", "imaginary"), ("tts", "imaginary"), ("stt", "/no/folder")])
def test_an_engine_that_does_not_exist_is_named_with_those_there_are(setting: str, spec: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no engine") as refused:
        plan(tmp_path, **{setting: f"http://one:1#a,{spec}"})
    assert refused.value.code == "engine_unknown"
    assert "auto" in refused.value.remedy


def test_a_key_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="NO_SUCH_KEY"):
        plan(tmp_path, stt=[{"base_url": "http://one:1", "api_key_env": "NO_SUCH_KEY"}])


@pytest.mark.parametrize(
    ("llm", "expected"),
    [
        ("auto", [FIRST_MODEL]),
        ("qwen2.5-coder-0.5b", ["qwen2.5-coder-0.5b"]),
        ("http://one:1#a", []),
        ("http://one:1#a,auto", [FIRST_MODEL]),
        ("tiny.gguf", []),
        ("hub:me/repo:Q4_K_M", ["hub/llm/me/repo/Q4_K_M"]),
    ],
)
def test_the_first_start_fetches_what_a_first_turn_needs(llm: str, expected: list[str], tmp_path: Path) -> None:
    settings = load_settings({"models": tmp_path, "llm": llm, "stt": "http://one:1#a", "tts": "http://one:1#b"})
    fetched = [name for name in essential_models(settings) if name not in ("silero-vad", "smart-turn-v3.2")]
    assert fetched == expected
