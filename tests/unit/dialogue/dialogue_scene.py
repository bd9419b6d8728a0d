"""A chat engine with a model that is scripted and counts tokens, and a memory that is a list."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio

from vivavoce.dialogue.chat_engine import ChatEngine, ChatEngineSettings
from vivavoce.dialogue.engine import TurnOptions
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import ChatMessage, MemoriesUsed, ReplyDelta, ReplyRequest, TextDelta
from vivavoce.memory.facts import Fact, HearsOfRemovals, Recalled
from vivavoce.personas.persona import FallbackLines, Persona

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from vivavoce.engines.llm.fake import Step

VIVA = Persona(
    id="viva",
    name="Viva",
    languages=("en",),
    instructions="You are Viva.",
    fallback=FallbackLines(trouble="Sorry.", working=("Let me see.",), tool_failed="That failed."),
    expressions=("joy",),
)
FORGETFUL = Persona(
    id="forgetful",
    name="Dory",
    languages=("en",),
    instructions="You are Dory.",
    fallback=VIVA.fallback,
    memory=False,
)
XIAOMEI = Persona(id="xiaomei", name="小梅", languages=("zh",), instructions="你叫小梅。", fallback=VIVA.fallback)
LIN = Persona(
    id="lin",
    name="Lin",
    languages=("en", "zh"),
    instructions="You are Lin.",
    fallback=VIVA.fallback,
    switches_languages=True,
)


def persona(persona_id: str) -> Persona:
    return {one.id: one for one in (VIVA, FORGETFUL, XIAOMEI, LIN)}[persona_id]


class CountingReplies(ScriptedReplies):
    """A model with a context of `context` tokens, one a word, that says how many a prompt had and reads ahead."""

    def __init__(self, *scripts: tuple[Step, ...], context: int = 100_000) -> None:
        super().__init__(*scripts)
        self.context_tokens = context
        self.read: list[ReplyRequest] = []
        self.counts = 0

    @property
    def can_read_ahead(self) -> bool:
        return True

    async def read_ahead(self, request: ReplyRequest) -> None:
        await anyio.lowlevel.checkpoint()
        self.read.append(request)

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        self.counts += 1
        return words_in(request)


def words_in(request: ReplyRequest) -> int:
    return sum(len(message.content.split()) for message in request.messages)


@dataclass
class ListedMemory:
    """Facts of one user; what shares a long word with the words fits them. `slow` seconds an answer."""

    texts: list[str] = field(default_factory=list)
    slow: float = 0.0
    searches: list[str] = field(default_factory=list)
    listeners: list[HearsOfRemovals] = field(default_factory=list)

    def subscribe(self, listener: HearsOfRemovals) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def forget(self, text: str) -> None:
        """Forget a fact, whose place stays empty, so that the others keep their ids."""
        number = self.texts.index(text)
        self.texts[number] = ""
        for listener in self.listeners:
            listener("ann", frozenset({f"f{number}"}))

    def _fact(self, number: int) -> Fact:
        return Fact(id=f"f{number}", user_id="ann", text=self.texts[number], language="en", told_at=0.0)

    async def search(self, user_id: str, words: str, *, limit: int = 5) -> tuple[Recalled, ...]:
        await anyio.sleep(self.slow)
        self.searches.append(words)
        asked = {word.strip("?.,").lower() for word in words.split() if len(word) > 3}
        fitting = [
            number
            for number, text in enumerate(self.texts)
            if user_id == "ann" and asked & {word.strip("?.,").lower() for word in text.split()}
        ]
        return tuple(Recalled(fact=self._fact(number), score=0.9) for number in fitting[:limit])

    async def facts(self, user_id: str, *, limit: int = 100) -> list[Fact]:
        await anyio.sleep(self.slow)
        return (
            [self._fact(number) for number, text in enumerate(self.texts) if text][:limit] if user_id == "ann" else []
        )


def user(text: str) -> ChatMessage:
    return ChatMessage(role="user", content=text)


def viva(text: str) -> ChatMessage:
    return ChatMessage(role="assistant", content=text)


ANN = TurnOptions(user_id="ann", language="en")


@asynccontextmanager
async def chat_engine(
    replies: ScriptedReplies, memory: ListedMemory | None = None, settings: ChatEngineSettings | None = None
) -> AsyncIterator[ChatEngine]:
    async with anyio.create_task_group() as background:
        yield ChatEngine(lambda: replies, personas=persona, background=background, memory=memory, settings=settings)
        background.cancel_scope.cancel()


async def said(
    engine: ChatEngine, *messages: ChatMessage, conversation: str = "c", options: TurnOptions = ANN, stream: bool = True
) -> list[ReplyDelta]:
    """Return the deltas of a reply."""
    deltas = engine.generate_response(messages, conversation, "viva", stream=stream, options=options)
    return [delta async for delta in deltas]


def text_of(deltas: list[ReplyDelta]) -> str:
    return "".join(delta.text for delta in deltas if isinstance(delta, TextDelta))


def used(deltas: list[ReplyDelta]) -> list[str]:
    return [text for delta in deltas if isinstance(delta, MemoriesUsed) for _, text in delta.memories]


def prompt(request: ReplyRequest) -> str:
    """Return a prompt as one text."""
    return "\n".join(f"{message.role}: {message.content}" for message in request.messages)
