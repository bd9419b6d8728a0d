"""What was asked for, cut down to what a voice engine has.

Owns that meeting: a voice nobody has (stock clients ask for OpenAI's) and a language nobody speaks give way to the
nearest thing. Refuses to choose the engine; the roster does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vivavoce.engines.protocols import SynthesisRequest, TtsCapabilities

__all__ = ["suited"]

UNCHOSEN = "default"
"""What a session's voice is called before anyone has chosen one."""


def suited(request: SynthesisRequest, capabilities: TtsCapabilities) -> SynthesisRequest:
    """Return the request with only what the engine has."""
    voices = capabilities.voices
    if not voices:
        # A server that does not tell its voices is asked for the one that was chosen.
        return replace(request, voice="" if request.voice == UNCHOSEN else request.voice)
    has_voice = any(request.voice in names for names in voices.values())
    voice = request.voice if has_voice else ""
    if voice or request.language in voices:
        return replace(request, voice=voice)
    return replace(request, voice=voice, language=next(iter(voices)))
