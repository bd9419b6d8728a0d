"""Noise that must not start a turn: each noise recording in a fresh session, and what the server took it for.

vivavoce bench noise [--speech ../shared/speech]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from bench.clips import Clip, clips
from bench.report import Report
from bench.server import running_server
from vivavoce.client.recordings import load_recording
from vivavoce.client.talk import TalkOptions, session_settings, talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.client.turn import Turn


async def _listen(clip: Clip, url: str) -> dict[str, Any]:
    turns: list[Turn] = []
    options = TalkOptions(
        url=url,
        extensions=False,
        session=session_settings(language="en", turn_detection="semantic_vad", voice=None),
    )
    await talk([load_recording(clip.path)], options, on_turn=turns.append)
    report = turns[0].report()
    return {"clip": clip.path.name, "turns": report["turns"], "user": report["user"], "answer": report["assistant"]}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"), help="folder of recordings")
    options = parser.parse_args(arguments)
    report = Report("noise", "noise")
    with running_server() as server:
        rows = [anyio.run(_listen, clip, server.url) for clip in clips(options.speech, ("noise",))]
    report.table(("clip", "turns", "heard"), [(row["clip"], row["turns"], row["user"]) for row in rows])
    report.figure("clips that started a turn", sum(row["turns"] > 0 for row in rows), f"of {len(rows)}", 0)
    report.save(rows)


if __name__ == "__main__":
    main()
