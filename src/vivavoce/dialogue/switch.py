"""Which reply engine answers whom, changed while the server runs.

Owns the engines that were made, and the choice by scope: a session's goes before its character's, a character's before
the server's. A turn under way stays with the engine that began it, tools and all. Refuses to know how engines work.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from vivavoce.dialogue.engine import EngineInfo, TurnOptions
from vivavoce.errors import InputError, VivavoceError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping

    from vivavoce.dialogue.engine import DialogueEngine
    from vivavoce.dialogue.registry import EngineMaker, EngineParts
    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest, ToolSpec
    from vivavoce.memory.facts import SpokenTurn

__all__ = ["BoundDialogue", "EngineListing", "EngineSwitch", "TalkingTo"]

SERVER = "server"
_MAX_SCOPES = 1_000


class TalkingTo(Protocol):
    """One conversation, as far as the choice of its engine and its prompt depend on it; read anew at each turn."""

    @property
    def session_id(self) -> str:
        """The session it is held in; empty for none."""
        ...

    @property
    def conversation_id(self) -> str:
        """Which conversation it is."""
        ...

    @property
    def persona_id(self) -> str:
        """The character that speaks; empty for none."""
        ...

    @property
    def user_id(self) -> str:
        """Whose memory counts."""
        ...

    @property
    def language(self) -> str:
        """ISO 639-1 code of what is spoken, or auto."""
        ...


@runtime_checkable
class _Closes(Protocol):
    async def aclose(self) -> None: ...


@runtime_checkable
class _ReadsAhead(Protocol):
    @property
    def can_read_ahead(self) -> bool: ...


@runtime_checkable
class _Observes(Protocol):
    def observe(self, turn: SpokenTurn) -> None: ...


@runtime_checkable
class _LearnsBeginnings(Protocol):
    async def learn_beginning(self, personality_id: str, language: str, tools: tuple[ToolSpec, ...] = ()) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineListing:
    """One engine, as users see it; `info` None where it cannot be had, and `problem` says why."""

    name: str
    info: EngineInfo | None
    problem: str = ""


class EngineSwitch:
    """The engines, and who has which.

    Args:
        makers: the engines by name, see `registry.known_engines`.
        parts: what they are made from, when they are first needed.
        default: the server's; made at once, so that a name that is none shows at the start.
        chosen_by: gives the engine that a character asks for by its id; empty for none.
    """

    def __init__(
        self,
        makers: Mapping[str, EngineMaker],
        parts: EngineParts,
        *,
        default: str = "chat_engine",
        chosen_by: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._makers = dict(makers)
        self._parts = parts
        self._chosen_by = chosen_by
        self._made: dict[str, DialogueEngine] = {}
        self._scopes: OrderedDict[str, str] = OrderedDict()
        self._default = default
        self.engine(default)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all engines."""
        return tuple(self._makers)

    def engine(self, name: str) -> DialogueEngine:
        """Return an engine, made if need be.

        Raises:
            InputError: `reply_engine_unknown`, naming those there are; or it cannot be had here.
        """
        if name not in self._makers:
            raise InputError(
                "reply_engine_unknown",
                f"There is no reply engine '{name[:80]}'.",
                remedy=f"There are: {', '.join(self.names)}.",
                param="engine",
            )
        if name not in self._made:
            self._made[name] = self._makers[name](self._parts)
        return self._made[name]

    def listing(self) -> tuple[EngineListing, ...]:
        """Return what every engine is, or why it cannot be had."""
        return tuple(map(self._listed, self._makers))

    def current(self, scope: str = SERVER) -> str:
        """Return the engine that is in force for a scope: `server`, `persona:ID` or `session:ID`.

        Raises:
            InputError: `engine_scope_invalid`.
        """
        kind, name = _parsed(scope)
        chosen = self._scopes.get(scope) or (self._of_persona(name) if kind == "persona" else "")
        return chosen or self._scopes.get(SERVER, self._default)

    def switch(self, name: str, scope: str = SERVER) -> None:
        """Have this engine answer in a scope from its next turn on.

        Raises:
            InputError: `reply_engine_unknown`, `engine_scope_invalid`, or the engine cannot be had here.
        """
        _parsed(scope)
        self.engine(name)
        self._scopes[scope] = name
        self._scopes.move_to_end(scope)
        while len(self._scopes) > _MAX_SCOPES:
            del self._scopes[next(one for one in self._scopes if one != SERVER)]

    def name_for(self, talk: TalkingTo) -> str:
        """Return the engine that answers a conversation's next turn."""
        for scope in (f"session:{talk.session_id}", f"session:{talk.conversation_id}"):
            if scope in self._scopes:
                return self._scopes[scope]
        return self.current(f"persona:{talk.persona_id}") if talk.persona_id else self.current()

    def bound(self, talk: TalkingTo) -> BoundDialogue:
        """Return what answers for one conversation, whichever engine is chosen for it at each turn."""
        return BoundDialogue(self, talk)

    def observe(self, name: str, turn: SpokenTurn) -> None:
        """Let an engine with a memory of its own learn from a turn that is over; returns at once."""
        engine = self.engine(name)
        if isinstance(engine, _Observes):
            engine.observe(turn)

    async def learn_beginning(self, name: str, persona_id: str, language: str, tools: tuple[ToolSpec, ...]) -> None:
        """Have an engine read what is the same in all prompts of a character, if that helps it.

        Raises:
            EngineError, CapacityError, InputError: as the engine says; conversations begin later for it, no more.
        """
        engine = self.engine(name)
        if isinstance(engine, _LearnsBeginnings):
            await engine.learn_beginning(persona_id, language, tools)

    def close_conversation(self, conversation_id: str, session_id: str = "") -> None:
        """Forget what is kept for a conversation that is over."""
        for engine in self._made.values():
            engine.close_conversation(conversation_id)
        for name in (conversation_id, session_id):
            self._scopes.pop(f"session:{name}", None)

    async def aclose(self) -> None:
        """Close the engines that hold something."""
        for engine in self._made.values():
            if isinstance(engine, _Closes):
                await engine.aclose()

    def _of_persona(self, persona_id: str) -> str:
        """Return the engine that a character asks for; one that cannot be had is not missed."""
        try:
            name = self._chosen_by(persona_id)
            return name if name and self.engine(name) else ""
        except VivavoceError:
            return ""

    def _listed(self, name: str) -> EngineListing:
        try:
            return EngineListing(name=name, info=self.engine(name).get_engine_info())
        except VivavoceError as error:
            return EngineListing(name=name, info=None, problem=str(error))


