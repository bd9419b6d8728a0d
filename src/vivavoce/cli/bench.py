"""`vivavoce bench`: the measurements behind every figure that the project claims.

Owns the finding of the repository's `bench` package, which is not part of an installed vivavoce. Refuses to know what
is measured, and what a measurement takes: everything behind the bench's name is passed on.
"""

import importlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from vivavoce.errors import InputError

__all__ = ["PASSES_ON", "bench"]

PASSES_ON = {"allow_extra_args": True, "allow_interspersed_args": False}
"""The command's context settings: what comes after NAME, options too, is the bench's own."""

_CHECKOUT = Path(__file__).resolve().parents[3]


def bench(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which; without it, they are listed. 'NAME --help' helps.")] = None,
) -> None:
    """Measure latency, turns, load and more (in a clone of the repository)."""
    folder = _folder()
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.import_module("bench.__main__").main([name, *context.args] if name else [])


def _folder() -> Path:
    """Return the folder that holds the `bench` package: the checkout this runs from, or the one a person stands in."""
    for folder in (_CHECKOUT, Path.cwd()):
        if (folder / "bench" / "report.py").is_file():
            return folder
    raise InputError(
        "bench_not_here",
        "The benches are not part of an installed vivavoce.",
        remedy="Clone the repository, run 'make setup' in it, and say 'vivavoce bench' there.",
    )
