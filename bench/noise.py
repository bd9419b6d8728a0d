"""Noise that must not start a turn: each noise recording in a fresh session, and what the server took it for.

python -m bench.noise [--speech ../shared/speech]
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio

from bench.clips import Clip, clips
from bench.machine import machine, write_results
from bench.server import running_server
from vivavoce.client.recordings import load_recording
from vivavoce.client.talk import TalkOptions, session_settings, talk

if TYPE_CHECKING:
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


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"))
    options = parser.parse_args()
    with running_server() as server:
        rows = [anyio.run(_listen, clip, server.url) for clip in clips(options.speech, ("noise",))]
    print(f"\nnoise\n{machine()}")
    for row in rows:
        print(f"  {row['clip']:28s} turns {row['turns']}  {row['user']!r}")
    print(f"clips that started no turn: {sum(not row['turns'] for row in rows)} of {len(rows)}")
    write_results("noise", rows)


if __name__ == "__main__":
    main()
