"""Speech to text on any server with OpenAI's `/audio/transcriptions`.

Owns the request and the reading of the answer, whole or streamed. Refuses to know sessions; audio leaves this machine
only because the user named the server.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import msgspec
import openai

from vivavoce.audio.files import encode_file
from vivavoce.engines.protocols import SttCapabilities, Transcript
from vivavoce.engines.remote import REMOTE_EXCEPTIONS, Patience, Remote
from vivavoce.errors import Stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from openai._response import AsyncAPIResponse

    from vivavoce.audio.pcm import Samples

__all__ = ["OpenAiStt"]

SAMPLE_RATE_HZ = 16_000
DEFAULT_MODEL = "whisper-1"
_EVENT = "data:"
_END = "[DONE]"


class _ChunkDelta(msgspec.Struct, frozen=True):
    content: str = ""


class _ChunkChoice(msgspec.Struct, frozen=True):
    delta: _ChunkDelta = _ChunkDelta()


class _Event(msgspec.Struct, frozen=True):
    """What servers stream: OpenAI's `transcript.text.*`, or vLLM's chunks in the shape of a chat."""

    type: str = ""
    delta: str = ""
    text: str | None = None
    choices: tuple[_ChunkChoice, ...] = ()
    error: object = None


class _Whole(msgspec.Struct, frozen=True):
    text: str


class OpenAiStt:
    """A `SpeechToText` over one server; any language.

    `streams` asks for the words as they are recognised: a server that stalls is found out early. One that refuses it
    is asked without from then on, and one that ignores it is understood.
    """

    def __init__(
        self,
        base_url: str,
        model: str = "",
        api_key: str = "",
        *,
        patience: Patience | None = None,
        streams: bool = True,
    ) -> None:
        self._model = model or DEFAULT_MODEL
        self._streams = streams
        self._remote = Remote(base_url, api_key, stage=Stage.STT, patience=patience or Patience())

    @property
    def capabilities(self) -> SttCapabilities:
        """Every language: what the server cannot do, it says."""
        return SttCapabilities(name=self._model, languages=None)

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the words in `audio` (16 kHz mono).

        Raises:
            EngineError: the server is gone, refuses, or takes too long.
        """
        recording = encode_file(audio, SAMPLE_RATE_HZ, "wav")
        try:
            text = await self._text(recording, language, prompt)
        except openai.BadRequestError as error:
            if not self._streams or "stream" not in str(error.body):
                raise self._remote.failure(error) from None
            self._streams = False
            return await self.transcribe(audio, language=language, prompt=prompt)
        except REMOTE_EXCEPTIONS as error:
            raise self._remote.failure(error) from None
        return Transcript(text=text, language=language or "")

    async def look(self) -> None:
        """Find out whether the server is well.

        Raises:
            EngineError: it is not.
        """
        await self._remote.look()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._remote.aclose()

    async def _text(self, recording: bytes, language: str | None, prompt: str) -> str:
        async with self._answer(recording, language, prompt) as answer:
            if "event-stream" in answer.headers.get("content-type", ""):
                return await self._streamed(answer)
            body = await self._remote.first(answer.read())
        try:
            return msgspec.json.decode(body, type=_Whole).text
        except msgspec.MsgspecError:
            raise self._remote.nonsense("transcript") from None

    @asynccontextmanager
    async def _answer(
        self, recording: bytes, language: str | None, prompt: str
    ) -> AsyncIterator[AsyncAPIResponse[object]]:
        """Give the answer once its head is here."""
        request = self._remote.client.audio.transcriptions.with_streaming_response.create(
            model=self._model,
            file=("speech.wav", recording, "audio/wav"),
            language=language or openai.omit,
            prompt=prompt or openai.omit,
            response_format="json",
            stream=True if self._streams else openai.omit,
        )
        answer = await self._remote.first(request.__aenter__())
        try:
            yield answer  # type: ignore[misc] # the SDK's type depends on `stream`, which is settled at run time
        finally:
            await request.__aexit__(None, None, None)

    async def _streamed(self, answer: AsyncAPIResponse[object]) -> str:
        text = ""
        lines = answer.iter_lines()
        wait = self._remote.first
        while (line := await wait(anext(lines, None))) is not None:
            wait = self._remote.next
            data = line.removeprefix(_EVENT).strip()
            if not line.startswith(_EVENT) or data == _END:
                continue
            try:
                event = msgspec.json.decode(data, type=_Event)
            except msgspec.MsgspecError:
                raise self._remote.nonsense("transcript") from None
            if event.error is not None or event.type == "error":
                raise self._remote.nonsense("transcript")
            if event.type == "transcript.text.done" and event.text is not None:
                return event.text
            text += event.delta + "".join(choice.delta.content for choice in event.choices)
        return text
