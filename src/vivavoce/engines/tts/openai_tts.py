"""Speech on any server with OpenAI's `/audio/speech`, streamed as PCM.

Owns the request, the choice of the server's voice, and the cutting of the stream into whole samples. Refuses to know
sessions.
"""

from __future__ import annotations

import struct
from contextlib import aclosing
from typing import TYPE_CHECKING

from vivavoce.audio.pcm import pcm16_to_float
from vivavoce.engines.protocols import SpeechChunk, TtsCapabilities
from vivavoce.engines.remote import REMOTE_EXCEPTIONS, Patience, Remote
from vivavoce.errors import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from vivavoce.engines.protocols import SynthesisRequest

__all__ = ["OpenAiTts"]

SAMPLE_RATE_HZ = 24_000
CHUNK_BYTES = 9_600
DEFAULT_MODEL = "tts-1"
DEFAULT_VOICE = "alloy"
ANY_VOICE = "*"
_RIFF_BYTES, _CHUNK_HEAD_BYTES = 12, 8
_PCM_SHAPE = struct.Struct("<HHIIHH")


class OpenAiTts:
    """A `TextToSpeech` over one server; its voices and languages are the server's to know.

    Args:
        voices: the server's voice for each of ours, for a language, or for all others (`*`).
        sample_rate_hz: of the PCM it sends; a server that answers with WAV all the same says it itself.
    """

    def __init__(
        self,
        base_url: str,
        model: str = "",
        api_key: str = "",
        *,
        patience: Patience | None = None,
        voices: Mapping[str, str] | None = None,
        sample_rate_hz: int = SAMPLE_RATE_HZ,
    ) -> None:
        self._model = model or DEFAULT_MODEL
        self._voices = dict(voices or {})
        self._sample_rate_hz = sample_rate_hz
        self._remote = Remote(base_url, api_key, stage=Stage.TTS, patience=patience or Patience())

    @property
    def capabilities(self) -> TtsCapabilities:
        """No voices are listed, because the API has no way to ask for them."""
        return TtsCapabilities(name=self._model, sample_rate_hz=self._sample_rate_hz, voices={})

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream the clause's speech. Closing the generator closes the request.

        Raises:
            EngineError: the server is gone, refuses, or takes too long.
        """
        reader = _PcmReader(self._sample_rate_hz)
        async with aclosing(self._bytes(request)) as pieces:
            async for data in pieces:
                try:
                    samples = reader.take(data)
                except ValueError:
                    raise self._remote.nonsense("speech in 16-bit PCM") from None
                if samples:
                    yield SpeechChunk(audio=pcm16_to_float(samples), sample_rate_hz=reader.sample_rate_hz)
        if not reader.has_begun:
            raise self._remote.nonsense("speech")

    async def look(self) -> None:
        """Find out whether the server is well.

        Raises:
            EngineError: it is not.
        """
        await self._remote.look()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._remote.aclose()

    async def _bytes(self, request: SynthesisRequest) -> AsyncGenerator[bytes, None]:
        call = self._remote.client.audio.speech.with_streaming_response.create(
            model=self._model,
            voice=self._voice(request),
            input=request.text,
            speed=request.speed,
            response_format="pcm",
        )
        try:
            answer = await self._remote.first(call.__aenter__())
            try:
                pieces = answer.iter_bytes(CHUNK_BYTES)
                data = await self._remote.first(anext(pieces, None))
                while data is not None:
                    yield data
                    data = await self._remote.next(anext(pieces, None))
            finally:
                await call.__aexit__(None, None, None)
        except REMOTE_EXCEPTIONS as error:
            raise self._remote.failure(error) from None

    def _voice(self, request: SynthesisRequest) -> str:
        """Return the server's voice for the one that was chosen, for the language, or for all others."""
        for name in (request.voice, request.language, ANY_VOICE):
            if name in self._voices:
                return self._voices[name]
        return request.voice or DEFAULT_VOICE


class _PcmReader:
    """Cuts 16-bit mono PCM into whole samples, and finds it in a WAV file where a server sends one.

    LocalAI and others answer with their voice's own WAV whatever was asked for.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.has_begun = False
        self._held = b""
        self._is_bare = False

    def take(self, data: bytes) -> bytes:
        """Return the whole samples that are there now."""
        self._held += data
        if not self._is_bare:
            self._is_bare = self._find_samples()
        if not self._is_bare:
            return b""
        end = len(self._held) - len(self._held) % 2
        samples, self._held = self._held[:end], self._held[end:]
        self.has_begun = self.has_begun or bool(samples)
        return samples

    def _find_samples(self) -> bool:
        """Drop a WAV file's head once it is whole; whether what is held are samples."""
        if len(self._held) < _RIFF_BYTES:
            return False
        if not (self._held.startswith(b"RIFF") and self._held[8:12] == b"WAVE"):
            return True
        at = _RIFF_BYTES
        while at + _CHUNK_HEAD_BYTES <= len(self._held):
            name, size = self._held[at : at + 4], int.from_bytes(self._held[at + 4 : at + 8], "little")
            start = at + _CHUNK_HEAD_BYTES
            if name == b"data":
                self._held = self._held[start:]
                return True
            if name == b"fmt " and start + _PCM_SHAPE.size <= len(self._held):
                self._learn(*_PCM_SHAPE.unpack_from(self._held, start))
            at = start + size + size % 2
        return False

    def _learn(self, code: int, channels: int, rate_hz: int, _: int, __: int, bits: int) -> None:
        if (code, channels, bits) != (1, 1, 16):
            raise ValueError("the WAV file is not 16-bit mono PCM")
        self.sample_rate_hz = rate_hz
