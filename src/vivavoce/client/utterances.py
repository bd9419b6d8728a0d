"""Words made into a recording by the server's own voice, for whoever has no microphone at hand.

Owns the asking for it. Refuses to know how a recording is played to a conversation.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import numpy as np
from openai import APIStatusError, AsyncOpenAI, OpenAIError

from vivavoce.audio.pcm import pcm16_to_float
from vivavoce.client.recordings import WIRE_HZ, Recording, speech_span_seconds
from vivavoce.errors import NetworkError

__all__ = ["spoken"]

DEADLINE_SECONDS = 60.0
ROOM_SECONDS = 0.3
"""Silence before and after the words, as a microphone would give it."""


async def spoken(text: str, url: str, *, api_key: str | None = None, voice: str | None = None) -> Recording:
    """Return `text` as the server at `url` (its realtime address) says it.

    Raises:
        NetworkError: it cannot be reached, or has no voice.
    """
    parts = urlsplit(url)
    base_url = f"{parts.scheme.replace('ws', 'http', 1)}://{parts.netloc}/v1"
    try:
        async with AsyncOpenAI(base_url=base_url, api_key=api_key or "none", timeout=DEADLINE_SECONDS) as server:
            answer = await server.audio.speech.create(
                model="local", input=text, voice=voice or "default", response_format="pcm"
            )
            audio = pcm16_to_float(await answer.aread())
    except OpenAIError as error:
        raise NetworkError(
            "server_has_no_voice", f"The server cannot say that: {_why(error)}", remedy="Or give a recording instead."
        ) from error
    room = np.zeros(int(ROOM_SECONDS * WIRE_HZ), np.float32)
    whole = np.concatenate([room, audio, room])
    start, end = speech_span_seconds(whole, WIRE_HZ)
    return Recording(name=text, audio=whole, speech_start_seconds=start, speech_end_seconds=end)


def _why(error: OpenAIError) -> str:
    """Return the server's own sentence, where it gave one."""
    body = error.body if isinstance(error, APIStatusError) else None
    told = body.get("message") if isinstance(body, dict) else None
    return told if isinstance(told, str) else f"{str(error).rstrip('.')}."
