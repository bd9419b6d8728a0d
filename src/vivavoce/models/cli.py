"""`vivavoce models`: list, pull, verify, where.

Owns what the commands print. Refuses to know how anything is fetched or checked; every failure it shows is a typed one.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from vivavoce.errors import VivavoceError
from vivavoce.models.custom import parse_hub_name, resolve
from vivavoce.models.guard import size_text
from vivavoce.models.hub_files import WHISPER_REPOS
from vivavoce.models.hub_models import HUB_PREFIX, PIPER_REPO, bring, hub_name, is_here
from vivavoce.models.manifest import load_manifest
from vivavoce.models.pull import pull as pull_model
from vivavoce.models.store import ModelStore, default_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from vivavoce.models.transfer import Progress

__all__ = ["app", "progress_display"]

app = typer.Typer(name="models", help="The weights on this machine: list, fetch and check them.", no_args_is_help=True)

_STOPPED = 130
_WIDE = 160
_BAR_WIDTH = 60
_NARROWEST_NOTE = 12

Names = Annotated[list[str] | None, typer.Argument(help="Models; the standard set when none is named.")]


@app.command("list")
def list_models(
    hub: Annotated[bool, typer.Option("--hub", help="Show the names that stand for models on the hub.")] = False,
) -> None:
    """Show every model, its licence, and whether it is here."""
    store = _store()
    if hub:
        _list_hub_names(store)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("model", "for", "size", "licence", "state", "what it does"):
        table.add_column(heading, no_wrap=heading != "what it does", justify="right" if heading == "size" else "left")
    for model in store.manifest.models:
        state = store.state(model.name)
        shown = f"[{_COLOURS[state]}]{state}[/]" + (" *" if model.default else "")
        table.add_row(model.name, model.job, size_text(model.bytes), model.licence, shown, model.purpose)
    console = _console()
    console.print(table)
    console.print("* fetched by `vivavoce models pull` without names", style="dim")


@app.command()
def pull(
    names: Names = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="FOLDER", help="Ask this folder for MODEL/FILE first.")
    ] = None,
) -> None:
    """Fetch models by name or hub name (hub:NAME), or hub files written hf:OWNER/REPO/FILE; nothing twice."""
    store = _store()
    folder = Path(source).expanduser().absolute() if source else None
    failed = False
    with progress_display() as progress:
        for name in names or store.manifest.default_names:
            try:
                _pull_one(store, name, folder, progress)
            except VivavoceError as error:
                typer.secho(f"{name}: {error}", fg="red", err=True)
                failed = True
            except KeyboardInterrupt:
                typer.echo("Stopped. What was fetched is kept; the next pull goes on from there.", err=True)
                raise typer.Exit(_STOPPED) from None
    if failed:
        raise typer.Exit(1)


@app.command()
def verify(names: Names = None) -> None:
    """Hash every file of the models that are here and say which are damaged."""
    store = _store()
    chosen = names or [name for name in store.manifest.names if store.state(name) != "missing"]
    failed = False
    for name in chosen:
        try:
            store.verify(name)
        except VivavoceError as error:
            typer.secho(f"{name}: {error}", fg="red", err=True)
            failed = True
        else:
            typer.echo(f"{name}: whole")
    if failed:
        raise typer.Exit(1)


@app.command()
def where(
    name: Annotated[str | None, typer.Argument(help="A model; the models folder when none is named.")] = None,
) -> None:
    """Print the folder a model lies in, or would lie in."""
    store = _store()
    try:
        typer.echo(store.location(store.manifest.model(name).name) if name else store.root)
    except VivavoceError as error:
        typer.secho(str(error), fg="red", err=True)
        raise typer.Exit(1) from None


_COLOURS = {"present": "green", "missing": "yellow", "damaged": "red", "unchecked": "cyan"}


def _store() -> ModelStore:
    return ModelStore(default_root(), load_manifest())


def _console() -> Console:
    console = Console()
    # A pipe has no width to fit; names cut short there would be useless.
    return console if console.is_terminal else Console(width=_WIDE)


def _pull_one(store: ModelStore, name: str, folder: Path | None, progress: Progress) -> None:
    cancelled = threading.Event()
    if name.startswith(HUB_PREFIX):
        typer.echo(f"{name}: {bring(store, hub_name(name), progress=progress, cancelled=cancelled)}")
        return
    if parse_hub_name(name) is not None:
        typer.echo(f"{name}: {resolve(name, store, progress=progress, cancelled=cancelled)}")
        return
    model = store.manifest.model(name)
    note = f" ({model.licence_note})" if model.licence_note else ""
    typer.echo(f"{name}: {size_text(model.bytes)}, {model.licence}{note}")
    pull_model(store, name, progress=progress, cancelled=cancelled, folder=folder)


def _list_hub_names(store: ModelStore) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("name", "for", "where it lies", "state"):
        table.add_column(heading, no_wrap=True)
    for size, repo in WHISPER_REPOS.items():
        state = "present" if is_here(store, hub_name(size)) else "missing"
        table.add_row(f"{HUB_PREFIX}{size}", "stt", repo, f"[{_COLOURS[state]}]{state}[/]")
    table.add_row(f"{HUB_PREFIX}OWNER/REPO", "stt", "any Whisper in CTranslate2's format", "")
    table.add_row(f"{HUB_PREFIX}zh_CN-huayan-medium", "tts", f"any Piper voice of {PIPER_REPO}", "")
    table.add_row(f"{HUB_PREFIX}OWNER/REPO:Q4_K_M", "llm", "any GGUF file, by its quantisation", "")
    table.add_row(f"{HUB_PREFIX}OWNER/REPO/FILE.gguf", "llm", "any GGUF file, by its name", "")
    _console().print(table)


@contextmanager
def progress_display() -> Iterator[Progress]:
    """Give a progress callback: a bar on a terminal, a line a step elsewhere."""
    console = Console()
    if not console.is_terminal:
        yield _plain_lines(typer.echo)
        return
    note_width = max(_NARROWEST_NOTE, console.width - _BAR_WIDTH)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=14), DownloadColumn(), TimeRemainingColumn())
    with ProgressBar(*columns, TextColumn("{task.fields[note]}", style="dim"), console=console) as bar:
        tasks: dict[str, TaskID] = {}

        def show(model: str, done_bytes: int, total_bytes: int, note: str) -> None:
            if model not in tasks:
                tasks[model] = bar.add_task(model, total=None, note="")
            bar.update(tasks[model], completed=done_bytes, total=total_bytes, note=note[:note_width])

        yield show


def _plain_lines(echo: Callable[[str], None]) -> Progress:
    last: dict[str, tuple[int, str]] = {}

    def show(model: str, done_bytes: int, total_bytes: int, note: str) -> None:
        tenths = 10 * done_bytes // max(1, total_bytes)
        if last.get(model) != (tenths, note):
            last[model] = (tenths, note)
            echo(f"{model}: {10 * tenths:3d} % {note}")

    return show
