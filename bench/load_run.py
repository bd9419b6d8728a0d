"""One crowd at one server: who talks, and what it took.

Owns a run from the server's start to its figures. Refuses to choose runs and to judge what came of them.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import uvloop

from bench.crowd import FRAME_SECONDS, Crowd, Script, User
from bench.question import own_stops, questions
from bench.scoring import percentile
from bench.server import RunningServer, running_server

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.crowd import Spoken
    from vivavoce.audio.pcm import Samples

__all__ = ["SILENCE_MS", "Outcome", "Run", "Turn", "measure"]

SILENCE_MS = 200
"""Silence that ends a turn where engines cost nothing: short, and the same for the peer."""

CYCLE_SECONDS = {"instant": 8.0, "embedded": 12.0}
ANSWERED_WITHIN_SECONDS = {"instant": 2.0, "embedded": 10.0}
DIFFERENT_QUESTIONS = 8
RAMP_SECONDS = 2.0
WARM_SECONDS = 8.0
SETTLE_SECONDS = 2.0

Engines = Literal["instant", "embedded"]
Protocol = Literal["stock", "extension"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crowd; `at_once`: all of them ask at the same moment."""

    engines: Engines
    protocol: Protocol
    users: int
    at_once: bool = False

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"{self.engines}, {self.protocol}, {self.users}{' at once' if self.at_once else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One answered turn.

    Attributes:
        user: who.
        first_audio_ms: from the end of speech to the answer's first audio.
        added_ms: of this, what passed after the detector's own stop had been sent; None where that is not known.
    """

    user: int
    first_audio_ms: float
    added_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a run.

    Attributes:
        failures: turns not answered, errors, users hung up on.
        cpu_seconds: of the server's process, for a minute of a session's audio.
        children_seconds: of its children, the same.
        rss_mb: how much the server's memory grew a session, shared pages included.
        uss_mb: the same without them.
        loop_lag_ms: how late the server's event loop runs (99th percentile), as it says itself.
        late_ms: how late the bench itself sent its frames (99th percentile).
    """

    turns: list[Turn]
    failures: list[str]
    cpu_seconds: float
    children_seconds: float
    rss_mb: float
    uss_mb: float
    loop_lag_ms: float
    late_ms: float


def measure(run: Run, *, speech: Path, seconds: float, llm: str) -> Outcome:
    """Start a server, have the crowd talk to it for that long, and return what came of it."""
    count = 1 if run.engines == "instant" else DIFFERENT_QUESTIONS
    speeches = questions(speech, silence_ms=SILENCE_MS, count=count)
    with running_server("--engines", run.engines, llm=llm) as server:
        return uvloop.run(_talk(run, server, _scripts(run, speeches), seconds=seconds))


def _scripts(run: Run, speeches: Sequence[Samples]) -> list[Script]:
    cycle = round(CYCLE_SECONDS[run.engines] / FRAME_SECONDS)
    return [
        Script(
            speeches[number % len(speeches)],
            cycle_frames=cycle,
            # Spread over the cycle, at steps that share no factor with it.
            offset_frames=0 if run.at_once else number * 37 % cycle,
        )
        for number in range(run.users)
    ]


async def _talk(run: Run, server: RunningServer, scripts: list[Script], *, seconds: float) -> Outcome:
    await _warm_up(run, server, scripts[0])
    before = server.process.memory_full_info()
    warm, frames = (round(length / FRAME_SECONDS) for length in (WARM_SECONDS, WARM_SECONDS + seconds))
    stops = _own_stops(run, scripts, frames)
    crowd = Crowd([_user(run, script, own) for script, own in zip(scripts, stops, strict=True)])
    await crowd.connect(server.port, within_seconds=RAMP_SECONDS)
    await crowd.speak(warm)
    crowd.late_ms.clear()
    cpu, began = _cpu_seconds(server), time.monotonic()
    await crowd.speak(frames - warm)
    ended = time.monotonic()
    used = [(after - first) * 60 / (ended - began) for first, after in zip(cpu, _cpu_seconds(server), strict=True)]
    memory = server.process.memory_full_info()
    health = await asyncio.to_thread(server.health)
    lost = [f"user {number} was hung up on" for number, user in enumerate(crowd.users) if not user.is_open]
    crowd.close()
    await asyncio.sleep(SETTLE_SECONDS)
    last = ended - ANSWERED_WITHIN_SECONDS[run.engines]
    said = [[turn for turn in user.spoken if began <= turn.ended_at < last] for user in crowd.users]
    return Outcome(
        turns=[
            turn
            for number, user in enumerate(crowd.users)
            for spoken in said[number]
            if (turn := _turn(number, user, spoken, stops[number])) is not None
        ],
        failures=[*lost, *_failures(crowd.users, said)],
        cpu_seconds=used[0] / run.users,
        children_seconds=used[1] / run.users,
        rss_mb=(memory.rss - before.rss) / 2**20 / run.users,
        uss_mb=(memory.uss - before.uss) / 2**20 / run.users,
        loop_lag_ms=health["load"]["loop_lag_seconds"] * 1000,
        late_ms=percentile(crowd.late_ms, 99),
    )


async def _warm_up(run: Run, server: RunningServer, script: Script) -> None:
    """Have one turn, so that nothing that is made once is counted as a session's."""
    crowd = Crowd([_user(run, script, [])])
    await crowd.connect(server.port, within_seconds=0.0)
    await crowd.speak(round(CYCLE_SECONDS[run.engines] / FRAME_SECONDS))
    crowd.close()
    await asyncio.sleep(SETTLE_SECONDS)


def _user(run: Run, script: Script, stops: list[int]) -> User:
    # Engines that take time are met as the page meets them: turns end when the sentence sounds finished.
    by_silence = {"type": "server_vad", "silence_duration_ms": SILENCE_MS}
    turns = by_silence if run.engines == "instant" else {"type": "semantic_vad"}
    session = {"audio": {"input": {"turn_detection": turns}}}
    return User(script, session=session, extensions=run.protocol == "extension", watched=set(stops))


def _own_stops(run: Run, scripts: list[Script], frames: int) -> list[list[int]]:
    if run.engines == "instant":
        return own_stops(scripts, frames, silence_ms=SILENCE_MS)
    return [[] for _ in scripts]


def _turn(number: int, user: User, spoken: Spoken, stops: list[int]) -> Turn | None:
    if spoken.answered_at is None:
        return None
    next_stop = bisect_left(stops, spoken.last_frame)
    stop_sent = user.sent_at.get(stops[next_stop]) if next_stop < len(stops) else None
    return Turn(
        user=number,
        first_audio_ms=(spoken.answered_at - spoken.ended_at) * 1000,
        added_ms=None if stop_sent is None else (spoken.answered_at - stop_sent) * 1000,
    )


def _failures(users: Sequence[User], said: list[list[Spoken]]) -> list[str]:
    unanswered = [
        f"user {number} was not answered"
        for number, turns in enumerate(said)
        for turn in turns
        if turn.answered_at is None
    ]
    return unanswered + [f"user {number}: {fault}" for number, user in enumerate(users) for fault in user.faults]


def _cpu_seconds(server: RunningServer) -> tuple[float, float]:
    """Return what the server's process has used, and what its children have."""
    process = server.process
    own = process.cpu_times()
    children = [child.cpu_times() for child in process.children(recursive=True)]
    return own.user + own.system, sum(times.user + times.system for times in children)
