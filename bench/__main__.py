"""`vivavoce bench NAME …`, or `python -m bench NAME …`: every measurement by its name.

Owns the names, and which runs stand behind the figures that the project claims. Refuses to measure: each module has a
`main(arguments)` of its own, and `NAME --help` says what it takes.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.report import aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["BENCHES", "Bench", "main"]

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One measurement.

    Attributes:
        about: what it answers, in a line.
        claimed: the arguments of each run whose figures the project claims; `all` does these.
        speaks: whether it speaks recordings, and so takes `--speech FOLDER`.
    """

    about: str
    claimed: tuple[tuple[str, ...], ...] = ()
    speaks: bool = False


BENCHES = {
    "latency": Bench(
        about="end of speech to first audio, step by step; word errors",
        claimed=(
            ("--llm", "smollm2-135m"),
            ("--llm", "auto", "--wait-for", "qwen2.5-coder-1.5b"),
        ),
        speaks=True,
    ),
    "turns": Bench(about="hesitations cut in on against delay at true ends", claimed=((),), speaks=True),
    "barge-in": Bench(about="interruption to silence; false stops", claimed=((),), speaks=True),
    "noise": Bench(about="noise that must start no turn", claimed=((),), speaks=True),
    "lip-sync": Bench(about="how far the face's mouth is from the voice", claimed=((), ("--language", "zh"))),
    "load": Bench(about="many people at once: delay, CPU, memory, loop lag", claimed=((),), speaks=True),
    "first-paint": Bench(about="how soon the page shows itself on a slow machine", claimed=((),)),
    "churn": Bench(about="what closed sessions leave behind", claimed=((),)),
    "llm-first-token": Bench(about="the embedded language model: first token, speed", claimed=((),)),
    "tool-calls": Bench(about="tools called by the embedded models: right, false, what they cost", claimed=((),)),
    "stt-wer": Bench(about="word errors and delay of one recogniser", speaks=True),
    "tts-round-trip": Bench(about="how well the voices are understood, how soon they speak"),
    "memory-recall": Bench(about="facts told once, asked for in other words", claimed=(("--facts", "10000"),)),
    "visualiser": Bench(about="what drawing the sound costs the browser: share of a core, frames", claimed=((),)),
    "face-frames": Bench(
        about="the digital human without a GPU: frames a second, heap", claimed=((), ("--kind", "flat"))
    ),
    "wire-codec": Bench(about="what the Realtime codec costs a frame", claimed=((),)),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the bench that the first argument names with the others, or list them.

    Raises:
        SystemExit: no such bench; or `all`, and some of them failed.
    """
    name, *rest = sys.argv[1:] if arguments is None else arguments or [""]
    if name in ("", "-h", "--help"):
        _list()
    elif name == "all":
        _run_all(rest)
    elif name in BENCHES:
        # What the bench's own --help calls itself.
        sys.argv[0] = f"vivavoce bench {name}"
        _main_of(name)(rest)
    else:
        raise SystemExit(f"There is no bench {name!r}; there are {', '.join(BENCHES)}, and all.")


def _main_of(name: str) -> Callable[[Sequence[str]], None]:
    run: Callable[[Sequence[str]], None] = importlib.import_module(f"bench.{name.replace('-', '_')}").main
    return run


def _list() -> None:
    rows = [(name, bench.about) for name, bench in BENCHES.items()]
    print(aligned(("name", "what it measures"), [*rows, ("all", "whatever the project claims, one after the other")]))
    print("\n  'NAME --help' says what each takes.")


def _run_all(speech: Sequence[str]) -> None:
    """Do the claimed runs in processes of their own, so that none pays for what another left in memory."""
    failed = []
    for name, bench in BENCHES.items():
        for run in bench.claimed:
            command = [sys.executable, "-m", "bench", name, *run, *(speech if bench.speaks else ())]
            if subprocess.run(command, check=False, cwd=ROOT).returncode:
                failed.append(" ".join((name, *run)))
    if failed:
        raise SystemExit(f"failed: {'; '.join(failed)}")


if __name__ == "__main__":
    main()
