"""`vivavoce doctor`: what works on this machine, and what to mend.

Owns the printing and the exit code. Refuses to know what is checked (`app.checks` does).
"""

import anyio
import typer

from vivavoce.cli.options import ConfigFile, Language, Llm, Stt, Tts
from vivavoce.observe.logs import configure_logs
from vivavoce.settings import load_settings

__all__ = ["doctor"]


def doctor(
    stt: Stt = None, llm: Llm = None, tts: Tts = None, language: Language = None, config: ConfigFile = None
) -> None:
    """Check Python, disk, page, port, microphone and every engine, and say what to mend."""
    settings = load_settings({"stt": stt, "llm": llm, "tts": tts, "language": language, "offline": True}, config)
    configure_logs("error", settings.log_format)
    # Not at the top: all that is checked takes seconds to import, for which no other command is to wait.
    from vivavoce.app.checks import run_checks

    failed = False

    async def run() -> None:
        nonlocal failed
        async for finding in run_checks(settings):
            mark = typer.style("ok  ", fg="green") if finding.is_well else typer.style("mend", fg="red")
            typer.echo(f"{mark} {finding.check}: {finding.detail}")
            if finding.mend:
                typer.echo(f"     {finding.mend}")
            failed = failed or (finding.is_needed and not finding.is_well)

    anyio.run(run, backend_options={"use_uvloop": True})
    if failed:
        raise typer.Exit(1)
