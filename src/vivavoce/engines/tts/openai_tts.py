"""Speech on any server with OpenAI's `/audio/speech`, streamed as PCM.

Owns the request and the cutting of the stream into whole samples. Refuses to know sessions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import openai

from vivavoce.audio.pcm import pcm16_to_float
from vivavoce.engines.protocols import SpeechChunk, TtsCapabilities
from vivavoce.engines.remote import remote_client, remote_failure
from vivavoce.errors import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import SynthesisRequest

__all__ = ["OpenAiTts"]

SAMPLE_RATE_HZ = 24_000
CHUNK_BYTES = 9_600
DEFAULT_MODEL = "tts-1"
DEFAULT_VOICE = "alloy"


class OpenAiTts:
    """A `TextToSpeech` over one server; its voices and languages are the server's to know."""

    def __init__(self, base_url: str, model: str = "", api_key: str = "") -> None:
        self._base_url = base_url
        self._model = model or DEFAULT_MODEL
        self._client = remote_client(base_url, api_key)

    @property
    def capabilities(self) -> TtsCapabilities:
        """No voices are listed, because the API has no way to ask for them."""
        return TtsCapabilities(name=self._model, sample_rate_hz=SAMPLE_RATE_HZ, voices={})

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause's speech. Closing the generator closes the request.

        Raises:
            EngineError: the server is gone, refuses, or takes too long.
        """
        half_sample = b""
        try:
            async with self._client.audio.speech.with_streaming_response.create(
                model=self._model,
                voice=request.voice or DEFAULT_VOICE,
                input=request.text,
                speed=request.speed,
                response_format="pcm",
            ) as answer:
                async for data in answer.iter_bytes(CHUNK_BYTES):
                    whole = half_sample + data
                    end = len(whole) - len(whole) % 2
                    half_sample = whole[end:]
                    yield SpeechChunk(audio=pcm16_to_float(whole[:end]))
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError) as error:
            # The SDK hands on the stream as it is: what breaks in its middle is not its own kind of error.
            raise remote_failure(error, stage=Stage.TTS, base_url=self._base_url) from None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()
