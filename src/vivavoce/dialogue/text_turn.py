"""A turn in writing: a message in, a reply out, and the tools that it takes run in between.

Owns the loop of reply and tool, its depth, and the conversation that goes on by its id. Refuses to know HTTP, and how
conversations are kept. Tools that need the user's word first are not offered: in one answer nobody can be asked.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from vivavoce.dialogue.engine import TurnOptions
from vivavoce.engines.protocols import ChatMessage, MemoriesUsed, ReplyEnd, TextDelta, ToolCallDelta, ToolSpec
from vivavoce.errors import InputError
from vivavoce.speech.cues import CueFilter

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from vivavoce.dialogue.switch import EngineSwitch
    from vivavoce.engines.protocols import ReplyDelta
    from vivavoce.personas.persona import Persona
    from vivavoce.tools.definition import SessionAction, ToolCaller, ToolDefinition, ToolOutcome

__all__ = [
    "InMemoryTexts",
    "KeepsTexts",
    "RunsTools",
    "TextAsked",
    "TextDone",
    "TextEvent",
    "TextPiece",
    "TextToolAnswered",
    "TextToolCalled",
    "TextTurns",
]

MAX_ROUNDS = 8
"""Replies of one turn: after the last but one, the model is offered no more tools."""


class RunsTools(Protocol):
    """The tools of one conversation; `vivavoce.tools.toolbox.Toolbox` fits."""

    def offered(self, allow: Sequence[str] = ...) -> tuple[ToolDefinition, ...]:
        """Return the tools that are there now and allowed."""
        ...

    async def call(
        self, name: str, arguments_json: str, caller: ToolCaller, *, allow: Sequence[str] = ...
    ) -> ToolOutcome:
        """Call a tool; whatever goes wrong is told in the outcome."""
        ...


class KeepsTexts(Protocol):
    """Where conversations in writing are kept."""

    async def messages(self, user_id: str, conversation_id: str) -> tuple[ChatMessage, ...]:
        """Return what was said, the oldest first.

        Raises:
            InputError: `conversation_not_found`: it is not there, or not this user's.
        """
        ...

    async def append(self, user_id: str, conversation_id: str, messages: Sequence[ChatMessage]) -> None:
        """Keep what was said next; a conversation begins with its first words."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAsked:
    """One message.

    Attributes:
        conversation_id: the one to go on with; empty for a new one.
        persona_id: empty for the server's.
    """

    message: str
    user_id: str
    conversation_id: str = ""
    persona_id: str = ""
    use_tools: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """More of the reply."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToolCalled:
    """A tool is being run."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToolAnswered:
    """What it came to; `error_code` empty when it worked."""

    name: str
    output: str
    error_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDone:
    """The reply is whole."""

    reply: str
    conversation_id: str
    engine: str


TextEvent = TextPiece | TextToolCalled | TextToolAnswered | TextDone


class InMemoryTexts:
    """Conversations that live as long as the server, the latest of them, each by its newest messages."""

    def __init__(self, *, conversations: int = 256, messages: int = 400) -> None:
        self._kept: OrderedDict[tuple[str, str], list[ChatMessage]] = OrderedDict()
        self._conversations = conversations
        self._messages = messages

    async def messages(self, user_id: str, conversation_id: str) -> tuple[ChatMessage, ...]:
        """Return what was said.

        Raises:
            InputError: `conversation_not_found`.
        """
        kept = self._kept.get((user_id, conversation_id))
        if kept is None:
            raise InputError(
                "conversation_not_found",
                f"There is no conversation '{conversation_id[:80]}'.",
                remedy="Leave conversation_id out to begin a new one.",
                param="conversation_id",
            )
        return tuple(kept)

    async def append(self, user_id: str, conversation_id: str, messages: Sequence[ChatMessage]) -> None:
        """Keep what was said next."""
        kept = self._kept.setdefault((user_id, conversation_id), [])
        kept.extend(messages)
        if len(kept) > self._messages:
            # Half at a time, so that what is left begins alike for many turns; from a user's message on.
            half = len(kept) - self._messages // 2
            del kept[: next((index for index in range(half, len(kept)) if kept[index].role == "user"), half)]
        self._kept.move_to_end((user_id, conversation_id))
        while len(self._kept) > self._conversations:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """A conversation in writing, as engines and tools see it."""

    user_id: str
    conversation_id: str
    persona_id: str
    language: str
    session_id: str = ""

    def act(self, action: SessionAction) -> None:
        """Refuse: there is no session.

        Raises:
            InputError: `no_session`.
        """
        raise InputError(
            "no_session", f"{type(action).__name__} needs a spoken conversation.", remedy="Say so to the user."
        )


