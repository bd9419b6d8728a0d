"""Which engines a server runs: from the settings to loaders, by job, order of preference and language.

Owns the choice and each engine's constructor. Refuses to fetch weights and to decide when an engine is loaded
(`provision` does).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import anyio.lowlevel
import numpy as np
import numpy.typing as npt

from vivavoce.app.providers.keys import key_for
from vivavoce.app.providers.servers import add_recogniser, add_voice, provider_of
from vivavoce.engines.fallback import Provider
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.roster import EngineRoster, Job
from vivavoce.errors import InputError, Stage
from vivavoce.models.hub_models import hub_name
from vivavoce.models.store import ModelStore
from vivavoce.providers import ProviderBlock, SttBlock, TtsBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.protocols import SpeechToText, TextToSpeech
    from vivavoce.engines.tts.english import EnglishPhonemes
    from vivavoce.settings import Settings

__all__ = ["EngineChoice", "EnginePlan", "LoadedEngine", "plan_engines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedEngine:
    """An engine in memory: how it joins the roster, and a first inference, so that no user waits for one."""

    enlist: Callable[[EngineRoster, Provider | None], None]
    warm_up: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """One engine to load.

    Attributes:
        model: the weights' name in the manifest; empty when `load` brings its own files.
        languages: the languages it is loaded for; None for all of them.
        provider: whose engine it is; None where there is no choice.
    """

    job: Job
    name: str
    model: str
    load: Callable[[ModelStore], LoadedEngine]
    languages: frozenset[str] | None = None
    provider: Provider | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePlan:
    """What is loaded at once, and what only when a session's language asks for it.

    Attributes:
        mind: the provider of replies on this machine, whose models come by themselves (`app.language_model`).
    """

    at_start: tuple[EngineChoice, ...]
    on_demand: tuple[EngineChoice, ...]
    mind: Provider | None = None

    @property
    def providers(self) -> tuple[Provider, ...]:
        """Whose engines they are."""
        choices = (*self.at_start, *self.on_demand)
        chosen = (*(choice.provider for choice in choices), self.mind)
        return tuple(provider for provider in chosen if provider is not None)

    def for_language(self, language: str) -> tuple[EngineChoice, ...]:
        """Return the engines on demand that a language needs."""
        return tuple(choice for choice in self.on_demand if _serves(choice, language))


def plan_engines(settings: Settings) -> EnginePlan:
    """Return what to load.

    Raises:
        InputError: `engine_unknown`, with the names there are; `provider_key_missing`.
    """
    if settings.engines == "instant":
        return EnginePlan(at_start=(_VAD, *_INSTANT), on_demand=())
    speech = [*_stt_choices(settings), *_tts_choices(settings)]
    at_start = [choice for choice in speech if _serves(choice, settings.language)]
    if all(choice.job is not Job.TTS for choice in at_start):
        # Nobody is known to speak the language: the first voice is better than none.
        at_start += [choice for choice in speech if choice.job is Job.TTS][:1]
    later = tuple(choice for choice in speech if choice not in at_start)
    return EnginePlan(at_start=(_VAD, _TURN, *at_start), on_demand=later, mind=_mind(settings))


def _mind(settings: Settings) -> Provider | None:
    for rank, block in enumerate(settings.llm):
        if not block.is_remote:
            return provider_of(block, rank, stage=Stage.LLM, has_next=len(settings.llm) > 1)
    return None


def _serves(choice: EngineChoice, language: str) -> bool:
    return (
        choice.languages is None or language in choice.languages or (choice.languages == _OTHERS and language != "en")
    )


def _silero(store: ModelStore) -> LoadedEngine:
    from vivavoce.engines.vad.silero import SileroVad

    vad = SileroVad(store.path("silero-vad", "silero_vad.onnx"))

    async def warm_up() -> None:
        vad.probabilities(np.zeros((1, vad.frame_samples), np.float32), vad.initial_state()[None, :])

    return LoadedEngine(enlist=lambda roster, _: setattr(roster, "vad", vad), warm_up=warm_up)


def _smart_turn(store: ModelStore) -> LoadedEngine:
    from vivavoce.engines.turn.smart_turn import SmartTurn

    turn = SmartTurn(store.path("smart-turn-v3.2", "smart-turn-v3.2-cpu.onnx"))
    return LoadedEngine(
        enlist=lambda roster, _: setattr(roster, "turn", turn), warm_up=lambda: turn.probability(_second_of_noise())
    )


def _instant_stt(_: ModelStore) -> LoadedEngine:
    from vivavoce.engines.instant import InstantStt

    return _recogniser(InstantStt(), "en")


def _instant_replies(_: ModelStore) -> LoadedEngine:
    from vivavoce.engines.instant import InstantReplies

    replies = InstantReplies()
    return LoadedEngine(enlist=lambda roster, _: setattr(roster, "replies", replies), warm_up=anyio.lowlevel.checkpoint)


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


def _recogniser(engine: SpeechToText, language: str | None) -> LoadedEngine:
    return LoadedEngine(
        enlist=lambda roster, provider: roster.add_stt(engine, provider),
        warm_up=lambda: engine.transcribe(_second_of_noise(), language=language),
    )


def _voice(engine: TextToSpeech, language: str, words: str) -> LoadedEngine:
    async def warm_up() -> None:
        async for _ in engine.synthesize(SynthesisRequest(text=words, language=language)):
            pass

    return LoadedEngine(enlist=lambda roster, provider: roster.add_tts(engine, provider), warm_up=warm_up)


def _second_of_noise() -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).normal(0, 0.01, 16_000).astype(np.float32)


_ENGLISH = frozenset({"en"})
_MANDARIN = frozenset({"zh", "auto"})
"""What Kokoro is loaded for: where any language may be spoken, Mandarin is the one that only it speaks."""
_OTHERS: frozenset[str] = frozenset({"*"})
"""Every language but English: what the multilingual recogniser is loaded for."""

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


def _stt_choices(settings: Settings) -> list[EngineChoice]:
    return _ranked(settings.stt, Stage.STT, lambda block: _stt_of(block, settings))


def _tts_choices(settings: Settings) -> list[EngineChoice]:
    voices = _EnglishVoices()
    return _ranked(settings.tts, Stage.TTS, lambda block: _tts_of(block, settings, voices))


Block = TypeVar("Block", bound=ProviderBlock)


def _ranked(
    blocks: Sequence[Block], stage: Stage, choices_of: Callable[[Block], list[EngineChoice]]
) -> list[EngineChoice]:
    """Return what every block stands for, each with its provider and its place in the order."""
    ranked = []
    for rank, block in enumerate(blocks):
        for place, choice in enumerate(choices_of(block)):
            provider = provider_of(block, rank, stage=stage, has_next=len(blocks) > 1)
            provider.rank += place
            if block.model == "auto":
                provider.title = provider.model = choice.name
            ranked.append(replace(choice, provider=provider))
    return ranked


def _stt_of(block: SttBlock, settings: Settings) -> list[EngineChoice]:
    model = block.model
    if block.is_remote:
        return [
            _server(
                Job.STT,
                block,
                partial(add_recogniser, block=block, blocks=settings.stt, key=key_for(block, settings.stt, settings)),
            )
        ]
    if block.kind == "hub":
        name = hub_name(model, "stt")
        return [_of_block(block, Job.STT, model=name, load=lambda store: _whisper(store.folder(name)))]
    if model == "auto":
        return [_MOONSHINE, _WHISPER]
    if model in _STT:
        return [replace(_STT[model], languages=frozenset(block.languages) or None)]
    folder = Path(model).expanduser()
    if (folder / "model.bin").is_file():
        return [_of_block(block, Job.STT, load=lambda _: _whisper(folder))]
    if (folder / "encoder_model.ort").is_file():
        return [_of_block(block, Job.STT, load=lambda _: _moonshine(folder))]
    raise _unknown("stt", model, [*_STT, "a folder with a Whisper (CTranslate2) or Moonshine model", *_ELSEWHERE])


def _tts_of(block: TtsBlock, settings: Settings, voices: _EnglishVoices) -> list[EngineChoice]:
    known = {
        "hibari": EngineChoice(job=Job.TTS, name="hibari", model="hibari", load=voices.hibari, languages=_ENGLISH),
        "kokoro-82m": EngineChoice(
            job=Job.TTS,
            name="kokoro-82m",
            model="kokoro-82m",
            load=voices.kokoro,
            languages=_MANDARIN,
        ),
    }
    model = block.model
    if block.is_remote:
        return [
            _server(
                Job.TTS,
                block,
                partial(add_voice, block=block, blocks=settings.tts, key=key_for(block, settings.tts, settings)),
            )
        ]
    if block.kind == "hub":
        name = hub_name(model, "tts")
        return [_of_block(block, Job.TTS, model=name, load=lambda store: _piper(_first_onnx(store, name)))]
    if model == "auto":
        return list(known.values())
    if model in known:
        return [replace(known[model], languages=frozenset(block.languages) or None)]
    if model == "piper-joe":
        return [_of_block(block, Job.TTS, model=model, load=lambda store: _piper(_first_onnx(store, model)))]
    voice = Path(model).expanduser()
    if voice.suffix == ".onnx" and voice.is_file():
        return [_of_block(block, Job.TTS, load=lambda _: _piper(voice))]
    raise _unknown("tts", model, [*known, "piper-joe", "a Piper voice (.onnx)", *_ELSEWHERE])


_ELSEWHERE = ("a hub name (hub:NAME)", "a server's URL")


def _of_block(
    block: SttBlock | TtsBlock, job: Job, *, load: Callable[[ModelStore], LoadedEngine], model: str = ""
) -> EngineChoice:
    """Return the choice that a block names; without languages of its own it is loaded for all."""
    return EngineChoice(job=job, name=block.title, model=model, load=load, languages=frozenset(block.languages) or None)


def _server(job: Job, block: ProviderBlock, add: Callable[[EngineRoster, Provider], None]) -> EngineChoice:
    """Return a server's choice: it joins at once, and is looked after from then on."""

    def enlist(roster: EngineRoster, provider: Provider | None) -> None:
        assert provider is not None
        add(roster, provider)

    engine = LoadedEngine(enlist=enlist, warm_up=anyio.lowlevel.checkpoint)
    return EngineChoice(job=job, name=block.title, model="", load=lambda _: engine)


def _first_onnx(store: ModelStore, name: str) -> Path:
    folder = store.folder(name)
    return next(folder / file.name for file in store.manifest.model(name).files if file.name.endswith(".onnx"))


def _unknown(setting: str, spec: str, known: list[str]) -> InputError:
    return InputError(
        "engine_unknown",
        f"There is no engine '{spec}' for --{setting}.",
        remedy=f"Use auto, {', '.join(known)}.",
        param=setting,
    )
