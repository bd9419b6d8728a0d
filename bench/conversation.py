"""Spoken turns from end to end: real recordings, each in a fresh session, against a server in its own process.

Prints the word error rate, the clips not answered, and the time from the end of speech to each step.

    python -m bench.conversation [--speech ../shared/speech] [--llm smollm2-135m] [--extension] [--limit N]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from bench.clips import Clip, clips
from bench.machine import machine, write_results
from bench.scoring import edit_distance, percentile, word_units
from bench.server import running_server
from vivavoce.client.recordings import load_recording
from vivavoce.client.talk import TalkOptions, session_settings, talk

if TYPE_CHECKING:
    from vivavoce.client.turn import Turn

CATEGORIES = ("en_command", "en_read", "en_prompt")
HEARD_SECONDS = 1.0
"""How much of each reply is heard: enough to know that it is one."""

STEPS = ("turn_confirmed", "transcript", "first_token", "first_audio")


def measure(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Speak every clip and return what came of each."""
    chosen = clips(options.speech, CATEGORIES, max_seconds=9.0)[:: options.every]
    rows = []
    with running_server(llm=options.llm, wait_for=options.wait_for) as server:
        for clip in chosen:
            rows.append(anyio.run(_speak, clip, server.url, options))
            if options.verbose:
                print(rows[-1])
    return rows


async def _speak(clip: Clip, url: str, options: argparse.Namespace) -> dict[str, Any]:
    turns: list[Turn] = []
    settings = session_settings(language="en", turn_detection=options.turn_detection, voice=None)
    talk_options = TalkOptions(url=url, extensions=options.extension, session=settings, hang_up_seconds=HEARD_SECONDS)
    replies = await talk([load_recording(clip.path)], talk_options, on_turn=turns.append)
    report = turns[0].report()
    reference = word_units(clip.transcript or "")
    peak = float(abs(replies).max()) if len(replies) else 0.0
    return {
        "clip": f"{clip.category}/{clip.path.name}",
        "whole": clip.is_whole,
        "words": len(reference) if clip.transcript else 0,
        "errors": edit_distance(reference, word_units(str(report["user"]))) if clip.transcript else 0,
        "answered": peak > 0.01,
        **{key: report[key] for key in ("user", "assistant", "turns", "timing", "errors") if key != "errors"},
        "faults": report["errors"],
    }


def show(rows: list[dict[str, Any]], title: str) -> None:
    """Print the table."""
    words = sum(row["words"] for row in rows)
    errors = sum(row["errors"] for row in rows)
    print(f"\n{title}\n{machine()}")
    print(f"clips {len(rows)}, not answered {sum(not row['answered'] for row in rows)}")
    print(f"word errors {100 * errors / max(1, words):.1f} % of {words}")
    print(f"clips heard as more than one turn: {sum(row['turns'] > 1 for row in rows)}")
    whole = [row for row in rows if row["whole"]]
    print(f"milliseconds after the end of speech, {len(whole)} clips that are whole sentences:")
    for step in STEPS:
        values = [row["timing"][step] for row in whole if row["timing"][step] is not None]
        if values:
            shown = "  ".join(f"p{percent} {percentile(values, percent):6.0f}" for percent in (50, 90, 95))
            print(f"  {step:16s} {shown}  n {len(values)}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"))
    parser.add_argument("--llm", default="smollm2-135m")
    parser.add_argument("--wait-for", help="a model that must be ready first")
    parser.add_argument("--extension", action="store_true", help="speak vivavoce.v1 instead of the stock protocol")
    parser.add_argument("--turn-detection", default="semantic_vad")
    parser.add_argument("--every", type=int, default=1, help="speak only every Nth clip")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    rows = measure(options)
    title = f"conversation, {options.llm}, {options.turn_detection}, {'vivavoce.v1' if options.extension else 'stock'}"
    show(rows, title)
    write_results(f"conversation-{options.llm}", rows)


if __name__ == "__main__":
    main()
