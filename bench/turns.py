"""Whether people are cut off when they pause, and how long they wait when they are done.

Pauses of 200 ms to 2 s are put into recordings, after a function word and where the speaker paused. Every one is spoken
into a session as it is shipped, with the real models; only the clock is virtual, so that the stated delays of the
models hold on any machine. Prints how well each witness tells pauses from ends, how many pauses of each length the
session takes for the end, when it confirms true ends, and the operating points of eot-bench
(github.com/livekit/eot-bench) for silence alone, Smart Turn alone, and ours.

    vivavoce bench turns [--speech ../shared/speech] [--every N]
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.report import Report
from bench.scoring import percentile
from bench.turn_clips import RATE_HZ, Place, last_sound_sample, places, room_noise
from bench.turn_policies import area_under_curve, curve, cut_when_accepted, operating_points
from bench.turn_session import turn_ends
from bench.turn_witnesses import Delays, Witnesses, open_witnesses
from vivavoce.session.judging import FINAL_MARKS
from vivavoce.turntaking.evidence import Evidence, turn_end_probability
from vivavoce.turntaking.settings import SemanticTurns, semantic_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.roster import EngineRoster

PAUSES_MS = (200, 400, 600, 1_000, 2_000)
LEAD_SECONDS = 0.5
TAIL_SECONDS = 3.0
GOES_ON_SECONDS = 0.4
"""How much of the words after a pause is spoken: enough to be heard as speech."""

LATE_SECONDS = 0.1
"""A turn taken for over so soon after its speaker went on was taken for over in the pause."""

ALL_HEARD = SemanticTurns(min_delay_ms=1_000, hear_out_ms=1_000, max_delay_ms=1_500)
"""Waits for every witness, whatever the others say."""

CUT_LIMITS = {600: 12.0, 1_000: 25.0}
CONFIRMED_LIMITS_MS = {50: 290.0, 90: 740.0}
"""First audio is made under the silence and follows within 60 ms: 350 and 800 ms."""
RATIO_LIMIT = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was measured at one place.

    Attributes:
        place: its recording and kind.
        reference: P(end) of Smart Turn alone, 200 ms of digital silence after the words.
        reading: P(end) of the turn reader alone.
        evidence: what all witnesses said in the session.
        confirmed_ms: when the session took a true end for one.
        cut_ms: the pauses that it took for the end.
    """

    place: Place
    reference: float
    reading: float
    evidence: Evidence
    confirmed_ms: float | None
    cut_ms: tuple[int, ...]


