"""Interruptions: how soon the client is silent once someone speaks over a reply, and what stops it in error.

Long replies are heard, and sounds are made over them: recorded commands, which must stop the reply, and noise, typing,
coughs, words of attention and the reply's own echo, which must not. A false stop is a reply that lost words; a hold
that ended in a resume is counted beside it. What is not recorded is synthesised; --coughs names a folder of real ones.

    vivavoce bench barge-in [--speech ../shared/speech] [-n 20] [--stock] [--only echo,cough] [--coughs FOLDER]
"""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import numpy as np

from bench.clips import clips
from bench.disturbance import EchoPath, Outcome, Sound, listener
from bench.disturbing_sounds import cough, hum, key_strokes, levelled, words_of_attention
from bench.report import Report
from bench.scoring import percentile
from bench.server import running_server
from vivavoce.audio.files import decode_file
from vivavoce.audio.resample import resample
from vivavoce.client.recordings import WIRE_HZ, load_recording

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vivavoce.audio.pcm import Samples

SILENCE_LIMIT_MS = 150
FALSE_STOP_LIMIT = 5.0
PIECE_SECONDS = 2.5
ECHO_DB = -20.0
ECHO_TAIL = round(0.25 * WIRE_HZ)
"""Samples until the room has swallowed 60 dB of a sound."""

INTERRUPTION = "interruption"


def _interruptions(speech: Path, count: int) -> list[Sound]:
    chosen = clips(speech, ("en_command", "en_prompt"), max_seconds=5.0)[:count]
    recordings = [load_recording(clip.path) for clip in chosen]
    return [
        Sound(kind=INTERRUPTION, name=Path(one.name).name, audio=one.audio, begins=one.speech_start_seconds)
        for one in recordings
    ]


