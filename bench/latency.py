"""How long a person waits: real recordings, each in a fresh session, against a server in its own process.

Prints the milliseconds from the end of speech to each step on the way to the first audio, on the client's own clock
and, with --extension, on the server's; the word errors; and the clips not answered, or heard as more than one turn.
Plots the waterfall and the distribution of the wait.

    vivavoce bench latency [--speech ../shared/speech] [--llm smollm2-135m] [--extension] [--every N]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from bench.clips import Clip, clips
from bench.latency_plots import distribution, waterfall
from bench.report import Report
from bench.scoring import edit_distance, percentile, word_units
from bench.server import running_server
from vivavoce.client.recordings import load_recording
from vivavoce.client.talk import TalkOptions, session_settings, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.client.turn import Turn

CATEGORIES = ("en_command", "en_read", "en_prompt")
MAX_SECONDS = 9.0

HEARD_SECONDS = 1.0
"""How much of each reply is heard: enough to know that it is one."""

TIMED_TOKENS = 24
"""How long a reply may be whose server's marks are awaited: they come when it is whole."""

CLIENT_STEPS = ("turn_confirmed", "transcript", "first_token", "first_audio")
SERVER_STEPS = ("turn_confirmed", "transcript", "first_token", "first_clause", "first_audio")
PERCENTS = (50, 90, 95)

LIMITS_MS = {"smollm2-135m": {50: 350, 95: 650}, "auto": {50: 700, 95: 1200}}
"""The most that `first_audio` may take after whole sentences, by language model and percentile."""


def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Speak every clip and return what came of each."""
    chosen = clips(options.speech, CATEGORIES, max_seconds=MAX_SECONDS)[:: options.every]
    rows = []
    with running_server(llm=options.llm, wait_for=options.wait_for) as server:
        for number, clip in enumerate(chosen, start=1):
            row = anyio.run(_speak, clip, server.url, options)
            rows.append(row)
            shown = row if options.verbose else f"{row['clip']}: first audio {row['client']['first_audio']} ms"
            print(f"  {number}/{len(chosen)} {shown}", flush=True)
    return rows


async def _speak(clip: Clip, url: str, options: argparse.Namespace) -> dict[str, Any]:
    turns: list[Turn] = []
    settings = session_settings(language="en", turn_detection=options.turn_detection, voice=None)
    if options.extension:
        settings["max_output_tokens"] = TIMED_TOKENS
    talk_options = TalkOptions(
        url=url,
        extensions=options.extension,
        session=settings,
        hang_up_seconds=None if options.extension else HEARD_SECONDS,
    )
    replies = await talk([load_recording(clip.path)], talk_options, on_turn=turns.append)
    report = turns[0].report()
    reference = word_units(clip.transcript or "")
    peak = float(abs(replies).max()) if len(replies) else 0.0
    return {
        "clip": f"{clip.category}/{clip.path.name}",
        "whole": clip.is_whole,
        "words": len(reference) if clip.transcript else 0,
        "word_errors": edit_distance(reference, word_units(str(report["user"]))) if clip.transcript else 0,
        "answered": peak > 0.01,
        **{key: report[key] for key in ("user", "assistant", "turns")},
        "client": report["timing"],
        "server": turns[0].server_marks,
        "faults": report["errors"],
    }


def quantiles(rows: Sequence[dict[str, Any]], clock: str, step: str) -> dict[int, float] | None:
    """Return the percentiles of one step on one clock, in milliseconds; None when it never came."""
    values = [row[clock][step] for row in rows if row[clock].get(step) is not None]
    return {percent: percentile(values, percent) for percent in PERCENTS} if values else None


def _show_clock(report: Report, rows: Sequence[dict[str, Any]], clock: str, steps: Sequence[str]) -> None:
    table: list[tuple[object, ...]] = []
    spans: dict[str, dict[int, float]] = {}
    for step in steps:
        found = quantiles(rows, clock, step)
        count = sum(row[clock].get(step) is not None for row in rows)
        table.append((step, *(found[percent] if found else None for percent in PERCENTS), count))
        if found:
            spans[step] = found
    report.table((f"ms after the end of speech, {clock}", "p50", "p90", "p95", "clips"), table)
    if spans:
        report.plot(lambda axes: waterfall(axes, spans), f"{report.name}-waterfall-{clock}")


def show(report: Report, rows: list[dict[str, Any]], llm: str) -> None:
    """Print the tables and figures, and draw the plots."""
    whole = [row for row in rows if row["whole"]]
    _show_clock(report, whole, "client", CLIENT_STEPS)
    if any(row["server"] for row in rows):
        _show_clock(report, whole, "server", SERVER_STEPS)
    limits = LIMITS_MS.get(llm, {})
    first_audio = quantiles(whole, "client", "first_audio") or {}
    for percent in PERCENTS:
        name = f"first audio after whole sentences, p{percent}"
        report.figure(name, first_audio.get(percent), "ms", limits.get(percent))
    words = sum(row["words"] for row in rows)
    report.figure("word errors", 100 * sum(row["word_errors"] for row in rows) / max(1, words), f"% of {words}")
    report.figure("clips not answered", sum(not row["answered"] for row in rows), f"of {len(rows)}", 0)
    report.figure("clips heard as more than one turn", sum(row["turns"] > 1 for row in rows), f"of {len(rows)}")
    waits = [row["client"]["first_audio"] for row in whole if row["client"]["first_audio"] is not None]
    if waits:
        report.plot(lambda axes: distribution(axes, waits, limits), f"{report.name}-first-audio")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"), help="folder of recordings")
    parser.add_argument("--llm", default="smollm2-135m")
    parser.add_argument("--wait-for", help="a model that must be ready first")
    parser.add_argument("--extension", action="store_true", help="speak vivavoce.v1: the server's marks are shown too")
    parser.add_argument("--turn-detection", default="semantic_vad")
    parser.add_argument("--every", type=int, default=1, help="speak only every Nth clip")
    parser.add_argument("--verbose", action="store_true", help="print everything known of each clip")
    options = parser.parse_args(arguments)
    protocol = "vivavoce.v1" if options.extension else "stock protocol"
    title = f"latency, {options.llm}, {options.turn_detection}, {protocol}"
    report = Report(f"latency-{Path(options.llm).stem}{'-extension' if options.extension else ''}", title)
    rows = measure(options)
    show(report, rows, options.llm)
    report.save(rows)


if __name__ == "__main__":
    main()
