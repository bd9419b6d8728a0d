"""Providers for tests of falling back: engines that do as they are told, each with its record."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import anyio
import numpy as np

from vivavoce.engines.fallback import Member, Provider
from vivavoce.engines.fallback_replies import FallbackReplies
from vivavoce.engines.protocols import ChatMessage, ReplyRequest, SpeechChunk, TextDelta, TtsCapabilities
from vivavoce.errors import EngineError, NetworkError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from vivavoce.engines.protocols import ReplyEngine, SynthesisRequest

UNREACHABLE = NetworkError("llm_unreachable", "No connection to the language model's server.")
GONE = NetworkError("llm_disconnected", "The server closed the connection.")
PREEMPTED = EngineError("llm_preempted", "Needed for more urgent work.", stage=Stage.LLM, retryable=True)
TOO_LONG = EngineError("llm_context_too_long", "The conversation is too long.", stage=Stage.LLM)


def provider(title: str, rank: int = 0, *, stage: Stage = Stage.LLM, first_seconds: float | None = None) -> Provider:
    return Provider(stage=stage, title=title, model=title, rank=rank, first_seconds=first_seconds)


def chain(*engines: ReplyEngine, first_seconds: float | None = 6.0) -> tuple[FallbackReplies, list[Provider]]:
    """Return the engines in this order, and their providers."""
    replies, providers = FallbackReplies(), []
    for rank, engine in enumerate(engines):
        providers.append(provider(engine.name, rank, first_seconds=first_seconds))
        replies.add(Member(engine, providers[-1]))
    return replies, providers


def asking(words: str = "Where is the tower?") -> ReplyRequest:
    return ReplyRequest(messages=(ChatMessage(role="user", content=words),))


async def text_of(engine: ReplyEngine, request: ReplyRequest | None = None) -> str:
    async with aclosing(engine.reply(request or asking())) as deltas:
        return "".join([delta.text async for delta in deltas if isinstance(delta, TextDelta)])


class Voice:
    """Speaks chunks of a tenth of a second at its rate, and fails after some of them.

    Attributes:
        asked: the texts it was given.
        closed: clauses that were given up before their end.
    """

    def __init__(
        self,
        chunks: int = 10,
        *,
        fails_after: int | None = None,
        rate_hz: int = 24_000,
        delay_seconds: float = 0.0,
        languages: Sequence[str] = ("en", "zh"),
    ) -> None:
        self._chunks = chunks
        self._fails_after = fails_after
        self._rate_hz = rate_hz
        self._delay_seconds = delay_seconds
        self._languages = tuple(languages)
        self.asked: list[str] = []
        self.closed = 0

    @property
    def capabilities(self) -> TtsCapabilities:
        voices: dict[str, tuple[str, ...]] = {language: (f"{language}-voice",) for language in self._languages}
        return TtsCapabilities(name="voice", sample_rate_hz=self._rate_hz, voices=voices)

    async def synthesize(self, request: SynthesisRequest) -> AsyncGenerator[SpeechChunk, None]:
        self.asked.append(request.text)
        is_whole = False
        try:
            await anyio.sleep(self._delay_seconds)
            for number in range(self._chunks):
                if number == self._fails_after:
                    is_whole = True
                    raise EngineError("tts_unreachable", "It is gone.", stage=Stage.TTS, retryable=True)
                yield SpeechChunk(audio=np.full(self._rate_hz // 10, 0.1, np.float32))
            is_whole = True
        finally:
            self.closed += not is_whole

    async def aclose(self) -> None:
        """Nothing to free."""
