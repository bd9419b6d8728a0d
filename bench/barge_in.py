"""Interruptions: how soon the client is silent once someone speaks over a reply, and what the conversation keeps.

Each pair of recordings is one session: the second begins into the reply to the first. Prints the milliseconds from the
first speech to silence, the audio that still came afterwards, and whether what is kept is what was heard.

    vivavoce bench barge-in [--speech ../shared/speech] [-n 12]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from bench.clips import Clip, clips
from bench.report import Report
from bench.scoring import percentile
from bench.server import running_server
from vivavoce.client.recordings import load_recording
from vivavoce.client.talk import TalkOptions, session_settings, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.client.turn import Turn

INTO_REPLY_SECONDS = 0.8
SILENCE_LIMIT_MS = 150
ASK_LONG = "Tell everything you know, in many long sentences, whatever you are asked."


async def _interrupt(first: Clip, second: Clip, url: str, *, extensions: bool) -> dict[str, Any]:
    turns: list[Turn] = []
    session = session_settings(language="en", turn_detection="semantic_vad", voice=None)
    options = TalkOptions(
        url=url,
        extensions=extensions,
        barge_in_seconds=INTO_REPLY_SECONDS,
        session={**session, "instructions": ASK_LONG},
    )
    recordings = [load_recording(clip.path) for clip in (first, second)]
    await talk(recordings, options, on_turn=turns.append)
    interrupted, speaker = turns
    began = speaker.speech_end_at - recordings[1].speech_end_seconds + recordings[1].speech_start_seconds
    silenced = interrupted.silenced_at
    return {
        "pair": f"{first.path.name} / {second.path.name}",
        "silence_ms": None if silenced is None else round((silenced - began) * 1000),
        "late_audio": interrupted.late_audio,
        "generated": interrupted.assistant.strip(),
        "heard": str(interrupted.report()["heard"]),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"), help="folder of recordings")
    parser.add_argument("-n", type=int, default=12)
    parser.add_argument("--stock", action="store_true")
    options = parser.parse_args(arguments)
    report = Report("barge-in", f"barge-in, {'stock protocol' if options.stock else 'vivavoce.v1'}")
    chosen = clips(options.speech, ("en_command", "en_prompt"), max_seconds=5.0)
    pairs = list(zip(chosen[::2], chosen[1::2], strict=False))[: options.n]
    with running_server() as server:
        rows = [anyio.run(_run, pair, server.url, not options.stock) for pair in pairs]
    cells = [(row["pair"], row["silence_ms"], row["late_audio"], row["heard"][:60]) for row in rows]
    report.table(("pair", "silence ms", "late messages", "heard"), cells)
    times = [row["silence_ms"] for row in rows if row["silence_ms"] is not None]
    report.figure("interruption to silence, p50", percentile(times, 50) if times else None, "ms")
    report.figure("interruption to silence, p95", percentile(times, 95) if times else None, "ms", SILENCE_LIMIT_MS)
    report.figure("not silenced", sum(row["silence_ms"] is None for row in rows), f"of {len(rows)}", 0)
    report.figure("messages with old audio after that", sum(row["late_audio"] for row in rows), "")
    changed = sum(not row["generated"].startswith(row["heard"]) for row in rows)
    report.figure("heard text that is not the beginning of what was generated", changed, f"of {len(rows)}", 0)
    report.save(rows)


async def _run(pair: tuple[Clip, Clip], url: str, extensions: bool) -> dict[str, Any]:
    return await _interrupt(*pair, url, extensions=extensions)


if __name__ == "__main__":
    main()
