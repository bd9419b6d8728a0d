"""How many people one server can talk with: paced users in another process, on the same machine.

With engines that cost nothing, what is measured is the server itself: the time it adds to what its own detector takes
(decoder, Silero and turn detector replayed on the same frames), CPU seconds for a minute of a session's audio, memory a
session, and how late its event loop runs. With embedded engines: the wait for the first audio, alone and with eight
people who all ask at the same moment.

    vivavoce bench load [-n 1 20 100] [--engines instant] [--protocol stock] [--seconds 60] [--peer pipecat]
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.load_peer import PEER_SCRIPT, measure_peer
from bench.load_run import SILENCE_MS, Outcome, Run, measure
from bench.question import questions
from bench.report import Report
from bench.scoring import percentile

if TYPE_CHECKING:
    from collections.abc import Sequence

TALKERS = 8
STANDARD = (
    *(Run(engines="instant", protocol="stock", users=users) for users in (1, 20, 100)),
    *(Run(engines="instant", protocol="extension", users=users) for users in (1, 100)),
    Run(engines="embedded", protocol="stock", users=1),
    Run(engines="embedded", protocol="stock", users=TALKERS, at_once=True),
    Run(engines="embedded", protocol="extension", users=TALKERS, at_once=True),
)

ADDED_LIMIT_MS = {1: 5.0, 100: 50.0}
CPU_LIMIT_SECONDS = 0.4
MEMORY_LIMIT_MB = 1.0
LOOP_LAG_LIMIT_MS = 10.0
TALKERS_LIMIT_MS = 3_000.0
FULL = 100


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    options = _parser().parse_args(arguments)
    report = Report("load", "Load: many people talking to one server")
    outcomes: dict[Run, Outcome] = {}
    for run in _runs(options):
        print(f"  {run.name} ...", flush=True)
        outcomes[run] = measure(run, speech=options.speech, seconds=options.seconds, llm=options.llm)
        for failure in outcomes[run].failures[:3]:
            print(f"    {failure}", flush=True)
    _show(report, outcomes)
    for run, outcome in outcomes.items():
        _judge(report, run, outcome)
    peer = _measure_peer(report, options, outcomes) if options.peer else []
    report.save({"runs": [{**asdict(run), **asdict(outcome)} for run, outcome in outcomes.items()], "peer": peer})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, nargs="+", default=[], help="how many users; not given: what is claimed")
    parser.add_argument("--engines", choices=("instant", "embedded"), default="instant")
    parser.add_argument("--protocol", choices=("stock", "extension"), default="stock")
    parser.add_argument("--at-once", action="store_true", help="all users ask at the same moment")
    parser.add_argument("--llm", default="smollm2-135m", help="language model of the embedded engines")
    parser.add_argument("--seconds", type=float, default=60.0, help="length of each measurement")
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"), help="folder of recordings")
    parser.add_argument("--peer", choices=("pipecat",), help="measure this too, on the same input")
    parser.add_argument("--peer-script", type=Path, default=PEER_SCRIPT, help="the peer's bench")
    return parser


def _runs(options: argparse.Namespace) -> tuple[Run, ...]:
    chosen = (
        Run(engines=options.engines, protocol=options.protocol, users=users, at_once=options.at_once)
        for users in options.n
    )
    return tuple(chosen) or STANDARD


def _show(report: Report, outcomes: dict[Run, Outcome]) -> None:
    report.table(
        ("engines, protocol, users", "turns", "failed", "first audio p50", "p95", "added p50", "p95", "fairness"),
        [(run.name, len(outcome.turns), len(outcome.failures), *_waits(outcome)) for run, outcome in outcomes.items()],
    )
    report.table(
        ("", "CPU s/min", "children", "RSS MB", "USS MB", "loop lag p99", "bench late p99"),
        [
            (
                run.name,
                outcome.cpu_seconds,
                outcome.children_seconds,
                outcome.rss_mb,
                outcome.uss_mb,
                outcome.loop_lag_ms,
                outcome.late_ms,
            )
            for run, outcome in outcomes.items()
        ],
    )


def _judge(report: Report, run: Run, outcome: Outcome) -> None:
    """Put the figures that are promised beside their limits."""
    _, first_audio, _, added, fairness = _waits(outcome)
    report.figure(f"{run.name}: failures", len(outcome.failures), "", 0)
    if run.engines == "instant":
        report.figure(f"{run.name}: added, p95", added, "ms", ADDED_LIMIT_MS.get(run.users))
    elif run.users == TALKERS:
        report.figure(f"{run.name}: first audio, p95", first_audio, "ms", TALKERS_LIMIT_MS)
        report.figure(f"{run.name}: worst user's median / best's", fairness, "")
    if run.users == FULL:
        report.figure(f"{run.name}: CPU seconds a minute", outcome.cpu_seconds, "s", CPU_LIMIT_SECONDS)
        report.figure(f"{run.name}: memory a session (RSS)", outcome.rss_mb, "MB", MEMORY_LIMIT_MB)
        report.figure(f"{run.name}: loop lag, p99", outcome.loop_lag_ms, "ms", LOOP_LAG_LIMIT_MS)


def _waits(outcome: Outcome) -> tuple[float | None, ...]:
    """Return p50 and p95 of the first audio and of what was added, and the worst user's median over the best's."""
    first_audio = [turn.first_audio_ms for turn in outcome.turns]
    added = [turn.added_ms for turn in outcome.turns if turn.added_ms is not None]
    by_user: dict[int, list[float]] = {}
    for turn in outcome.turns:
        by_user.setdefault(turn.user, []).append(turn.first_audio_ms)
    medians = [percentile(values, 50) for values in by_user.values()]
    waits = [percentile(values, percent) if values else None for values in (first_audio, added) for percent in (50, 95)]
    return (*waits, max(medians) / min(medians) if medians else None)


def _measure_peer(report: Report, options: argparse.Namespace, outcomes: dict[Run, Outcome]) -> list[dict[str, Any]]:
    speech = questions(options.speech, silence_ms=SILENCE_MS)[0]
    users = [run.users for run in outcomes if run.engines == "instant" and run.protocol == "stock"]
    return measure_peer(report, options.peer_script, speech, users, seconds=options.seconds, silence_ms=SILENCE_MS)


if __name__ == "__main__":
    main()
