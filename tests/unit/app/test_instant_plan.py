"""What `--engines instant` loads, and what it leaves out."""

from __future__ import annotations

import pytest

from vivavoce.app.first_start import essential_models
from vivavoce.app.plan import plan_engines
from vivavoce.app.serving import server_settings
from vivavoce.engines.roster import Job
from vivavoce.errors import InputError
from vivavoce.settings import load_settings

INSTANT = {"engines": "instant"}


def test_only_the_voice_activity_detector_is_real() -> None:
    plan = plan_engines(load_settings(INSTANT))
    assert {choice.job: choice.name for choice in plan.at_start} == {
        Job.VAD: "silero-vad",
        Job.STT: "instant",
        Job.LLM: "instant",
        Job.TTS: "instant",
    }
    assert plan.on_demand == ()


def test_only_its_weights_are_fetched_at_the_first_start() -> None:
    assert essential_models(load_settings(INSTANT)) == ["silero-vad"]


def test_turns_end_after_200_ms_of_silence_instead_of_500() -> None:
    assert server_settings(load_settings(INSTANT)).connection.silence_ms == 200
    assert server_settings(load_settings({})).connection.silence_ms == 500


def test_engines_of_another_kind_are_refused_with_the_kinds_there_are() -> None:
    with pytest.raises(InputError, match="'embedded' or 'instant'"):
        load_settings({"engines": "imaginary"})
