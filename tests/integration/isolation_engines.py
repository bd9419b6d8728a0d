"""Engines that hide nothing: what reaches them of a session they say aloud, so that it shows where it does not belong.

Every session has a letter, and every secret of it is a word with that letter. The model says every secret it finds
in its prompt or among its tools; the recogniser hears whose voice it is by its level; the voice speaks at the level of
whose secret it says. Owns this code. Refuses to know sessions and sockets.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import numpy as np

from vivavoce.engines.protocols import (
    ReplyEnd,
    SpeechChunk,
    SttCapabilities,
    TextDelta,
    ToolCallDelta,
    Transcript,
    TtsCapabilities,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest, Samples, SynthesisRequest

__all__ = [
    "LETTERS",
    "ConfusedVoice",
    "ForgetfulReplies",
    "LevelStt",
    "LevelTts",
    "TellingReplies",
    "letter_of",
    "secret",
    "secrets_in",
    "voice_of",
]

LETTERS = "abcdefghijklmnoprstu"
"""No q, which frames the letter."""

RATE_HZ = 24_000
QUIET = 0.05
WORD_SECONDS = 0.01
"""Long enough that many replies are made at once."""

_SECRET = re.compile(r"zq([a-z])zq[a-z]*", re.IGNORECASE)


def secret(letter: str, kind: str) -> str:
    """Return a word that nobody but this session may ever see."""
    return f"zq{letter}zq{kind}"


def secrets_in(text: str) -> set[str]:
    """Return the secrets in a text."""
    return {found.group(0).lower() for found in _SECRET.finditer(text)}


def level(letter: str) -> float:
    """Return how loud this session speaks, and is spoken to."""
    return 0.1 + 0.03 * LETTERS.index(letter)


def voice_of(letter: str, seconds: float, *, pitch_hz: int = 90) -> Samples:
    """Return a voice at this session's level; the assistant's is higher, or the user's would be taken for its echo."""
    places = np.arange(round(seconds * RATE_HZ)) * 2 * pitch_hz // RATE_HZ
    return np.where(places % 2, level(letter), -level(letter)).astype(np.float32)


def letter_of(audio: Samples) -> str:
    """Return whose voice this is; empty for nobody's."""
    loud = np.abs(audio)[np.abs(audio) > QUIET]
    if len(loud) < 100:
        return ""
    place = round((float(np.median(loud)) - 0.1) / 0.03)
    return LETTERS[place] if 0 <= place < len(LETTERS) else "?"


class TellingReplies:
    """Says every secret in the prompt; asked to use a tool it calls the first, with the newest secret."""

    name = "telling"

    def __init__(self) -> None:
        self.active = 0
        self.most_active = 0

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Stream what is known, word by word."""
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            asked = request.messages[-1]
            if asked.role == "user" and asked.content.endswith("Use the tool.") and request.tools:
                note = json.dumps({"note": max(self.known(request))})
                yield ToolCallDelta(index=0, call_id="call_same", name=request.tools[0].name, arguments=note)
                yield ReplyEnd(finish_reason="tool_calls")
                return
            for word in ["I know", *sorted(self.known(request))]:
                await anyio.sleep(WORD_SECONDS)
                yield TextDelta(text=f"{word} ")
            yield TextDelta(text="now.")
            yield ReplyEnd()
        finally:
            self.active -= 1

    async def aclose(self) -> None:
        """Nothing to free."""

    def known(self, request: ReplyRequest) -> set[str]:
        """Return every secret that reached the model."""
        tools = " ".join(f"{tool.name} {tool.description} {tool.parameters}" for tool in request.tools)
        return secrets_in(" ".join(message.content for message in request.messages) + tools)


class ForgetfulReplies(TellingReplies):
    """Forgets to forget: what it knew for the last caller it says to the next."""

    def __init__(self) -> None:
        super().__init__()
        self._last: set[str] = set()

    def known(self, request: ReplyRequest) -> set[str]:
        """Return what this caller and the one before have told."""
        own = super().known(request)
        both, self._last = own | self._last, own
        return both


class LevelStt:
    """Hears whose voice it is."""

    @property
    def capabilities(self) -> SttCapabilities:
        """Any language."""
        return SttCapabilities(name="level", languages=None)

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return a sentence with the secret of whoever speaks."""
        await anyio.lowlevel.checkpoint()
        letter = letter_of(audio)
        return Transcript(text=f"I said {secret(letter, 'spoken')}." if letter else "", language=language or "en")

    async def aclose(self) -> None:
        """Nothing to free."""


class LevelTts:
    """Speaks at the level of whose secret it says; `spoken` is what, and in which voice."""

    def __init__(self) -> None:
        self.spoken: list[SynthesisRequest] = []

    @property
    def capabilities(self) -> TtsCapabilities:
        """A voice for each session, in both languages."""
        voices = tuple(f"voice-{letter}" for letter in LETTERS)
        return TtsCapabilities(name="level", sample_rate_hz=RATE_HZ, voices={"en": voices, "zh": voices})

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        """Stream one chunk, 100 ms of it."""
        self.spoken.append(request)
        await anyio.lowlevel.checkpoint()
        letter = self.whose(request)
        yield SpeechChunk(audio=voice_of(letter, 0.1, pitch_hz=240) if letter else np.zeros(RATE_HZ // 10, np.float32))

    async def aclose(self) -> None:
        """Nothing to free."""

    def whose(self, request: SynthesisRequest) -> str:
        """Return whose secret is said."""
        found = _SECRET.search(request.text)
        return found.group(1).lower() if found else ""


class ConfusedVoice(LevelTts):
    """Speaks in the voice of whoever was spoken to before."""

    def __init__(self) -> None:
        super().__init__()
        self._last = ""

    def whose(self, request: SynthesisRequest) -> str:
        """Return whose secret was said before."""
        last, self._last = self._last, super().whose(request)
        return last
