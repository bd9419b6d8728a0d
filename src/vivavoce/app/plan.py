"""Which engines a server runs: from the settings to loaders, by job, order of preference and language.

Owns the choice. Refuses to know how an engine is made (`loaders`), and to fetch weights and load them (`provision`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import anyio.lowlevel

from vivavoce.app.loaders import (
    EnglishVoices,
    LoadedEngine,
    instant_replies,
    instant_stt,
    instant_tts,
    moonshine,
    piper,
    silero,
    smart_turn,
    whisper,
)
from vivavoce.app.providers.keys import key_for
from vivavoce.app.providers.servers import add_recogniser, add_voice, provider_of
from vivavoce.engines.fallback import Provider
from vivavoce.engines.roster import EngineRoster, Job
from vivavoce.engines.tts.kokoro_voices import VOICE_LEVELS, offered
from vivavoce.errors import InputError, Stage
from vivavoce.models.hub_models import hub_name
from vivavoce.models.store import ModelStore
from vivavoce.providers import ProviderBlock, SttBlock, TtsBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.settings import Settings

__all__ = ["EngineChoice", "EnginePlan", "plan_engines"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """One engine to load.

    Attributes:
        model: the weights' name in the manifest; empty when `load` brings its own files.
        languages: the languages it is loaded for; None for all of them.
        provider: whose engine it is; None where there is no choice.
        voices: the voices it has, by language, as far as that is known before it is loaded.
    """

    job: Job
    name: str
    model: str
    load: Callable[[ModelStore], LoadedEngine]
    languages: frozenset[str] | None = None
    provider: Provider | None = None
    voices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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

    def of_provider(self, provider: Provider) -> tuple[EngineChoice, ...]:
        """Return the engines on demand that are a provider's."""
        return tuple(choice for choice in self.on_demand if choice.provider is provider)


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


_ENGLISH = frozenset({"en"})
_MANDARIN = frozenset({"zh", "auto"})
"""What Kokoro is loaded for: where any language may be spoken, Mandarin is the one that only it speaks."""
_OTHERS: frozenset[str] = frozenset({"*"})
"""Every language but English: what the multilingual recogniser is loaded for."""

_VAD = EngineChoice(job=Job.VAD, name="silero-vad", model="silero-vad", load=silero)
_TURN = EngineChoice(job=Job.TURN, name="smart-turn-v3.2", model="smart-turn-v3.2", load=smart_turn)
_INSTANT = (
    EngineChoice(job=Job.STT, name="instant", model="", load=instant_stt),
    EngineChoice(job=Job.LLM, name="instant", model="", load=instant_replies),
    EngineChoice(job=Job.TTS, name="instant", model="", load=instant_tts),
)
_MOONSHINE = EngineChoice(
    job=Job.STT,
    name="moonshine-tiny-en",
    model="moonshine-tiny-en",
    load=lambda store: moonshine(store.folder("moonshine-tiny-en")),
    languages=_ENGLISH,
)
_WHISPER = EngineChoice(
    job=Job.STT,
    name="whisper-base",
    model="whisper-base",
    load=lambda store: whisper(store.folder("whisper-base")),
    languages=_OTHERS,
)
_STT = {choice.name: choice for choice in (_MOONSHINE, _WHISPER)}
_ELSEWHERE = ("a hub name (hub:NAME)", "a server's URL")


def _stt_choices(settings: Settings) -> list[EngineChoice]:
    return _ranked(settings.stt, settings, Job.STT, here=_stt_here, add_server=add_recogniser)


def _tts_choices(settings: Settings) -> list[EngineChoice]:
    return _ranked(settings.tts, settings, Job.TTS, here=partial(_tts_here, EnglishVoices()), add_server=add_voice)


Block = TypeVar("Block", SttBlock, TtsBlock)
AddedBlock = TypeVar("AddedBlock", SttBlock, TtsBlock, contravariant=True)


class _AddsServer(Protocol[AddedBlock]):
    def __call__(
        self, roster: EngineRoster, provider: Provider, *, block: AddedBlock, blocks: Sequence[AddedBlock], key: str
    ) -> None: ...


def _ranked(
    blocks: Sequence[Block],
    settings: Settings,
    job: Job,
    *,
    here: Callable[[Block], list[EngineChoice]],
    add_server: _AddsServer[Block],
) -> list[EngineChoice]:
    """Return what every block stands for, each with its provider and its place in the order."""
    ranked = []
    for rank, block in enumerate(blocks):
        if block.is_remote:
            key = key_for(block, blocks, settings)
            choices = [_server(job, block, partial(add_server, block=block, blocks=blocks, key=key))]
        else:
            choices = here(block)
        for place, choice in enumerate(choices):
            provider = provider_of(block, rank, stage=Stage(job), has_next=len(blocks) > 1)
            provider.rank += place
            provider.voices = choice.voices
            if block.model == "auto":
                provider.title = provider.model = choice.name
            ranked.append(replace(choice, provider=provider))
    return ranked


def _stt_here(block: SttBlock) -> list[EngineChoice]:
    model = block.model
    if block.kind == "hub":
        name = hub_name(model, "stt")
        return [_of_block(block, Job.STT, model=name, load=lambda store: whisper(store.folder(name)))]
    if model == "auto":
        return list(_STT.values())
    if model in _STT:
        return [replace(_STT[model], name=block.title, languages=frozenset(block.languages) or None)]
    folder = Path(model).expanduser()
    if (folder / "model.bin").is_file():
        return [_of_block(block, Job.STT, load=lambda _: whisper(folder))]
    if (folder / "encoder_model.ort").is_file():
        return [_of_block(block, Job.STT, load=lambda _: moonshine(folder))]
    raise _unknown("stt", model, [*_STT, "a folder with a Whisper (CTranslate2) or Moonshine model", *_ELSEWHERE])


def _tts_here(voices: EnglishVoices, block: TtsBlock) -> list[EngineChoice]:
    known = {
        "hibari": EngineChoice(
            job=Job.TTS,
            name="hibari",
            model="hibari",
            load=voices.hibari,
            languages=_ENGLISH,
            voices={"en": ("heart",)},
        ),
        "kokoro-82m": EngineChoice(
            job=Job.TTS,
            name="kokoro-82m",
            model="kokoro-82m",
            load=voices.kokoro,
            languages=_MANDARIN,
            voices=offered(list(VOICE_LEVELS)),
        ),
    }
    model = block.model
    if block.kind == "hub":
        name = hub_name(model, "tts")
        return [_of_block(block, Job.TTS, model=name, load=lambda store: piper(_first_onnx(store, name)))]
    if model == "auto":
        return list(known.values())
    if model in known:
        return [replace(known[model], name=block.title, languages=frozenset(block.languages) or None)]
    if model == "piper-joe":
        return [_of_block(block, Job.TTS, model=model, load=lambda store: piper(_first_onnx(store, model)))]
    voice = Path(model).expanduser()
    if voice.suffix == ".onnx" and voice.is_file():
        return [_of_block(block, Job.TTS, load=lambda _: piper(voice))]
    raise _unknown("tts", model, [*known, "piper-joe", "a Piper voice (.onnx)", *_ELSEWHERE])


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
