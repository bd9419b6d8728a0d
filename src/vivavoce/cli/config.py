"""`vivavoce config`: every setting in force and where it came from.

Owns the table. Refuses to know what settings do. Secrets are shown as set or not, never in words.
"""

import json
from typing import Annotated

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from vivavoce.cli.options import ConfigFile
from vivavoce.settings import Settings, load_settings, origins

__all__ = ["config"]


def config(
    config_file: ConfigFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show every setting, its value, where it comes from and what it means."""
    settings = load_settings({}, config_file)
    sources = origins({}, config_file)
    rows = [(name, _shown(getattr(settings, name)), sources[name]) for name in Settings.model_fields]
    if as_json:
        typer.echo(json.dumps({name: {"value": value, "origin": origin} for name, value, origin in rows}, indent=2))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("setting", "value", "from", "meaning"):
        table.add_column(heading, overflow="fold")
    for name, value, origin in rows:
        table.add_row(name, value, origin, Settings.model_fields[name].description or "")
    Console().print(table)


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "(set)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