def _noise(speech: Path, count: int) -> list[Sound]:
    """Cut the recordings of noise into pieces, and take them in turn."""
    pieces: list[list[Sound]] = []
    for clip in clips(speech, ("noise",)):
        audio = _loaded(clip.path)
        length = round(PIECE_SECONDS * WIRE_HZ)
        cuts = [audio[start : start + length] for start in range(0, max(1, len(audio) - length // 2), length)]
        kind = "keyboard" if "keyboard" in clip.path.name else "noise"
        pieces.append(
            [Sound(kind=kind, name=f"{clip.path.name} {n}", audio=levelled(cut)) for n, cut in enumerate(cuts)]
        )
    in_turn = [row[n] for n in range(max(map(len, pieces), default=0)) for row in pieces if n < len(row)]
    typed = [sound for sound in in_turn if sound.kind == "keyboard"]
    made = [Sound(kind="keyboard", name=f"typing {n}", audio=key_strokes(n)) for n in range(count)]
    return [sound for sound in in_turn if sound.kind == "noise"][:count] + (typed + made)[:count]


def _coughs(folder: Path | None, count: int) -> list[Sound]:
    if folder is None:
        return [Sound(kind="cough", name=f"made {n}", audio=cough(n)) for n in range(count)]
    files = sorted(path for path in folder.iterdir() if path.suffix in (".flac", ".wav", ".ogg", ".mp3"))
    step = max(1, len(files) // count)
    return [
        Sound(kind="cough", name=path.name, audio=levelled(_loaded(path)[: 3 * WIRE_HZ])) for path in files[::step]
    ][:count]


def _backchannels(count: int) -> list[Sound]:
    words = anyio.run(words_of_attention, count)
    kinds = ("mm-hm", "uh-huh", "hmm")
    hums = [(f"{kinds[n % 3]} {n}", hum(kinds[n % 3], n)) for n in range(count // 2)]
    return [Sound(kind="backchannel", name=name, audio=audio) for name, audio in words + hums]


def _echoes(count: int) -> list[Sound]:
    """Three seconds of nothing but the loudspeaker, over a bare way and through a room."""
    gain = 10 ** (ECHO_DB / 20)
    sounds = []
    for number in range(count):
        random = np.random.default_rng(number)
        response = np.ones(1, np.float32)
        if number % 2:
            tail = random.standard_normal(ECHO_TAIL) * 10 ** (-3 * np.linspace(0, 1, ECHO_TAIL))
            response = np.concatenate([[1.0], 0.6 * tail / np.sqrt(np.sum(tail**2))]).astype(np.float32)
        path = EchoPath(delay_seconds=float(random.uniform(0.02, 0.4)), response=gain * response)
        silence = np.zeros(3 * WIRE_HZ, np.float32)
        name = f"{'room' if number % 2 else 'bare'}, {path.delay_seconds * 1000:.0f} ms"
        sounds.append(Sound(kind="echo", name=name, audio=silence, echo=path))
    return sounds


def _loaded(path: Path) -> Samples:
    audio, rate_hz = decode_file(path)
    return resample(audio, rate_hz, WIRE_HZ)


async def _disturb(sounds: Sequence[Sound], url: str, *, extensions: bool) -> list[Outcome]:
    """Make the sounds over one reply after the other, each lost one in a session of its own."""
    outcomes: list[Outcome] = []
    left = list(sounds)
    while left:
        async with listener(url, extensions=extensions) as client:
            while left:
                outcomes.append(await client.disturb(left.pop(0)))
                if outcomes[-1].is_cut:
                    break
    return outcomes


def _tell(report: Report, outcomes: Sequence[Outcome]) -> None:
    real = [outcome for outcome in outcomes if outcome.kind == INTERRUPTION]
    times = [outcome.silent_ms for outcome in real if outcome.silent_ms is not None]
    if real:
        report.figure("interruption to silence, p50", percentile(times, 50) if times else None, "ms")
        p95 = percentile(times, 95) if times else None
        report.figure("interruption to silence, p95", p95, "ms", SILENCE_LIMIT_MS)
        report.figure(
            "interruptions that did not stop the reply", sum(not one.is_cut for one in real), f"of {len(real)}"
        )
    rows = []
    for kind in dict.fromkeys(outcome.kind for outcome in outcomes if outcome.kind != INTERRUPTION):
        ones = [outcome for outcome in outcomes if outcome.kind == kind]
        false = 100 * sum(one.is_cut for one in ones) / len(ones)
        report.figure(f"false stops, {kind}", false, f"% of {len(ones)}", FALSE_STOP_LIMIT)
        held = [ms for one in ones for ms in one.held_ms]
        silenced = sum(one.silent_ms is not None for one in ones)
        rows.append((kind, len(ones), silenced, *(percentile(held, p) if held else None for p in (50, 95)), false))
    report.table(("sound", "made", "fell silent", "held p50 ms", "held p95 ms", "false stops %"), rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"), help="folder of recordings")
    parser.add_argument("--coughs", type=Path, help="folder of recorded coughs")
    parser.add_argument("--only", default="interruption,noise,cough,backchannel,echo", help="what to make, by comma")
    parser.add_argument("-n", type=int, default=20, help="sounds of each kind")
    parser.add_argument("--stock", action="store_true", help="a client without vivavoce.v1")
    options = parser.parse_args(arguments)
    report = Report("barge-in", f"barge-in, {'stock protocol' if options.stock else 'vivavoce.v1'}")
    makers: dict[str, Callable[[], list[Sound]]] = {
        INTERRUPTION: lambda: _interruptions(options.speech, options.n),
        "noise": lambda: _noise(options.speech, options.n),
        "cough": lambda: _coughs(options.coughs, options.n),
        "backchannel": lambda: _backchannels(options.n),
        "echo": lambda: _echoes(options.n),
    }
    sounds = [sound for kind in options.only.split(",") for sound in makers[kind]()]
    with running_server() as server:
        outcomes = anyio.run(_run, sounds, server.url, not options.stock)
    cells = [(one.kind, one.name, one.silent_ms, one.held_ms, one.is_cut, one.heard[:40]) for one in outcomes]
    report.table(("sound", "which", "silent after ms", "held ms", "cut", "heard"), cells)
    _tell(report, outcomes)
    report.save([asdict(outcome) for outcome in outcomes])


async def _run(sounds: Sequence[Sound], url: str, extensions: bool) -> list[Outcome]:
    return await _disturb(sounds, url, extensions=extensions)


if __name__ == "__main__":
    main()
