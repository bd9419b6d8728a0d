"""A turn in writing: a message in, a reply out, and the tools that it takes run in between.

Owns the loop of reply and tool, its depth, and what is learned from it. Refuses to know HTTP, and how conversations are
kept. Tools that need the user's word first are not offered, for in one answer nobody can be asked; those that act on
what is spoken say that there is nothing to act on. What is not offered is not run either.
"""

from __future__ import annotations

import secrets
import time
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from vivavoce.dialogue.engine import TurnOptions
from vivavoce.dialogue.kept_texts import InMemoryTexts, OneAtATime
from vivavoce.dialogue.notes import language_of
from vivavoce.dialogue.text_events import TextDone, TextPiece, TextToolAnswered, TextToolCalled
from vivavoce.engines.protocols import ChatMessage, MemoriesUsed, ReplyEnd, TextDelta, ToolCallDelta, ToolSpec
from vivavoce.errors import InputError
from vivavoce.memory.facts import SpokenTurn
from vivavoce.personas.persona import Persona
from vivavoce.speech.cues import CueFilter
from vivavoce.tools.remembering import FORGET, MEMORY_TOOLS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from vivavoce.dialogue.kept_texts import KeepsTexts
    from vivavoce.dialogue.switch import EngineSwitch
    from vivavoce.dialogue.text_events import TextAsked, TextEvent
    from vivavoce.engines.protocols import ReplyDelta
    from vivavoce.tools.definition import SessionAction, ToolCaller, ToolDefinition, ToolOutcome

__all__ = [
    "Learns",
    "RunsTools",
    "TextTurns",
]

LONGEST_LEARNED_CHARACTERS = 4_000
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


class Learns(Protocol):
    """Long-term memory, as far as it learns; `vivavoce.memory.facts.Remembers` fits."""

    def observe(self, turn: SpokenTurn) -> None:
        """Learn from a turn later; returns at once."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Talk:
    """A conversation in writing, as engines and tools see it; `language` is that of tools, `zh` or another's code."""

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
        del action  # whatever it is
        told = (
            "这只有在语音对话中才能做到。" if self.language == "zh" else "That is possible only when you talk by voice."
        )
        raise InputError("no_session", told)


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


@dataclass(slots=True, kw_only=True)
class _Turn:
    """One turn under way: who speaks where with which tools, what was said before it, and in it."""

    persona: Persona
    talk: _Talk
    engine: str
    toolbox: RunsTools | None
    said: tuple[ChatMessage, ...]
    new: list[ChatMessage]
    cues: CueFilter
    reply: str = ""
    has_forgotten: bool = False


