"""`vivavoce talk`: a conversation from the command line, with recordings or with this machine's microphone.

Owns what is printed and written. Refuses to know how a turn is spoken and timed (`client` does).
"""

import json
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Annotated

import anyio
import typer

from vivavoce.audio.files import write_wav
from vivavoce.cli.options import ApiKey, ConfigFile, Language, Llm, Stt, Tts, Voice
from vivavoce.client.live import live_talk
from vivavoce.client.recordings import WIRE_HZ, Recording, load_recording
from vivavoce.client.talk import TalkOptions, session_settings
from vivavoce.client.talk import talk as talk_recordings
from vivavoce.client.turn import Turn
from vivavoce.observe.logs import configure_logs
from vivavoce.settings import Settings, load_settings

__all__ = ["talk"]


def talk(
    files: Annotated[list[Path] | None, typer.Argument(help="Recordings: wav, flac, mp3, ogg, webm.")] = None,
    url: Annotated[str | None, typer.Option(help="A server's ws://HOST/v1/realtime; none starts one.")] = None,
    barge_in: Annotated[
        float | None, typer.Option(help="Start the next recording this many seconds into each reply.", min=0.0)
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the replies, as played, to this WAV file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON line a turn.")] = False,
    stock: Annotated[bool, typer.Option(help="Speak plain OpenAI Realtime, without the extension.")] = False,
    turn_detection: Annotated[str, typer.Option(help="semantic_vad or server_vad.")] = "semantic_vad",
    say: Annotated[list[str] | None, typer.Option(help="Words to say, made by the server's voice; repeatable.")] = None,
    persona: Annotated[str | None, typer.Option(help="The character to talk to.")] = None,
    greet: Annotated[bool, typer.Option(help="Let the character speak first.")] = False,
    stay: Annotated[float, typer.Option(help="Stay on the line this many seconds after the last answer.")] = 0.0,
    llm: Llm = None,
    stt: Stt = None,
    tts: Tts = None,
    voice: Voice = None,
    language: Language = None,
    api_key: ApiKey = None,
    record: Annotated[Path | None, typer.Option(help="Folder for the server's event log.")] = None,
    mcp_config: Annotated[Path | None, typer.Option(help="File with the MCP servers to use.")] = None,
    tools: Annotated[str | None, typer.Option(help="Python files or modules with your own tools.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of what is kept: database, memory, characters.")] = None,
    config: ConfigFile = None,
) -> None:
    """Talk to the assistant: play recordings as a microphone would, or speak yourself."""
    recordings = [load_recording(file) for file in files or []]
    settings = load_settings(
        {
            "llm": llm,
            "stt": stt,
            "tts": tts,
            "record": record,
            "language": language,
            "mcp_config": mcp_config,
            "tools": tools,
            "data": data,
        },
        config,
    )
    configure_logs(settings.log_level, settings.log_format)

    def show(turn: Turn) -> None:
        typer.echo(json.dumps(turn.report(), ensure_ascii=False) if as_json else _readable(turn))

    async def run() -> None:
        async with AsyncExitStack() as stack:
            server = None if url else await stack.enter_async_context(_server(settings))
            options = TalkOptions(
                url=_greeting(url or str(server)) if greet else url or str(server),
                api_key=api_key,
                barge_in_seconds=barge_in,
                extensions=not stock,
                stay_seconds=stay,
                session=session_settings(
                    language=language, turn_detection=turn_detection, voice=voice, persona=persona
                ),
            )
            if say:
                recordings.extend(await _spoken(say, options))
            if not recordings:
                await live_talk(options, say=typer.echo)
                return
            replies = await talk_recordings(recordings, options, on_turn=show)
            if out is not None:
                write_wav(out, replies, WIRE_HZ)

    anyio.run(run, backend_options={"use_uvloop": True})


def _server(settings: Settings) -> AbstractAsyncContextManager[str]:
    # Not at the top: the server takes seconds to import, for which nobody is to wait who talks to another.
    from vivavoce.app.serving import in_process_server

    return in_process_server(settings, announce=_note)


async def _spoken(words: list[str], options: TalkOptions) -> list[Recording]:
    # Not at the top: OpenAI's client takes half a second to import.
    from vivavoce.client.utterances import spoken

    return [await spoken(each, options.url, api_key=options.api_key) for each in words]


def _greeting(url: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}greet=true"


def _note(line: str) -> None:
    typer.echo(line, err=True)


def _readable(turn: Turn) -> str:
    report = turn.report()
    cut = " (interrupted)" if turn.is_interrupted else ""
    known = [f"      remembers: {fact}" for fact in turn.remembered]
    acts = [f"      tool: {call}" for call in turn.tools]
    return "\n".join(
        [f"you:  {report['user']}", *known, *acts, f"viva: {report['heard']}{cut}", f"      {report['timing']}"]
    )
