"""Word errors and delay of the speech-to-text engines on recorded clips.

Prints a line a category: word error rate (character errors for Chinese), p50 and p95 of the time from samples to text.

    vivavoce bench stt-wer moonshine [--speech ../shared/speech] [--errors]
    vivavoce bench stt-wer whisper --language zh --categories zh
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

from bench.report import Report
from bench.scoring import character_units, edit_distance, percentile, word_units
from vivavoce.engines.stt.moonshine import MoonshineStt
from vivavoce.engines.stt.whisper import WhisperStt
from vivavoce.models.manifest import load_manifest
from vivavoce.models.store import ModelStore, default_root

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.protocols import SpeechToText

CATEGORIES = "en_command,en_read,en_prompt,short_words,digits"
ENGINES = {"moonshine": (MoonshineStt, "moonshine-tiny-en"), "whisper": (WhisperStt, "whisper-base")}


@dataclass(slots=True)
class Tally:
    """What one category came to."""

    errors: int = 0
    units: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def row(self, category: str) -> tuple[object, ...]:
        """Return the table's row."""
        rate = 100 * self.errors / max(1, self.units)
        p50, p95 = (percentile(self.milliseconds, percent) if self.milliseconds else None for percent in (50, 95))
        return category, len(self.milliseconds), self.units, rate, p50, p95


async def measure(engine: SpeechToText, options: argparse.Namespace) -> dict[str, Tally]:
    """Transcribe every clip that has a transcript, and return what each category came to."""
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
    await engine.aclose()
    return tallies


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", choices=tuple(ENGINES), nargs="?", default="moonshine")
    parser.add_argument("--folder", type=Path, help="the model's folder; where 'vivavoce models pull' put it")
    parser.add_argument("--speech", type=Path, default=Path("../shared/speech"), help="folder of recordings")
    parser.add_argument("--language", default="en")
    parser.add_argument("--categories", default=CATEGORIES)
    parser.add_argument("--errors", action="store_true", help="print every clip with an error")
    options = parser.parse_args(arguments)
    engine, model = ENGINES[options.engine]
    folder = options.folder or ModelStore(default_root(), load_manifest()).folder(model)
    report = Report(f"stt-{options.engine}-{options.language}", f"speech to text, {folder.name}, {options.language}")
    tallies = anyio.run(measure, engine(folder), options)
    unit = "characters" if options.language == "zh" else "words"
    headers = ("category", "clips", unit, "% errors", "p50 ms", "p95 ms")
    rows = [tally.row(category) for category, tally in tallies.items()]
    report.table(headers, rows)
    report.save([dict(zip(headers, row, strict=True)) for row in rows])


if __name__ == "__main__":
    main()