class BoundDialogue:
    """The engines as one conversation uses them: a `ReplyEngine` that also `ReadsAhead`."""

    def __init__(self, switch: EngineSwitch, talk: TalkingTo) -> None:
        self._switch = switch
        self._talk = talk
        self._turn_engine = ""

    @property
    def name(self) -> str:
        """The model's name."""
        return self._next_engine().get_engine_info().model

    @property
    def engine_name(self) -> str:
        """The name of the engine that answers next."""
        return self._switch.name_for(self._talk)

    @property
    def can_read_ahead(self) -> bool:
        """Whether the engine that answers next has a model that reads ahead now."""
        engine = self._next_engine()
        return isinstance(engine, _ReadsAhead) and engine.can_read_ahead

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply by the engine that is in force when the turn begins.

        Raises:
            EngineError, InputError: as the engine says.
        """
        deltas = self._engine(request).generate_response(
            request.messages,
            self._talk.conversation_id,
            self._talk.persona_id,
            use_tools=bool(request.tools),
            options=self._options(request),
        )
        async with aclosing(deltas):
            async for delta in deltas:
                yield delta

    async def read_ahead(self, request: ReplyRequest) -> None:
        """Prepare a reply whose last message may still grow.

        Raises:
            EngineError, CapacityError, InputError: as the engine says.
        """
        await self._engine(request).read_ahead(
            request.messages, self._talk.conversation_id, self._talk.persona_id, options=self._options(request)
        )

    async def learn_beginning(self, tools: tuple[ToolSpec, ...]) -> None:
        """Have the engine that answers next read what is the same in all prompts of the character, if that helps.

        Raises:
            EngineError, CapacityError, InputError: as the engine says; the conversation begins later for it, no more.
        """
        if self._talk.persona_id:
            await self._switch.learn_beginning(self.engine_name, self._talk.persona_id, self._talk.language, tools)

    def observe(self, turn: SpokenTurn) -> None:
        """Let the engine that made the turn's reply learn from it, where it has a memory of its own."""
        self._switch.observe(self._turn_engine or self.engine_name, turn)

    async def aclose(self) -> None:
        """The engines are everyone's."""

    def _next_engine(self) -> DialogueEngine:
        return self._switch.engine(self.engine_name)

    def _engine(self, request: ReplyRequest) -> DialogueEngine:
        """Return the engine for a request; one that does not go on with a turn begins one."""
        goes_on = bool(request.messages) and request.messages[-1].role == "tool"
        if not goes_on or not self._turn_engine:
            self._turn_engine = self.engine_name
        return self._switch.engine(self._turn_engine)

    def _options(self, request: ReplyRequest) -> TurnOptions:
        return TurnOptions(
            user_id=self._talk.user_id,
            language=self._talk.language,
            tools=request.tools,
            tool_choice=request.tool_choice,
            max_tokens=request.max_tokens,
        )


def _parsed(scope: str) -> tuple[str, str]:
    """Return a scope's kind and id."""
    kind, _, name = scope.partition(":")
    if scope != SERVER and (kind not in ("persona", "session") or not name or len(scope) > 200):
        raise InputError(
            "engine_scope_invalid",
            f"There is no scope '{scope[:80]}'.",
            remedy="Use server, persona:ID or session:ID.",
            param="scope",
        )
    return kind, name