@dataclass(slots=True)
class _Round:
    """One reply of a turn, as it comes."""

    text: str = ""
    calls: dict[int, tuple[str, str, str]] = field(default_factory=dict)

    def take(self, delta: ReplyDelta) -> str:
        """Take a delta in, and return the text that it adds."""
        match delta:
            case TextDelta():
                self.text += delta.text
                return delta.text
            case ToolCallDelta():
                call_id, name, arguments = self.calls.get(delta.index, ("", "", ""))
                self.calls[delta.index] = (call_id or delta.call_id, name or delta.name, arguments + delta.arguments)
            case MemoriesUsed() | ReplyEnd():
                pass
        return ""

    def message(self) -> ChatMessage:
        return ChatMessage(role="assistant", content=self.text, tool_calls=tuple(self.calls.values()))


class TextTurns:
    """Turns in writing.

    Args:
        switch: the engines.
        toolbox: gives the tools of a conversation by its id.
        personas: gives a character by its id; raises InputError.
        persona: the id of the character of conversations that name none.
    """

    def __init__(
        self,
        switch: EngineSwitch,
        *,
        toolbox: Callable[[str], RunsTools],
        personas: Callable[[str], Persona],
        persona: str,
        texts: KeepsTexts | None = None,
    ) -> None:
        self._switch = switch
        self._toolbox = toolbox
        self._personas = personas
        self._persona = persona
        self._texts = texts or InMemoryTexts()

    async def turn(self, asked: TextAsked) -> AsyncGenerator[TextEvent, None]:
        """Answer a message: pieces and tools as they come, `TextDone` last. Closing it stops everything.

        What was said is kept once the reply is whole.

        Raises:
            EngineError: the model failed or is gone.
            InputError: no such character or conversation.
        """
        persona = self._personas(asked.persona_id or self._persona)
        said = await self._said(asked)
        conversation_id = asked.conversation_id or f"text_{secrets.token_hex(12)}"
        talk = _Talk(user_id=asked.user_id, conversation_id=conversation_id, persona_id=persona.id, language="auto")
        toolbox = self._toolbox(conversation_id) if asked.use_tools else None
        new = [ChatMessage(role="user", content=asked.message)]
        engine = self._switch.name_for(talk)
        cues, pieces = CueFilter(persona.expressions), []
        for number in range(MAX_ROUNDS):
            made = _Round()
            options = _options(talk, _tools(toolbox, persona), is_last=number == MAX_ROUNDS - 1)
            deltas = self._switch.engine(engine).generate_response(
                (*said, *new), conversation_id, persona.id, use_tools=bool(options.tools), options=options
            )
            async with aclosing(deltas):
                async for delta in deltas:
                    text, _ = cues.feed(made.take(delta))
                    if text:
                        pieces.append(text)
                        yield TextPiece(text=text)
            new.append(made.message())
            if toolbox is None or not made.calls:
                break
            for call_id, name, arguments in made.calls.values():
                yield TextToolCalled(name=name, arguments=arguments)
                outcome = await toolbox.call(name, arguments, talk, allow=persona.tools)
                new.append(ChatMessage(role="tool", content=outcome.output, tool_call_id=call_id))
                yield TextToolAnswered(name=name, output=outcome.output, error_code=outcome.error_code)
        text, _ = cues.flush()
        if text:
            pieces.append(text)
            yield TextPiece(text=text)
        await self._texts.append(asked.user_id, conversation_id, _answered(new))
        yield TextDone(reply="".join(pieces).strip(), conversation_id=conversation_id, engine=engine)

    async def _said(self, asked: TextAsked) -> tuple[ChatMessage, ...]:
        if not asked.conversation_id:
            return ()
        return await self._texts.messages(asked.user_id, asked.conversation_id)


def _tools(toolbox: RunsTools | None, persona: Persona) -> tuple[ToolSpec, ...]:
    if toolbox is None:
        return ()
    return tuple(
        ToolSpec(name=tool.name, description=tool.description, parameters=tool.parameters)
        for tool in toolbox.offered(persona.tools)
        if not tool.needs_approval
    )


def _options(talk: _Talk, tools: tuple[ToolSpec, ...], *, is_last: bool) -> TurnOptions:
    choice = "none" if is_last else "auto"
    return TurnOptions(user_id=talk.user_id, language=talk.language, tools=tools, tool_choice=choice)


def _answered(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return the messages without calls that nobody answered: every provider refuses them later."""
    answered = {message.tool_call_id for message in messages if message.role == "tool"}
    kept = [
        replace(message, tool_calls=tuple(call for call in message.tool_calls if call[0] in answered))
        for message in messages
    ]
    return [message for message in kept if message.content or message.tool_calls]
