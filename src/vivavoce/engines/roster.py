"""Which engines are there now, and which one serves a language.

Owns the engines of the process by job, in order of preference, and what is known of each one's health. Refuses to know
how an engine is loaded or where its weights come from; the composition root adds engines as they become ready. Sessions
ask at each use, so that an engine that arrives late, or is replaced, serves the next turn. What it gives out for a
provider that users chose falls back on the next one that suits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeVar

import anyio

from vivavoce.engines.fallback import Member, Provider
from vivavoce.engines.fallback_replies import FallbackReplies
from vivavoce.engines.fallback_stt import FallbackStt
from vivavoce.engines.fallback_tts import FallbackTts
from vivavoce.engines.llm.takeover import Takeover
from vivavoce.engines.vad.batching import VadBatcher
from vivavoce.engines.workload import EngineQueue, Queued, Workload
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from vivavoce.engines.protocols import (
        EndOfTurnDetector,
        EndOfTurnReader,
        ReplyEngine,
        SpeechToText,
        TextToSpeech,
        VoiceActivityDetector,
    )

__all__ = ["ComponentState", "ComponentStatus", "EngineRoster", "Job", "OfferedVoice"]

ComponentState = Literal["ready", "loading", "degraded", "missing"]


class Job(StrEnum):
    """What an engine is for."""

    VAD = "vad"
    TURN = "turn"
    STT = "stt"
    LLM = "llm"
    TTS = "tts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentStatus:
    """One engine's health; `progress` 0 to 1 while its weights are on the way, None otherwise."""

    job: Job
    name: str
    state: ComponentState
    detail: str = ""
    progress: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedVoice:
    """A voice that can be chosen.

    Attributes:
        name: by which it is asked for.
        language: ISO 639-1 code of what it speaks.
        is_ready: whether its engine is loaded; one that is not is loaded when the voice is asked for.
    """

    name: str
    language: str
    is_ready: bool


StatusListener = Callable[[tuple[ComponentStatus, ...]], None]


