"""`vivavoce replay`: run a recorded session through the conversation core again.

Owns what is printed. Refuses to judge: a mismatch is shown as it is.
"""

from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Annotated

import typer

from vivavoce.conversation import recording
from vivavoce.conversation.effects import TurnMarks, TurnTimed
from vivavoce.errors import InputError

__all__ = ["replay"]

SHOWN_MISMATCHES = 5


def replay(
    file: Annotated[Path, typer.Argument(help="An event log that 'vivavoce serve --record DIR' wrote.")],
    timeline: Annotated[bool, typer.Option("--timeline", help="Show the waterfall of each of the last turns.")] = False,
) -> None:
    """Replay a recorded session and compare every effect with the recording."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise InputError(
            "recording_unreadable", f"'{file}' cannot be read: {error.strerror}.", remedy="Check the path."
        ) from error
    summary = recording.replay(lines)
    typer.echo(f"{summary.events} events over {summary.seconds:.1f} s gave {summary.effects} effects.")
    if timeline:
        _show(summary.timeline)
    if not summary.mismatches:
        typer.echo("The replay is exact.")
        return
    for mismatch in summary.mismatches[:SHOWN_MISMATCHES]:
        typer.echo(f"line {mismatch.line}\n  recorded {mismatch.recorded}\n  replayed {mismatch.replayed}")
    typer.secho(f"{len(summary.mismatches)} events gave other effects.", fg="red", err=True)
    raise typer.Exit(1)


def _show(turns: Sequence[TurnTimed]) -> None:
    """Print when each step of each turn happened, in milliseconds after the end of the user's speech."""
    names = [mark.name for mark in fields(TurnMarks)]
    typer.echo("ms after the end of speech  " + "  ".join(names))
    for turn in turns:
        marks = asdict(turn.marks)
        shown = ("-" if marks[name] is None else f"{marks[name]:.0f}" for name in names)
        cells = (value.rjust(len(name)) for name, value in zip(names, shown, strict=True))
        typer.echo(f"{turn.response_id:26s}  " + "  ".join(cells))
