"""The options that several commands share, and how they become settings.

Owns their names and help. Refuses to know the commands.
"""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ApiKey", "ConfigFile", "Language", "Llm", "Stt", "Tts", "Voice"]

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file; vivavoce.toml here when not given.")]
Stt = Annotated[str | None, typer.Option(help="Speech recogniser: auto, a name, a folder, or http://…/v1#MODEL.")]
Llm = Annotated[str | None, typer.Option(help="Language model: auto, a name, a .gguf file, or http://…/v1#MODEL.")]
Tts = Annotated[str | None, typer.Option(help="Voice engine: auto, a name, a Piper voice file, or http://…/v1#MODEL.")]
Voice = Annotated[str | None, typer.Option(help="Voice to speak with.")]
Language = Annotated[str | None, typer.Option(help="Language of the conversation: en, zh, … or auto.")]
ApiKey = Annotated[str | None, typer.Option(help="Key that the server asks for.", envvar="VIVAVOCE_API_KEY")]
