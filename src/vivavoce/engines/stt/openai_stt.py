"""Speech to text on any server with OpenAI's `/audio/transcriptions`.

Owns the request. Refuses to know sessions; audio leaves this machine only because the user named the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai

from vivavoce.audio.files import encode_file
from vivavoce.engines.protocols import SttCapabilities, Transcript
from vivavoce.engines.remote import remote_client, remote_failure
from vivavoce.errors import Stage

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples

__all__ = ["OpenAiStt"]

SAMPLE_RATE_HZ = 16_000
DEFAULT_MODEL = "whisper-1"


class OpenAiStt:
    """A `SpeechToText` over one server; any language."""

    def __init__(self, base_url: str, model: str = "", api_key: str = "") -> None:
        self._base_url = base_url
        self._model = model or DEFAULT_MODEL
        self._client = remote_client(base_url, api_key)

    @property
    def capabilities(self) -> SttCapabilities:
        """Every language: what the server cannot do, it says."""
        return SttCapabilities(name=self._model, languages=None)

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the words in `audio` (16 kHz mono).

        Raises:
            EngineError: the server is gone, refuses, or takes too long.
        """
        recording = ("speech.wav", encode_file(audio, SAMPLE_RATE_HZ, "wav"), "audio/wav")
        try:
            words = await self._client.audio.transcriptions.create(
                model=self._model,
                file=recording,
                language=language or openai.omit,
                prompt=prompt or openai.omit,
                response_format="json",
            )
        except openai.OpenAIError as error:
            raise remote_failure(error, stage=Stage.STT, base_url=self._base_url) from None
        return Transcript(text=words.text, language=language or "")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()
