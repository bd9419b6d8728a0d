"""What `vivavoce doctor` looks at: each check is one question about this machine, with an answer and a mend.

Owns the checks. Refuses to print. Every engine check is a real inference.
"""

from __future__ import annotations

import shutil
import socket
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio

from vivavoce.app.host import model_store, open_engines
from vivavoce.app.providers.health import look_at
from vivavoce.audio.resample import resample
from vivavoce.client.live import check_devices
from vivavoce.engines.protocols import ChatMessage, ReplyRequest, SynthesisRequest, TextDelta
from vivavoce.errors import Stage, VivavoceError
from vivavoce.server.settings import BUILT_PAGE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    import numpy as np
    import numpy.typing as npt

    from vivavoce.engines.fallback import Provider
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.settings import Settings

__all__ = ["Finding", "run_checks"]

MIN_FREE_BYTES = 2 * 1024**3
MIN_PYTHON = (3, 11)
INFERENCE_DEADLINE_SECONDS = 60.0
SENTENCE = "The weather is nice today."
_JOBS = {Stage.STT: "speech recognition", Stage.LLM: "language model", Stage.TTS: "voice"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer. `is_needed`: a conversation cannot be had without it. `mend` is empty when all is well."""

    check: str
    is_well: bool
    detail: str
    mend: str = ""
    is_needed: bool = True


async def run_checks(settings: Settings) -> AsyncIterator[Finding]:
    """Yield the answers one by one, the quick ones first."""
    yield _python()
    yield _disk(settings)
    yield _page()
    yield _port(settings)
    yield _devices()
    async for finding in _engines(settings):
        yield finding


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    is_well = sys.version_info[:2] >= MIN_PYTHON
    return Finding(check="Python", is_well=is_well, detail=version, mend="" if is_well else "Install Python 3.11.")


def _disk(settings: Settings) -> Finding:
    folder = model_store(settings).root
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(existing).free
    is_well = free >= MIN_FREE_BYTES
    mend = "" if is_well else f"Free some space at {existing}, or set VIVAVOCE_MODELS to another folder."
    return Finding(check="disk", is_well=is_well, detail=f"{free / 1024**3:.1f} GiB free for models", mend=mend)


def _page() -> Finding:
    is_well = (BUILT_PAGE / "index.html").is_file()
    mend = "" if is_well else "Run 'make setup' in the project, or install the wheel."
    return Finding(check="page", is_well=is_well, detail="built" if is_well else "not built", mend=mend)


def _port(settings: Settings) -> Finding:
    try:
        family, kind, _, _, address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        mend = "Stop the program that uses it, or use --port."
        return Finding(check="port", is_well=False, detail=f"{settings.port}: {error.strerror}", mend=mend)
    return Finding(check="port", is_well=True, detail=f"{settings.port} is free")


def _devices() -> Finding:
    try:
        return Finding(check="microphone", is_well=True, detail=check_devices(), is_needed=False)
    except VivavoceError as error:
        return Finding(check="microphone", is_well=False, detail=error.message, mend=error.remedy, is_needed=False)


async def _engines(settings: Settings) -> AsyncIterator[Finding]:
    async with open_engines(settings) as roster:
        for provider in roster.providers:
            if provider.look is not None:
                yield await _server(provider, roster)
        spoken: list[npt.NDArray[np.float32]] = []
        checks: dict[str, Callable[[], Awaitable[str]]] = {
            "voice": lambda: _speak(roster, settings, spoken),
            "speech recognition": lambda: _recognise(roster, settings, spoken),
            "speech detection": lambda: _detect(roster, spoken),
            "end of turn": lambda: _judge(roster, spoken),
            "language model": lambda: _answer(roster),
        }
        for name, check in checks.items():
            started = time.perf_counter()
            try:
                with anyio.fail_after(INFERENCE_DEADLINE_SECONDS):
                    detail = await check()
            except VivavoceError as error:
                yield Finding(check=name, is_well=False, detail=error.message, mend=error.remedy)
            except TimeoutError:
                yield Finding(
                    check=name, is_well=False, detail="It did not answer within a minute.", mend="Restart the machine."
                )
            else:
                took_ms = (time.perf_counter() - started) * 1000
                yield Finding(check=name, is_well=True, detail=f"{detail} ({took_ms:.0f} ms)")


async def _server(provider: Provider, roster: EngineRoster) -> Finding:
    """Look at a server among the providers; one with another behind it can be done without."""
    names = [other.title for other in roster.providers if other.stage is provider.stage]
    check = f"{_JOBS[provider.stage]} {names.index(provider.title) + 1} of {len(names)}"
    started = time.perf_counter()
    await look_at(provider, INFERENCE_DEADLINE_SECONDS)
    took_ms = (time.perf_counter() - started) * 1000
    error = provider.last_error
    if error is not None and provider.is_down:
        is_needed = len(names) == 1
        return Finding(
            check=check,
            is_well=False,
            detail=f"{provider.title}: {error.message}",
            mend=error.remedy,
            is_needed=is_needed,
        )
    return Finding(check=check, is_well=True, detail=f"{provider.title} is there ({took_ms:.0f} ms)")


async def _speak(roster: EngineRoster, settings: Settings, spoken: list[npt.NDArray[np.float32]]) -> str:
    language = "en" if settings.language == "auto" else settings.language
    engine = roster.tts_for(language, settings.voice)
    request, rate_hz = SynthesisRequest(text=SENTENCE, language=language), engine.capabilities.sample_rate_hz
    spoken.extend(
        [resample(chunk.audio, chunk.sample_rate_hz or rate_hz, 16_000) async for chunk in engine.synthesize(request)]
    )
    return f"{_last(roster, Stage.TTS, engine.capabilities.name)} speaks"


async def _recognise(roster: EngineRoster, settings: Settings, spoken: list[npt.NDArray[np.float32]]) -> str:
    language = "en" if settings.language == "auto" else settings.language
    engine = roster.stt_for(language)
    words = await engine.transcribe(_joined(spoken), language=language)
    return f"{_last(roster, Stage.STT, engine.capabilities.name)} heard '{words.text}'"


async def _detect(roster: EngineRoster, spoken: list[npt.NDArray[np.float32]]) -> str:
    vad = roster.vad
    if vad is None:
        raise _missing("vad", "speech detector")
    state, audio = vad.initial_state()[None, :], _joined(spoken)
    step = vad.frame_samples
    peaks = [
        float(vad.probabilities(audio[None, at : at + step], state)[0]) for at in range(0, len(audio) - step + 1, step)
    ]
    return f"speech found with probability {max(peaks, default=0.0):.2f}"


async def _judge(roster: EngineRoster, spoken: list[npt.NDArray[np.float32]]) -> str:
    if roster.turn is None:
        raise _missing("turn", "end-of-turn detector")
    return f"sentence over with probability {await roster.turn.probability(_joined(spoken)):.2f}"


async def _answer(roster: EngineRoster) -> str:
    engine = roster.reply_engine()
    request = ReplyRequest(messages=(ChatMessage(role="user", content="Say hello."),), max_tokens=16)
    words = [delta.text async for delta in engine.reply(request) if isinstance(delta, TextDelta)]
    return f"{_last(roster, Stage.LLM, engine.name)} answered '{''.join(words).strip()[:40]}'"


def _last(roster: EngineRoster, stage: Stage, name: str) -> str:
    """Return whoever of a job answered last: with several providers that need not be the first."""
    answered = [
        (provider.last_answer_at, provider.model if provider.look is None else provider.title)
        for provider in roster.providers
        if provider.stage is stage and provider.last_answer_at is not None
    ]
    return max(answered)[1] if answered else name


def _joined(spoken: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    import numpy as np

    return np.concatenate(spoken) if spoken else np.zeros(16_000, np.float32)


def _missing(code: str, what: str) -> VivavoceError:
    return VivavoceError(f"{code}_unavailable", f"There is no {what}.", remedy="Run: vivavoce models pull")
