"""The peer of the load bench: pipecat with engines that cost nothing, on the same recording, frames and hang-over.

Owns the peer's virtual environment (in the user's cache folder, made at its first use), its run, and its figures beside
ours. The script that runs it stands outside the project and is only called. Refuses to measure us.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import soundfile
from platformdirs import user_cache_path

from bench.crowd import WIRE_HZ

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.report import Report
    from vivavoce.audio.pcm import Samples

__all__ = ["PEER_SCRIPT", "measure_peer"]

PEER_SCRIPT = Path("../shared/peers/pipecat_bench.py")
REQUIREMENTS = ("pipecat-ai[websocket,silero,webrtc]==1.14.0", "fastapi", "uvicorn", "psutil", "numpy", "soxr")
INSTALL_SECONDS = 900.0
SPARE_SECONDS = 120.0
"""What a run may take beside its warm-up and its measurement."""


def measure_peer(
    report: Report, script: Path, speech: Samples, users: Sequence[int], *, seconds: float, silence_ms: int
) -> list[dict[str, Any]]:
    """Run the peer with as many users as ours, and print its figures."""
    if not script.is_file():
        raise SystemExit(f"There is no bench of the peer at {script}; give its path with --peer-script.")
    python = _environment()
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder, "question.wav")
        soundfile.write(wav, speech, WIRE_HZ, subtype="PCM_16")
        own_stop = _own_stop_ms(python, script, wav, silence_ms)
        results = [_run(python, script, wav, count, seconds, silence_ms) for count in users]
    report.table(
        ("pipecat", "turns", "missed", "first audio p50", "p95", "added p50", "p95", "CPU s/min", "RSS MB", "USS MB"),
        [_row(result, own_stop) for result in results],
    )
    return [{"own_stop_ms": own_stop, **result} for result in results]


def _environment() -> Path:
    """Return the Python of the peer's environment, which is made when it is not there."""
    folder = user_cache_path("vivavoce") / "bench" / "pipecat-1.14.0"
    python = folder / "bin" / "python"
    done = folder / "complete"
    if not done.is_file():
        print(f"  making the peer's environment in {folder} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=INSTALL_SECONDS)
        command = [str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS]
        subprocess.run(command, check=True, timeout=INSTALL_SECONDS, stderr=subprocess.DEVNULL)
        done.touch()
    return python


def _own_stop_ms(python: Path, script: Path, wav: Path, silence_ms: int) -> float:
    """Return how long after the last speech the peer's own detector says that it is over."""
    printed = _call(python, script, "vad", "--wav", wav, "--stop-secs", silence_ms / 1000, seconds=SPARE_SECONDS)
    stops: list[float] = json.loads(printed[printed.rindex("[") :])
    return stops[-1]


def _run(python: Path, script: Path, wav: Path, users: int, seconds: float, silence_ms: int) -> dict[str, Any]:
    print(f"  pipecat, {users} ...", flush=True)
    options = ("--turn", "timeout", "--stop-secs", silence_ms / 1000, "--speech-timeout", 0, "--wav", wav)
    printed = _call(python, script, "run", "-n", users, "--secs", seconds, *options, seconds=seconds + SPARE_SECONDS)
    result: dict[str, Any] = json.loads(printed[printed.index("{") :])
    return result


def _call(python: Path, script: Path, *arguments: object, seconds: float) -> str:
    command = [str(python), str(script), *map(str, arguments)]
    try:
        done = subprocess.run(command, check=True, timeout=seconds, capture_output=True, text=True)
    except subprocess.CalledProcessError as failed:
        raise SystemExit(f"The peer's bench failed: {failed.stderr[-2_000:]}") from failed
    except subprocess.TimeoutExpired:
        raise SystemExit(f"The peer's bench did not end within {seconds:.0f} seconds.") from None
    return done.stdout


def _row(result: dict[str, Any], own_stop: float) -> tuple[object, ...]:
    first_audio = result["eos_to_first_audio_ms"]
    p50, p95 = first_audio["p50"], first_audio["p95"]
    return (
        result["n"],
        result["turns"],
        result["missed"],
        p50,
        p95,
        None if p50 is None else p50 - own_stop,
        None if p95 is None else p95 - own_stop,
        result["cpu_s_per_audio_min_per_session"],
        result["rss_per_session_mb"],
        result["uss_per_session_mb"],
    )
