"""What a bench found, as a person and a program read it: tables, figures beside their limits, plots, one JSON file.

Owns how they are printed, and where plots and JSON go: `artefacts/bench/` of the checkout. Refuses to measure, and to
know what any figure means. Every bench drives it; it prints as it goes, so that a bench cut short has still said
what it knew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from bench.machine import machine

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

__all__ = ["Report", "aligned"]

RESULTS = Path(__file__).resolve().parents[1] / "artefacts" / "bench"
_PLOT_INCHES = (9.0, 4.5)


class Report:
    """The report of one run of a bench, from its heading to its JSON file."""

    def __init__(self, name: str, title: str, *, folder: Path = RESULTS) -> None:
        """Print the heading. `name` is the JSON file's name without its ending."""
        self.name = name
        self._title = title
        self._folder = folder
        self._machine = machine()
        self._figures: list[dict[str, object]] = []
        print(f"\n{title}\n{self._machine}", flush=True)

    @property
    def missed(self) -> tuple[str, ...]:
        """The names of the figures that are over their limits."""
        return tuple(str(figure["name"]) for figure in self._figures if figure["met"] is False)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print `rows` under `headers`: numbers to the right, None as a dash."""
        print("\n" + aligned(headers, rows) + "\n", flush=True)

    def figure(self, name: str, value: float | None, unit: str, limit: float | None = None) -> None:
        """Print one figure, and whether it is within `limit`, the most it may be; None says nothing was measured."""
        met = None if limit is None else value is not None and value <= limit
        self._figures.append({"name": name, "value": value, "unit": unit, "limit": limit, "met": met})
        verdict = "" if limit is None else f"   (limit {_text(limit)}: {'met' if met else 'missed'})"
        shown = "not measured" if value is None else f"{_text(value)} {unit}"
        print(f"  {name:<56} {shown:>16}{verdict}", flush=True)

    def plot(self, draw: Callable[[Axes], None], name: str) -> Path | None:
        """Have `draw` draw on empty axes, and keep the plot as `name`.svg; without matplotlib, say so and go on."""
        # Only here: a bench that paces a hundred users has better use for the half second and the memory.
        try:
            from matplotlib import rc_context
            from matplotlib.figure import Figure
        except ModuleNotFoundError:
            print(f"  no plot of {name}: matplotlib is missing; 'make bench' installs it", flush=True)
            return None

        path = self._folder / f"{name}.svg"
        self._folder.mkdir(parents=True, exist_ok=True)
        with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
            figure = Figure(figsize=_PLOT_INCHES, layout="constrained")
            draw(figure.add_subplot())
            figure.savefig(path, format="svg", metadata={"Date": None})
        print(f"  plot: {path}", flush=True)
        return path

    def save(self, data: object) -> Path:
        """Keep the figures, `data` and the machine as JSON, and say which limits were missed."""
        path = self._folder / f"{self.name}.json"
        self._folder.mkdir(parents=True, exist_ok=True)
        content = {"title": self._title, "machine": self._machine, "figures": self._figures, "data": data}
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"  data: {path}", flush=True)
        if self.missed:
            print(f"  missed: {', '.join(self.missed)}", flush=True)
        return path


def aligned(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as text with columns of even width; numbers stand to the right."""
    cells = [[_text(value) for value in row] for row in rows]
    widths = [max(map(_columns, column)) for column in zip(headers, *cells, strict=True)]
    numeric = [
        bool(rows) and all(isinstance(value, int | float) or value is None for value in column)
        for column in (zip(*rows, strict=True) if rows else ((),) * len(headers))
    ]
    lines = [headers, ["-" * width for width in widths], *cells]
    return "\n".join("  " + "  ".join(map(_pad, line, widths, numeric)).rstrip() for line in lines)


def _pad(text: str, width: int, is_numeric: bool) -> str:
    space = " " * (width - _columns(text))
    return space + text if is_numeric else text + space


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def _text(value: object) -> str:
    """Return a value as a table shows it: one decimal for what is large, three for what is below one."""
    if value is None:
        return "-"
    if isinstance(value, float):
        if value.is_integer():
            return f"{value:.0f}"
        return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"
    return str(value)
