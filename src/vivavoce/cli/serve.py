"""`vivavoce serve`: the server and its page.

Owns the options and the lines printed at the start. Refuses to know how anything is served (`app` wires it).
"""

from pathlib import Path
from typing import Annotated

import anyio
import typer

from vivavoce.cli.options import ConfigFile, Language, Llm, Stt, Tts, Voice
from vivavoce.observe.logs import configure_logs
from vivavoce.settings import load_settings

__all__ = ["serve"]


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; any but loopback needs an API key.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65_535)] = None,
    tls: Annotated[
        bool | None, typer.Option("--tls/--no-tls", help="Serve https, with a certificate made for this machine.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Your own certificate for https (PEM).")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="The key of --tls-cert (PEM).")] = None,
    config: ConfigFile = None,
    record: Annotated[Path | None, typer.Option(help="Folder for event logs, which hold what is said.")] = None,
    engines: Annotated[
        str | None, typer.Option(help="embedded, or instant: engines that cost nothing, for measuring the server.")
    ] = None,
    workers: Annotated[
        str | None, typer.Option(help="Processes that serve: a number, or auto for one for every two cores.")
    ] = None,
    stt: Stt = None,
    llm: Llm = None,
    tts: Tts = None,
    voice: Voice = None,
    language: Language = None,
    persona: Annotated[str | None, typer.Option(help="Character of conversations that name none.")] = None,
    mcp_config: Annotated[Path | None, typer.Option(help="File with the MCP servers to use.")] = None,
    tools: Annotated[str | None, typer.Option(help="Python files or modules with your own tools.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of what is kept: database, memory, characters.")] = None,
) -> None:
    """Serve the conversation page and the Realtime API."""
    overrides = {
        "host": host,
        "port": port,
        "tls": tls,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "record": record,
        "engines": engines,
        "workers": workers,
        "stt": stt,
        "llm": llm,
        "tts": tts,
        "voice": voice,
        "language": language,
        "persona": persona,
        "mcp_config": mcp_config,
        "tools": tools,
        "data": data,
    }
    settings = load_settings(overrides, config)
    configure_logs(settings.log_level, settings.log_format)
    # Not at the top: the server takes seconds to import, for which no other command is to wait.
    from vivavoce.app.first_start import fetch_essentials
    from vivavoce.app.serving import run_server, server_settings

    server_settings(settings)
    fetch_essentials(settings)

    async def run() -> None:
        await run_server(settings, announce=typer.echo)

    anyio.run(run, backend_options={"use_uvloop": True})
