"""Engines for the servers among the providers.

Owns what a block's unset times become, which depends on whether another provider stands behind it. Refuses to ask a
server anything: nothing here waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivavoce.app.providers.keys import key_for
from vivavoce.engines.fallback import Provider
from vivavoce.engines.llm.chat_settings import ChatDeadlines, ChatRetries, ChatSettings, Sampling
from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.remote import Patience
from vivavoce.engines.stt.openai_stt import OpenAiStt
from vivavoce.engines.tts.openai_tts import OpenAiTts
from vivavoce.errors import Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.providers import LlmBlock, ProviderBlock, SttBlock, TtsBlock
    from vivavoce.settings import Settings

__all__ = ["PLACES", "add_chat_servers", "add_recogniser", "add_voice", "provider_of"]

PLACES = 10
"""Ranks that a block has for itself: `auto` stands for several engines."""

CONNECT_SECONDS, CONNECT_BEFORE_NEXT_SECONDS = 5.0, 2.0
FIRST_BEFORE_NEXT_SECONDS = 6.0
FIRST_TOKEN_SECONDS, FIRST_SOUND_SECONDS = 30.0, 20.0
"""Long enough for a server that loads its model on the first request."""

RETRIES = 2


def provider_of(block: ProviderBlock, rank: int, *, stage: Stage, has_next: bool) -> Provider:
    """Return a block's provider; one without a successor is waited for as long as its engine does."""
    languages = getattr(block, "languages", ())
    return Provider(
        stage=stage,
        title=block.title,
        kind=block.kind,
        model=block.model,
        address=block.address,
        rank=PLACES * rank,
        languages=frozenset(languages) or None,
        first_seconds=_first_seconds(block) if has_next else block.first_seconds,
        look_seconds=block.check_seconds,
    )


def add_recogniser(
    roster: EngineRoster, provider: Provider, *, block: SttBlock, blocks: Sequence[SttBlock], key: str
) -> None:
    """Add a server's recogniser."""
    engine = OpenAiStt(block.base_url, block.model, key, patience=_patience(block, blocks), streams=block.stream)
    provider.look = engine.look
    roster.add_stt(engine, provider)


def add_voice(
    roster: EngineRoster, provider: Provider, *, block: TtsBlock, blocks: Sequence[TtsBlock], key: str
) -> None:
    """Add a server's voices."""
    engine = OpenAiTts(
        block.base_url,
        block.model,
        key,
        patience=_patience(block, blocks),
        voices=block.voices,
        sample_rate_hz=block.sample_rate_hz,
    )
    provider.look = engine.look
    roster.add_tts(engine, provider)


def add_chat_servers(roster: EngineRoster, settings: Settings) -> None:
    """Add every server that replies.

    Raises:
        InputError: `provider_key_missing`.
    """
    has_next = len(settings.llm) > 1
    for rank, block in enumerate(settings.llm):
        if block.is_remote:
            engine = OpenAiChat(
                block.base_url,
                block.model,
                key_for(block, settings.llm, settings),
                settings=_chat(block, has_next=has_next),
            )
            provider = provider_of(block, rank, stage=Stage.LLM, has_next=has_next)
            provider.look = engine.look
            roster.enlist(provider)
            roster.add_replies(engine, provider)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Times:
    """What is in force for a block."""

    connect_seconds: float
    retries: int


def _times(block: ProviderBlock, *, has_next: bool) -> _Times:
    connect = CONNECT_BEFORE_NEXT_SECONDS if has_next else CONNECT_SECONDS
    retries = 0 if has_next else RETRIES
    return _Times(
        connect_seconds=connect if block.connect_seconds is None else block.connect_seconds,
        retries=retries if block.retries is None else block.retries,
    )


def _first_seconds(block: ProviderBlock) -> float:
    return FIRST_BEFORE_NEXT_SECONDS if block.first_seconds is None else block.first_seconds


def _patience(block: ProviderBlock, blocks: Sequence[ProviderBlock]) -> Patience:
    times = _times(block, has_next=len(blocks) > 1)
    return Patience(
        connect_seconds=times.connect_seconds,
        first_seconds=FIRST_SOUND_SECONDS if block.first_seconds is None else block.first_seconds,
        between_seconds=block.between_seconds,
        retries=times.retries,
    )


def _chat(block: LlmBlock, *, has_next: bool) -> ChatSettings:
    times = _times(block, has_next=has_next)
    return ChatSettings(
        deadlines=ChatDeadlines(
            connect_seconds=times.connect_seconds,
            first_token_seconds=FIRST_TOKEN_SECONDS if block.first_seconds is None else block.first_seconds,
            between_tokens_seconds=block.between_seconds,
        ),
        retries=ChatRetries(retries=times.retries),
        sampling=Sampling(temperature=block.temperature, max_tokens=block.max_tokens),
        extra_body=block.body,
        context_tokens=block.context_tokens or 0,
    )