class EngineRoster:
    """The engines of this process."""

    def __init__(self) -> None:
        self.vad: VoiceActivityDetector | None = None
        self.turn: EndOfTurnDetector | None = None
        self.turn_reader: EndOfTurnReader | None = None
        self.replies: ReplyEngine | None = None
        self.vad_batcher = VadBatcher(lambda: self.vad)
        self.workload = Workload(lambda: self.queues)
        self._stt: list[Member[SpeechToText]] = []
        self._tts: list[Member[TextToSpeech]] = []
        self._heard_by: dict[tuple[Member[SpeechToText], ...], FallbackStt] = {}
        self._spoken_by: dict[tuple[Member[TextToSpeech], ...], FallbackTts] = {}
        self._providers: list[Provider] = []
        self._statuses: dict[tuple[Job, str], ComponentStatus] = {}
        self._listeners: list[StatusListener] = []
        self.on_wanted: Callable[[str], None] | None = None
        self.on_provider_wanted: Callable[[Provider], None] | None = None

    @property
    def stt_engines(self) -> tuple[SpeechToText, ...]:
        """The speech-to-text engines, the preferred ones first."""
        return tuple(member.engine for member in self._stt)

    @property
    def tts_engines(self) -> tuple[TextToSpeech, ...]:
        """The voices' engines, the preferred ones first."""
        return tuple(member.engine for member in self._tts)

    @property
    def voices(self) -> tuple[OfferedVoice, ...]:
        """The voices that can be chosen, those that are there first; a name more than once if in several languages."""
        found: dict[tuple[str, str], OfferedVoice] = {}
        for voices, is_ready in (
            *((tts.capabilities.voices, True) for tts in self.tts_engines),
            *((provider.voices, False) for provider in self._providers if self._can_come(provider)),
        ):
            for language, names in voices.items():
                for name in names:
                    offer = OfferedVoice(name=name, language=language, is_ready=is_ready)
                    found.setdefault((name, language), offer)
        return tuple(found.values())

    @property
    def providers(self) -> tuple[Provider, ...]:
        """Everyone who was chosen for a job, there or not, in the order in which they are asked."""
        return tuple(self._providers)

    @property
    def statuses(self) -> tuple[ComponentStatus, ...]:
        """The health of every engine that was reported on."""
        return tuple(self._statuses.values())

    def state_of(self, job: Job, name: str) -> ComponentState | None:
        """Return how an engine is; None when nobody has reported on it."""
        status = self._statuses.get((job, name))
        return None if status is None else status.state

    @property
    def queues(self) -> tuple[EngineQueue, ...]:
        """What waits for each engine of ours; those elsewhere keep their own."""
        engines: list[tuple[Job, str, object]] = [
            (Job.TURN, "turn", self.turn),
            *((Job.STT, stt.capabilities.name, stt) for stt in self.stt_engines),
            *((Job.LLM, llm.name, llm) for llm in self._language_models()),
            *((Job.TTS, tts.capabilities.name, tts) for tts in self.tts_engines),
        ]
        return tuple(
            EngineQueue(job=job, engine=name, statistics=engine.statistics())
            for job, name, engine in engines
            if isinstance(engine, Queued)
        )

    @property
    def can_converse(self) -> bool:
        """Whether a spoken turn is possible now."""
        return bool(self.vad and self.replies and self._stt and self._tts)

    def enlist(self, provider: Provider) -> None:
        """Take note of a provider, behind those of its job that are preferred to it."""
        self._providers.append(provider)
        self._providers.sort(key=lambda known: (_JOBS.index(known.stage), known.rank))

    def has_engine_of(self, provider: Provider) -> bool:
        """Whether a provider's engine is there to be asked."""
        replies = self.replies.members if isinstance(self.replies, FallbackReplies) else ()
        members: tuple[Member[SpeechToText] | Member[ReplyEngine] | Member[TextToSpeech], ...] = (
            *self._stt,
            *replies,
            *self._tts,
        )
        return any(member.provider is provider for member in members)

    def add_stt(self, engine: SpeechToText, provider: Provider | None = None) -> None:
        """Add a provider's engine at its place in the order; one that nobody chose, behind those there are."""
        self._stt = _with(self._stt, engine, provider, Stage.STT)

    def add_tts(self, engine: TextToSpeech, provider: Provider | None = None) -> None:
        """Add a provider's engine at its place in the order; one that nobody chose, behind those there are."""
        self._tts = _with(self._tts, engine, provider, Stage.TTS)

    def add_replies(self, engine: ReplyEngine, provider: Provider) -> None:
        """Add a provider's engine at its place in the order."""
        if not isinstance(self.replies, FallbackReplies):
            self.replies = FallbackReplies()
        self.replies.add(Member(engine, provider))

    def report(self, status: ComponentStatus) -> None:
        """Take note of an engine's health, and tell everyone who subscribed if that is news."""
        if self._statuses.get((status.job, status.name)) == status:
            return
        self._statuses[status.job, status.name] = status
        for listener in list(self._listeners):
            listener(self.statuses)

    def forget(self, job: Job, name: str) -> None:
        """Speak no more of an engine that another has replaced."""
        if self._statuses.pop((job, name), None) is not None:
            for listener in list(self._listeners):
                listener(self.statuses)

    def subscribe(self, listener: StatusListener) -> Callable[[], None]:
        """Have `listener` called at each change; the returned function ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def want(self, language: str) -> None:
        """Have the engines of a language made ready, if someone loads engines on demand."""
        if self.on_wanted is not None:
            self.on_wanted(language)

    def want_voice(self, voice: str) -> None:
        """Have the engine of a voice made ready, if it is known which that is and someone loads engines on demand.

        It alone: a voice says nothing about the language that is listened to.
        """
        if self.on_provider_wanted is None or any(_has_voice(member, voice) for member in self._tts):
            return
        for provider in self._providers:
            if self._can_come(provider) and any(voice in names for names in provider.voices.values()):
                self.on_provider_wanted(provider)
                return

    async def voice_when_loaded(self, voice: str) -> None:
        """Have the engine of a voice made ready, and return when it is; at once where its weights are not here."""
        self.want_voice(voice)
        while self._loads(Job.TTS) and any(offer.name == voice and not offer.is_ready for offer in self.voices):
            await self.changed()

    def stt_for(self, language: str) -> SpeechToText:
        """Return the engine for a language ("auto": one that knows many).

        Raises:
            EngineError: `stt_unavailable`.
        """
        members = [member for member in self._stt if _hears(member, language)]
        if not members and language == "auto":
            members = self._stt
        if members and not members[0].provider.is_enlisted:
            return members[0].engine
        if members:
            return self._heard_by.setdefault(tuple(members), FallbackStt(members))
        raise self._unavailable(Job.STT, Stage.STT, f"speech recognition for '{language}'")

    def tts_for(self, language: str, voice: str) -> TextToSpeech:
        """Return the engine that has the voice, else one that speaks the language, else any.

        Raises:
            EngineError: `tts_unavailable`.
        """
        members = sorted(
            (member for member in self._tts if _has_voice(member, voice) or _speaks(member, language)),
            key=lambda member: not _has_voice(member, voice),
        ) or list(self._tts)
        if members and not members[0].provider.is_enlisted:
            return members[0].engine
        if members:
            return self._spoken_by.setdefault(tuple(members), FallbackTts(members))
        raise self._unavailable(Job.TTS, Stage.TTS, "a voice")

    async def stt_when_loaded(self, language: str) -> SpeechToText:
        """Return `stt_for` the language, waiting for an engine that is being loaded from this machine just now.

        Raises:
            EngineError: `stt_unavailable`; at once when its weights have yet to be fetched.
        """
        while self._loads(Job.STT) and not any(_hears(member, language) for member in self._stt):
            await self.changed()
        return self.stt_for(language)

    async def tts_when_loaded(self, language: str, voice: str) -> TextToSpeech:
        """Return `tts_for` the two, waiting for an engine that is being loaded before another has to step in.

        Raises:
            EngineError: `tts_unavailable`; at once when its weights have yet to be fetched.
        """
        await self._until_voices_are_loaded(language, voice)
        return self.tts_for(language, voice)

    async def require_voice(self, language: str) -> None:
        """Return when somebody speaks the language, waiting for a voice that is being loaded.

        A server that does not tell what it speaks is believed to speak it.

        Raises:
            EngineError: `tts_unavailable`, with what to fetch; at once when nobody who speaks it is being loaded.
        """
        await self._until_voices_are_loaded(language, "")
        if not self._speaks(language, ""):
            remedy = "Name one under tts in the settings: a Piper voice (hub:NAME) or a server."
            raise self._unavailable(Job.TTS, Stage.TTS, f"a voice that speaks '{language}'", remedy)

    def reply_engine(self) -> ReplyEngine:
        """Return the engine that answers.

        Raises:
            EngineError: `llm_unavailable`.
        """
        if self.replies is None:
            raise self._unavailable(Job.LLM, Stage.LLM, "a language model")
        return self.replies

    def _language_models(self) -> list[ReplyEngine]:
        replies = self.replies
        engines = replies.engines if isinstance(replies, FallbackReplies) else (replies,)
        current = [engine.engine if isinstance(engine, Takeover) else engine for engine in engines]
        return [engine for engine in current if engine is not None]

    async def _until_voices_are_loaded(self, language: str, voice: str) -> None:
        while self._loads(Job.TTS) and not self._speaks(language, voice):
            await self.changed()

    def _speaks(self, language: str, voice: str) -> bool:
        return any(_has_voice(member, voice) or _speaks(member, language) for member in self._tts)

    def _loads(self, job: Job) -> bool:
        """Whether an engine is being loaded; fetching its weights first takes longer than anyone waits."""
        return any(
            status.job is job and status.state == "loading" and status.progress is None
            for status in self._statuses.values()
        )

    def _can_come(self, provider: Provider) -> bool:
        """Whether voices of a provider are yet to be loaded, and nothing is known to be in the way."""
        if provider.stage is not Stage.TTS or self.has_engine_of(provider):
            return False
        return self.state_of(Job.TTS, provider.title) != "missing"

    async def changed(self) -> None:
        """Wait for the next news of any engine's health."""
        changed = anyio.Event()
        unsubscribe = self.subscribe(lambda _: changed.set())
        try:
            await changed.wait()
        finally:
            unsubscribe()

    def _unavailable(
        self, job: Job, stage: Stage, what: str, otherwise: str = "Run 'vivavoce doctor' to see why."
    ) -> EngineError:
        """Return the error; `otherwise` is what to do where no engine is known to be missing."""
        of_job = [status for status in self._statuses.values() if status.job is job]
        if any(status.state == "loading" for status in of_job):
            remedy = "It is being loaded; try again in a moment."
            message = f"There is no engine for {what} yet."
            return EngineError(f"{job}_unavailable", message, remedy=remedy, stage=stage, retryable=True)
        missing = [f"{status.name}: {status.detail}" for status in of_job if status.state == "missing"]
        remedy = " ".join(missing) or otherwise
        return EngineError(f"{job}_unavailable", f"There is no engine for {what}.", remedy=remedy, stage=stage)


_JOBS = (Stage.STT, Stage.LLM, Stage.TTS)
Engine = TypeVar("Engine")


def _with(
    members: list[Member[Engine]], engine: Engine, provider: Provider | None, stage: Stage
) -> list[Member[Engine]]:
    unchosen = Provider(stage=stage, title="", rank=len(members), is_enlisted=False)
    return sorted([*members, Member(engine, provider or unchosen)], key=lambda member: member.provider.rank)


def _hears(member: Member[SpeechToText], language: str) -> bool:
    languages = member.provider.languages or member.engine.capabilities.languages
    if languages is None or language in languages:
        return True
    # Any of them may come next: who knows one only writes the others down as sounds of that one.
    return language == "auto" and len(languages) > 1


def _speaks(member: Member[TextToSpeech], language: str) -> bool:
    languages, voices = member.provider.languages, member.engine.capabilities.voices
    if languages is not None:
        return language in languages
    # A server does not tell what it speaks: it was chosen, so it is asked.
    return language in voices or (not voices and member.provider.is_enlisted)


def _has_voice(member: Member[TextToSpeech], voice: str) -> bool:
    return bool(voice) and any(voice in names for names in member.engine.capabilities.voices.values())
