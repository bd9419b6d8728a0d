"""Word errors and delay of the speech-to-text engines on recorded clips.

Prints a line a category: word error rate (character errors for Chinese), p50 and p95 of the time from samples to text.

    python -m bench.stt_wer moonshine FOLDER [--speech ../shared/speech] [--errors]
    python -m bench.stt_wer whisper FOLDER --language zh --categories zh
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import soundfile

from bench.scoring import character_units, edit_distance, percentile, word_units
from vivavoce.engines.stt.moonshine import MoonshineStt
from vivavoce.engines.stt.whisper import WhisperStt

if TYPE_CHECKING:
    from vivavoce.engines.protocols import SpeechToText

CATEGORIES = "en_command,en_read,en_prompt,short_words,digits"


@dataclass(slots=True)
class Tally:
    """What one category came to."""

    errors: int = 0
    units: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def line(self, name: str) -> str:
        """Return the table's line."""
        rate = 100 * self.errors / max(1, self.units)
        delay = f"p50 {percentile(self.milliseconds, 50):4.0f} ms  p95 {percentile(self.milliseconds, 95):4.0f} ms"
        return f"{name:16s} {len(self.milliseconds):4d} clips  {rate:5.1f} % of {self.units:4d}  {delay}"


async def measure(engine: SpeechToText, options: argparse.Namespace) -> None:
    """Transcribe every clip that has a transcript and print the table."""
    units_of = character_units if options.language == "zh" else word_units
    tallies = {category: Tally() for category in options.categories.split(",")}
    for line in (options.speech / "manifest.jsonl").read_text().splitlines():
        clip = json.loads(line)
        if clip["category"] not in tallies or not clip["transcript"]:
            continue
        audio, _ = soundfile.read(options.speech / clip["path"], dtype="float32")
        started = time.perf_counter()
        heard = await engine.transcribe(audio, language=options.language)
        tally = tallies[clip["category"]]
        tally.milliseconds.append((time.perf_counter() - started) * 1000)
        wanted = units_of(clip["transcript"])
        errors = edit_distance(wanted, units_of(heard.text))
        tally.errors += errors
        tally.units += len(wanted)
        if errors and options.errors:
            print(f"  {clip['path']}: {clip['transcript']!r} heard as {heard.text!r}")
    for category, tally in tallies.items():
        print(tally.line(category))
    await engine.aclose()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=("moonshine", "whisper"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"))
    parser.add_argument("--language", default="en")
    parser.add_argument("--categories", default=CATEGORIES)
    parser.add_argument("--errors", action="store_true", help="print every clip with an error")
    arguments = parser.parse_args()
    chosen = {"moonshine": MoonshineStt, "whisper": WhisperStt}[arguments.engine]
    anyio.run(measure, chosen(arguments.folder), arguments)
