"""Which engines a server runs: from the settings to loaders, by job and language.

Owns the choice and each engine's constructor. Refuses to fetch weights and to decide when an engine is loaded
(`provision` does).
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.lowlevel
import numpy as np
import numpy.typing as npt

from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.roster import EngineRoster, Job
from vivavoce.errors import InputError
from vivavoce.models.store import ModelStore

if TYPE_CHECKING:
    from vivavoce.engines.protocols import SpeechToText, TextToSpeech
    from vivavoce.engines.tts.english import EnglishPhonemes
    from vivavoce.settings import Settings

__all__ = ["EngineChoice", "EnginePlan", "LoadedEngine", "plan_engines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedEngine:
    """An engine in memory: how it joins the roster, and a first inference, so that no user waits for one."""

    enlist: Callable[[EngineRoster], None]
    warm_up: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """One engine to load.

    Attributes:
        model: the weights' name in the manifest; empty when `load` brings its own files.
        languages: the languages it is loaded for; None for all of them.
    """

    job: Job
    name: str
    model: str
    load: Callable[[ModelStore], LoadedEngine]
    languages: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePlan:
    """What is loaded at once, and what only when a session's language asks for it."""

    at_start: tuple[EngineChoice, ...]
    on_demand: tuple[EngineChoice, ...]

    def for_language(self, language: str) -> tuple[EngineChoice, ...]:
        """Return the engines on demand that a language needs."""
        return tuple(choice for choice in self.on_demand if _serves(choice, language))


def plan_engines(settings: Settings) -> EnginePlan:
    """Return what to load.

    Raises:
        InputError: `engine_unknown`, with the names there are.
    """
    if settings.engines == "instant":
        return EnginePlan(at_start=(_VAD, *_INSTANT), on_demand=())
    always = [_VAD, _TURN]
    speech = [*_stt_choices(settings.stt), *_tts_choices(settings.tts)]
    at_start = [choice for choice in speech if choice.languages is None or settings.language in choice.languages]
    later = [choice for choice in speech if choice not in at_start]
    if settings.language not in ("en",):
        wanted = [choice for choice in later if _serves(choice, settings.language)]
        at_start += wanted
        later = [choice for choice in later if choice not in wanted]
    return EnginePlan(at_start=(*always, *at_start), on_demand=tuple(later))


def _serves(choice: EngineChoice, language: str) -> bool:
    return (
        choice.languages is None or language in choice.languages or (choice.languages == _OTHERS and language != "en")
    )


def _silero(store: ModelStore) -> LoadedEngine:
    from vivavoce.engines.vad.silero import SileroVad

    vad = SileroVad(store.path("silero-vad", "silero_vad.onnx"))

    async def warm_up() -> None:
        vad.probabilities(np.zeros((1, vad.frame_samples), np.float32), vad.initial_state()[None, :])

    return LoadedEngine(enlist=lambda roster: setattr(roster, "vad", vad), warm_up=warm_up)


def _smart_turn(store: ModelStore) -> LoadedEngine:
    from vivavoce.engines.turn.smart_turn import SmartTurn

    turn = SmartTurn(store.path("smart-turn-v3.2", "smart-turn-v3.2-cpu.onnx"))
    return LoadedEngine(
        enlist=lambda roster: setattr(roster, "turn", turn), warm_up=lambda: turn.probability(_second_of_noise())
    )


def _instant_stt(_: ModelStore) -> LoadedEngine:
    from vivavoce.engines.instant import InstantStt

    return _recogniser(InstantStt(), "en")


def _instant_replies(_: ModelStore) -> LoadedEngine:
    from vivavoce.engines.instant import InstantReplies

    replies = InstantReplies()
    return LoadedEngine(enlist=lambda roster: setattr(roster, "replies", replies), warm_up=anyio.lowlevel.checkpoint)


def _instant_tts(_: ModelStore) -> LoadedEngine:
    from vivavoce.engines.instant import InstantTts

    return _voice(InstantTts(), "en", "Hello there.")


def _moonshine(folder: Path) -> LoadedEngine:
    from vivavoce.engines.stt.moonshine import MoonshineStt

    return _recogniser(MoonshineStt(folder), "en")


def _whisper(folder: Path) -> LoadedEngine:
    from vivavoce.engines.stt.whisper import WhisperStt

    return _recogniser(WhisperStt(folder), None)


class _EnglishVoices:
    """Makes the engines that share one set of English pronunciations: 120 MB once they are in memory."""

    def __init__(self) -> None:
        self._english: EnglishPhonemes | None = None

    def hibari(self, store: ModelStore) -> LoadedEngine:
        from vivavoce.engines.tts.hibari import HibariTts

        return _voice(HibariTts(store.folder("hibari"), english=self._shared()), "en", "Hello there.")

    def kokoro(self, store: ModelStore) -> LoadedEngine:
        from vivavoce.engines.tts.kokoro import KokoroTts

        folder = store.folder("kokoro-82m")
        engine = KokoroTts(folder / "kokoro-v1.0.int8.onnx", folder / "voices", english=self._shared())
        return _voice(engine, "zh", "你好。")

    def _shared(self) -> EnglishPhonemes:
        from vivavoce.engines.tts.english import EnglishPhonemes

        if self._english is None:
            self._english = EnglishPhonemes()
        return self._english


