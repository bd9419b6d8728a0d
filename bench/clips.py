"""The recordings that the benches speak: a folder with manifest.jsonl and turns.json, given by --speech.

Owns their choice. Refuses to ship any.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Clip", "clips"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One recording; `is_whole` when its end is the end of a sentence."""

    path: Path
    category: str
    transcript: str | None
    seconds: float
    is_whole: bool


def clips(folder: Path, categories: tuple[str, ...], *, max_seconds: float = 1e9) -> list[Clip]:
    """Return the clips of these categories that are shorter than `max_seconds`."""
    manifest = folder / "manifest.jsonl"
    if not manifest.is_file():
        raise SystemExit(f"There are no recordings in {folder}; give their folder with --speech.")
    turns = folder / "turns.json"
    whole = {turn["path"] for turn in json.loads(turns.read_text()) if turn["whole"]} if turns.is_file() else set()
    found = [json.loads(line) for line in manifest.read_text().splitlines()]
    return [
        Clip(
            path=folder / clip["path"],
            category=clip["category"],
            transcript=clip["transcript"],
            seconds=clip["seconds"],
            is_whole=clip["path"] in whole,
        )
        for clip in found
        if clip["category"] in categories and clip["seconds"] < max_seconds
    ]
