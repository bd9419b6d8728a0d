"""The options that several commands share, and how they become settings.

Owns their names and help. Refuses to know the commands.
"""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ApiKey", "ConfigFile", "Language", "Llm", "Stt", "Tts", "Voice"]

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings file; vivavoce.toml here when not given.")]
Stt = Annotated[
    str | None, typer.Option(help="Speech recognisers, best first: auto, NAME, FOLDER, hub:NAME, URL#NAME.")
]
Llm = Annotated[
    str | None, typer.Option(help="Language models, best first: auto, NAME, FILE.gguf, hub:NAME, URL#NAME.")
]
Tts = Annotated[str | None, typer.Option(help="Voice engines, best first: auto, NAME, FILE.onnx, hub:NAME, URL#NAME.")]
Voice = Annotated[str | None, typer.Option(help="Voice to speak with.")]
Language = Annotated[str | None, typer.Option(help="Language of the conversation: en, zh, … or auto.")]
ApiKey = Annotated[str | None, typer.Option(help="Key that the server asks for.", envvar="VIVAVOCE_API_KEY")]