def measure(place: Place, witnesses: Witnesses, roster: EngineRoster, seed: int) -> Seen:
    """Speak everything that is to be spoken of one place."""
    alone = place.before if place.kind != "end" else place.before[: last_sound_sample(place.before)]
    padded = np.concatenate([alone, np.zeros(RATE_HZ // 5, np.float32)])
    reference = witnesses.sounds.answer(padded.tobytes(), padded)
    witnesses.evidence = Evidence()
    turn_ends(_paused(place, TAIL_SECONDS, seed, goes_on=False), roster, ALL_HEARD)
    evidence = witnesses.evidence
    words = (evidence.words or "").rstrip(FINAL_MARKS)
    # The session asks the reader only in doubt; here it is wanted of every pause, to be compared.
    reading = witnesses.readings.answer(words, words) if words else None
    confirmed, cut = None, []
    if place.kind == "end":
        ends = turn_ends(_paused(place, TAIL_SECONDS, seed, goes_on=False), roster, semantic_turns("auto"))
        confirmed = (ends[-1] - _lead_seconds(seed) - place.speech_end_seconds) * 1000 if ends else None
    else:
        cut = [pause for pause in PAUSES_MS if _is_cut(place, pause, roster, seed)]
    return Seen(
        place=place,
        reference=reference,
        reading=reading or 0.0,
        evidence=evidence,
        confirmed_ms=confirmed,
        cut_ms=tuple(cut),
    )


def _is_cut(place: Place, pause_ms: int, roster: EngineRoster, seed: int) -> bool:
    starts = _lead_seconds(seed) + place.speech_end_seconds
    ends = turn_ends(_paused(place, pause_ms / 1000, seed, goes_on=True), roster, semantic_turns("auto"))
    return any(starts <= end < starts + pause_ms / 1000 + LATE_SECONDS for end in ends)


def _paused(place: Place, seconds: float, seed: int, *, goes_on: bool) -> Samples:
    """Return the words up to a place, and silence after them; `goes_on` with the words after it."""
    recording = np.concatenate([place.before, place.after])
    lead = room_noise(recording, int(_lead_seconds(seed) * RATE_HZ), seed=seed)
    silence = room_noise(recording, int(seconds * RATE_HZ), seed=seed + 1)
    after = place.after[: int(GOES_ON_SECONDS * RATE_HZ)] if goes_on else place.after[:0]
    return np.concatenate([lead, place.before, silence, after])


def _lead_seconds(seed: int) -> float:
    """Frames of 32 ms and packets of 20 ms fall differently on every recording, as they do on every caller."""
    return LEAD_SECONDS + 0.005 * (seed % 32)


def show(report: Report, seen: list[Seen], witnesses: Witnesses) -> None:
    """Print all there is to say."""
    ends = [one for one in seen if one.place.kind == "end"]
    marked = [one for one in seen if one.place.kind == "marked"]
    natural = [one for one in seen if one.place.kind == "natural"]
    print(f"  {len(marked)} pauses after a function word, {len(natural)} natural ones, {len(ends)} ends")
    _show_witnesses(report, ends, marked, natural)
    _show_cuts(report, marked, natural)
    confirmed = [one.confirmed_ms for one in ends if one.confirmed_ms is not None]
    for percent in (50, 90, 95):
        limit = CONFIRMED_LIMITS_MS.get(percent)
        report.figure(f"true ends confirmed p{percent}", percentile(confirmed, percent), "ms", limit)
    _show_policies(report, ends, marked + natural, confirmed)
    assumed = witnesses.delays
    rows = [
        (name, 1000 * seconds, percentile(took_ms, 50), percentile(took_ms, 95))
        for name, seconds, took_ms in (
            ("transcript", assumed.transcript, witnesses.transcripts.took_ms),
            ("Smart Turn", assumed.sound, witnesses.sounds.took_ms),
            ("turn reader", assumed.words, witnesses.readings.took_ms),
        )
    ]
    report.table(("model", "assumed ms", "took p50 ms", "took p95 ms"), rows)


def _show_witnesses(report: Report, ends: list[Seen], marked: list[Seen], natural: list[Seen]) -> None:
    scores: dict[str, Callable[[Seen], float]] = {
        "Smart Turn, 200 ms of digital silence": lambda one: one.reference,
        "Smart Turn, as the session asks": lambda one: one.evidence.sound or 0.0,
        "turn reader": lambda one: one.reading,
        "ours, no turn reader": lambda one: turn_end_probability(replace(one.evidence, continuation=None)),
        "ours": lambda one: turn_end_probability(one.evidence),
    }
    rows: list[tuple[object, ...]] = []
    cuts: list[float] = []
    for name, score in scores.items():
        of_ends, of_marked, of_natural = ([score(one) for one in some] for some in (ends, marked, natural))
        at_95, at_90 = (100 * cut_when_accepted(of_ends, of_marked, accepted) for accepted in (95, 90))
        rows.append((name, area_under_curve(of_ends, of_marked), at_95, at_90, area_under_curve(of_ends, of_natural)))
        cuts.append(at_95)
    report.table(("witness", "AUC", "cut % at 95 % accepted", "at 90 %", "AUC, natural pauses"), rows)
    reference, ours = cuts[0], cuts[-1]
    report.figure("hesitations cut at 95 % of ends, Smart Turn alone", reference, "%")
    report.figure("hesitations cut at 95 % of ends, ours", ours, "%")
    report.figure("ours of Smart Turn's", 100 * ours / reference if reference else None, "%", RATIO_LIMIT)


def _show_cuts(report: Report, marked: list[Seen], natural: list[Seen]) -> None:
    def cut(some: list[Seen], pause: int) -> float | None:
        return 100 * sum(pause in one.cut_ms for one in some) / len(some) if some else None

    rows = [(pause, cut(marked, pause), cut(natural, pause)) for pause in PAUSES_MS]
    report.table(("pause ms", "cut %, after a function word", "cut %, natural"), rows)
    for pause, limit in CUT_LIMITS.items():
        report.figure(f"pauses of {pause} ms cut in on", cut(marked, pause), "%", limit)


def _show_policies(report: Report, ends: list[Seen], pauses: list[Seen], confirmed: list[float]) -> None:
    scores: dict[str, Callable[[Seen], float]] = {
        "silence alone": lambda _: 0.0,
        "Smart Turn alone": lambda one: one.reference,
        "ours": lambda one: turn_end_probability(one.evidence),
    }
    curves = {
        name: curve([score(one) for one in ends], [score(one) for one in pauses for _ in PAUSES_MS],
                    [pause for _ in pauses for pause in PAUSES_MS])
        for name, score in scores.items()
    }  # fmt: skip
    rows = [(name, *operating_points(points)) for name, points in curves.items()]
    report.table(("best policy", "cut % at 300 ms", "at 600 ms", "delay ms at 5 % cut", "at 10 %"), rows)
    mean_ms = float(np.mean(confirmed)) if confirmed else None
    cut = 100 * sum(len(one.cut_ms) for one in pauses) / max(1, len(PAUSES_MS) * len(pauses))
    report.figure("all pauses cut, session as shipped", cut, "%")
    report.figure("mean delay of true ends, session as shipped", mean_ms, "ms")

    def draw(axes: Axes) -> None:
        for name, points in curves.items():
            axes.plot([delay for delay, _ in points], [share for _, share in points], label=name)
        if mean_ms is not None:
            axes.plot([mean_ms], [cut], "ko", label="session as shipped")
        axes.set(xlim=(0, 2_000), ylim=(0, 100), xlabel="mean delay at true ends, ms", ylabel="pauses cut in on, %")
        axes.legend()

    report.plot(draw, "turns")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"), help="folder of recordings")
    parser.add_argument("--every", type=int, default=1, help="measure only every Nth place")
    parser.add_argument("--seed", type=int, default=0, help="other noise, and so other places of frames and packets")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--transcript-ms", type=float, default=80.0, help="how long the recogniser takes")
    parser.add_argument("--sound-ms", type=float, default=40.0, help="how long Smart Turn takes")
    parser.add_argument("--words-ms", type=float, default=30.0, help="how long the turn reader takes")
    options = parser.parse_args(arguments)
    delays = Delays(
        transcript=options.transcript_ms / 1000, sound=options.sound_ms / 1000, words=options.words_ms / 1000
    )
    chosen = places(options.speech)[:: options.every]
    report = Report("turns", "turns: pauses cut in on, and true ends confirmed")
    began = time.monotonic()
    with open_witnesses(delays) as witnesses:
        roster = witnesses.roster()
        seen = []
        for number, place in enumerate(chosen):
            seen.append(measure(place, witnesses, roster, seed=number + options.seed))
            if options.verbose:
                print(f"  {place.kind} {place.name}: {_row(seen[-1])}", flush=True)
        show(report, seen, witnesses)
    print(f"  {time.monotonic() - began:.0f} s", flush=True)
    report.save([_row(one) for one in seen])


def _row(one: Seen) -> dict[str, Any]:
    return {
        "clip": one.place.name,
        "kind": one.place.kind,
        "smart_turn": one.reference,
        "ours": turn_end_probability(one.evidence),
        **asdict(one.evidence),
        "confirmed_ms": one.confirmed_ms,
        "cut_ms": one.cut_ms,
    }


if __name__ == "__main__":
    main()
