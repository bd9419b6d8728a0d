"""The command line: `vivavoce serve | talk | models | config | doctor | replay | bench`.

Owns the commands' names and how a typed error is shown: one sentence and what to do, exit code 2. Refuses to know how
anything is done.
"""

import sys
from typing import Annotated, NoReturn

import typer

from vivavoce import __version__
from vivavoce.cli import bench, config, doctor, replay, serve, talk
from vivavoce.errors import VivavoceError, lone_failure
from vivavoce.models.cli import app as models_app

__all__ = ["app", "main"]

app = typer.Typer(
    name="vivavoce",
    help="Self-hosted, real-time voice conversation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(models_app)
app.command("serve")(serve.serve)
app.command("talk")(talk.talk)
app.command("config")(config.config)
app.command("doctor")(doctor.doctor)
app.command("replay")(replay.replay)
app.command("bench", context_settings=bench.PASSES_ON)(bench.bench)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vivavoce {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    try:
        app()
    except VivavoceError as error:
        _end_with(error)
    except BaseExceptionGroup as group:
        failure = lone_failure(group)
        if failure is None:
            raise
        _end_with(failure)
    except KeyboardInterrupt:
        sys.exit(130)


def _end_with(error: VivavoceError) -> NoReturn:
    typer.secho(str(error), fg="red", err=True)
    sys.exit(2)