class TextTurns:
    """Turns in writing.

    Args:
        switch: the engines.
        toolbox: gives the tools of a conversation by its id.
        personas: gives a character by its id; raises InputError.
        persona: the id of the character of conversations that name none.
        texts: where conversations are kept; in memory by default.
        memory: learns from turns that are over; None where nobody is remembered.
    """

    def __init__(
        self,
        switch: EngineSwitch,
        *,
        toolbox: Callable[[str], RunsTools],
        personas: Callable[[str], Persona],
        persona: str,
        texts: KeepsTexts | None = None,
        memory: Learns | None = None,
        wall_clock: Callable[[], float] = time.time,  # noqa: TID251 - facts carry the date on which they were told
    ) -> None:
        self._switch = switch
        self._toolbox = toolbox
        self._personas = personas
        self._persona = persona
        self._texts = texts or InMemoryTexts()
        self._memory = memory
        self._wall_clock = wall_clock
        self._turns = OneAtATime()

    async def turn(self, asked: TextAsked) -> AsyncGenerator[TextEvent, None]:
        """Answer a message: pieces and tools as they come, `TextDone` last. Closing it stops everything.

        What was said is kept, and learned from, once the reply is whole. Of one conversation's turns, one comes after
        the other.

        Raises:
            EngineError: the model failed or is gone.
            InputError: no such character or conversation.
            CapacityError: `conversation_busy`.
        """
        conversation_id = asked.conversation_id or f"text_{secrets.token_hex(12)}"
        async with self._turns.turn(asked.user_id, conversation_id):
            turn = await self._begin(asked, conversation_id)
            for number in range(MAX_ROUNDS):
                made = _Round()
                async with aclosing(self._round(turn, made, is_last=number == MAX_ROUNDS - 1)) as events:
                    async for event in events:
                        yield event
                if turn.toolbox is None or not made.calls:
                    break
            text, _ = turn.cues.flush()
            if text:
                turn.reply += text
                yield TextPiece(text=text)
            begins = not asked.conversation_id
            await self._texts.append(asked.user_id, conversation_id, _answered(turn.new), begins=begins)
            self._learn(turn, asked)
            yield TextDone(reply=turn.reply.strip(), conversation_id=conversation_id, engine=turn.engine)

    async def _begin(self, asked: TextAsked, conversation_id: str) -> _Turn:
        persona = self._personas(asked.persona_id or self._persona)
        said: tuple[ChatMessage, ...] = ()
        if asked.conversation_id:
            said = await self._texts.messages(asked.user_id, conversation_id)
        talk = _Talk(
            # To a character that remembers nobody, everybody is nobody.
            user_id=asked.user_id if persona.memory else "",
            conversation_id=conversation_id,
            persona_id=persona.id,
            language=_language_of_tools(persona, asked.message),
        )
        return _Turn(
            persona=persona,
            talk=talk,
            engine=self._switch.name_for(talk),
            toolbox=self._toolbox(conversation_id) if asked.use_tools else None,
            said=said,
            new=[ChatMessage(role="user", content=asked.message)],
            cues=CueFilter(persona.expressions + persona.actions),
        )

    async def _round(self, turn: _Turn, made: _Round, *, is_last: bool) -> AsyncGenerator[TextEvent, None]:
        """Have one reply made, and run the tools that it calls."""
        tools = _tools(turn.toolbox, turn.persona)
        options = TurnOptions(user_id=turn.talk.user_id, tools=tools, tool_choice="none" if is_last else "auto")
        deltas = self._switch.engine(turn.engine).generate_response(
            (*turn.said, *turn.new),
            turn.talk.conversation_id,
            turn.persona.id,
            use_tools=bool(options.tools),
            options=options,
        )
        async with aclosing(deltas):
            async for delta in deltas:
                text, _ = turn.cues.feed(made.take(delta))
                if text:
                    turn.reply += text
                    yield TextPiece(text=text)
        turn.new.append(made.message())
        if turn.toolbox is None:
            return
        for call_id, name, arguments in made.calls.values():
            yield TextToolCalled(name=name, arguments=arguments)
            outcome = await turn.toolbox.call(name, arguments, turn.talk, allow=[tool.name for tool in tools])
            turn.has_forgotten = turn.has_forgotten or name == FORGET
            turn.new.append(ChatMessage(role="tool", content=outcome.output, tool_call_id=call_id))
            yield TextToolAnswered(name=name, output=outcome.output, error_code=outcome.error_code)

    def _learn(self, turn: _Turn, asked: TextAsked) -> None:
        """Have memory learn from a turn, unless something was forgotten in it: what is to be gone stands in it."""
        if not turn.talk.user_id or turn.has_forgotten:
            return
        spoken = SpokenTurn(
            user_id=turn.talk.user_id,
            conversation_id=turn.talk.conversation_id,
            turn_id=f"text_{secrets.token_hex(12)}",
            language=language_of("auto", asked.message),
            said=asked.message[:LONGEST_LEARNED_CHARACTERS],
            heard=turn.reply.strip()[:LONGEST_LEARNED_CHARACTERS],
            at=self._wall_clock(),
        )
        if self._memory is not None:
            self._memory.observe(spoken)
        self._switch.observe(turn.engine, spoken)


def _tools(toolbox: RunsTools | None, persona: Persona) -> tuple[ToolSpec, ...]:
    if toolbox is None:
        return ()
    return tuple(
        ToolSpec(name=tool.name, description=tool.description, parameters=tool.parameters)
        for tool in toolbox.offered(persona.tools)
        if not tool.needs_approval and (persona.memory or tool.name not in MEMORY_TOOLS)
    )


def _language_of_tools(persona: Persona, message: str) -> str:
    """Return the language that tools answer in: the message's where the character speaks it, else the character's."""
    written = language_of("auto", message)
    return written if written in persona.languages else persona.languages[0]


def _answered(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return the messages without calls that nobody answered: every provider refuses them later."""
    answered = {message.tool_call_id for message in messages if message.role == "tool"}
    kept = [
        replace(message, tool_calls=tuple(call for call in message.tool_calls if call[0] in answered))
        for message in messages
    ]
    return [message for message in kept if message.content or message.tool_calls or message.role == "tool"]