def _piper(voice: Path) -> LoadedEngine:
    from vivavoce.engines.tts.piper import PiperTts

    return _voice(PiperTts(voice), "en", "Hello there.")


def _remote_recogniser(spec: str) -> LoadedEngine:
    from vivavoce.engines.stt.openai_stt import OpenAiStt

    base_url, _, model = spec.partition("#")
    return _recogniser(OpenAiStt(base_url, model, os.environ.get("OPENAI_API_KEY", "")), "en")


def _remote_voice(spec: str) -> LoadedEngine:
    from vivavoce.engines.tts.openai_tts import OpenAiTts

    base_url, _, model = spec.partition("#")
    return _voice(OpenAiTts(base_url, model, os.environ.get("OPENAI_API_KEY", "")), "en", "Hello there.")


def _recogniser(engine: SpeechToText, language: str | None) -> LoadedEngine:
    return LoadedEngine(
        enlist=lambda roster: roster.add_stt(engine),
        warm_up=lambda: engine.transcribe(_second_of_noise(), language=language),
    )


def _voice(engine: TextToSpeech, language: str, words: str) -> LoadedEngine:
    async def warm_up() -> None:
        async for _ in engine.synthesize(SynthesisRequest(text=words, language=language)):
            pass

    return LoadedEngine(enlist=lambda roster: roster.add_tts(engine), warm_up=warm_up)


def _second_of_noise() -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 0.01, 16_000).astype(np.float32)


_ENGLISH = frozenset({"en"})
_OTHERS: frozenset[str] = frozenset({"*"})
"""Every language but English: what the multilingual engines are loaded for."""

_VAD = EngineChoice(job=Job.VAD, name="silero-vad", model="silero-vad", load=_silero)
_TURN = EngineChoice(job=Job.TURN, name="smart-turn-v3.2", model="smart-turn-v3.2", load=_smart_turn)
_INSTANT = (
    EngineChoice(job=Job.STT, name="instant", model="", load=_instant_stt),
    EngineChoice(job=Job.LLM, name="instant", model="", load=_instant_replies),
    EngineChoice(job=Job.TTS, name="instant", model="", load=_instant_tts),
)
_MOONSHINE = EngineChoice(
    job=Job.STT,
    name="moonshine-tiny-en",
    model="moonshine-tiny-en",
    load=lambda store: _moonshine(store.folder("moonshine-tiny-en")),
    languages=_ENGLISH,
)
_WHISPER = EngineChoice(
    job=Job.STT,
    name="whisper-base",
    model="whisper-base",
    load=lambda store: _whisper(store.folder("whisper-base")),
    languages=_OTHERS,
)
_STT = {choice.name: choice for choice in (_MOONSHINE, _WHISPER)}


def _stt_choices(spec: str) -> list[EngineChoice]:
    if spec == "auto":
        return [_MOONSHINE, _WHISPER]
    if spec in _STT:
        return [_for_all(_STT[spec])]
    if "://" in spec:
        return [EngineChoice(job=Job.STT, name=spec, model="", load=lambda _: _remote_recogniser(spec))]
    folder = Path(spec)
    if (folder / "model.bin").is_file():
        return [EngineChoice(job=Job.STT, name=folder.name, model="", load=lambda _: _whisper(folder))]
    if (folder / "encoder_model.ort").is_file():
        return [EngineChoice(job=Job.STT, name=folder.name, model="", load=lambda _: _moonshine(folder))]
    raise _unknown("stt", spec, [*_STT, "a folder with a Whisper (CTranslate2) or Moonshine model", "a server's URL"])


def _tts_choices(spec: str) -> list[EngineChoice]:
    voices = _EnglishVoices()
    known = {
        "hibari": EngineChoice(job=Job.TTS, name="hibari", model="hibari", load=voices.hibari, languages=_ENGLISH),
        "kokoro-82m": EngineChoice(
            job=Job.TTS, name="kokoro-82m", model="kokoro-82m", load=voices.kokoro, languages=_OTHERS
        ),
    }
    if spec == "auto":
        return list(known.values())
    if spec in known:
        return [_for_all(known[spec])]
    if spec == "piper-joe":
        return [EngineChoice(job=Job.TTS, name=spec, model=spec, load=_piper_joe)]
    if "://" in spec:
        return [EngineChoice(job=Job.TTS, name=spec, model="", load=lambda _: _remote_voice(spec))]
    voice = Path(spec)
    if voice.suffix == ".onnx" and voice.is_file():
        return [EngineChoice(job=Job.TTS, name=voice.stem, model="", load=lambda _: _piper(voice))]
    raise _unknown("tts", spec, [*known, "piper-joe", "a Piper voice (.onnx)", "a server's URL"])


def _for_all(choice: EngineChoice) -> EngineChoice:
    return EngineChoice(job=choice.job, name=choice.name, model=choice.model, load=choice.load)


def _piper_joe(store: ModelStore) -> LoadedEngine:
    return _piper(store.path("piper-joe", "en_US-joe-medium.onnx"))


def _unknown(setting: str, spec: str, known: list[str]) -> InputError:
    return InputError(
        "engine_unknown",
        f"There is no engine '{spec}' for --{setting}.",
        remedy=f"Use auto, {', '.join(known)}.",
        param=setting,
    )
