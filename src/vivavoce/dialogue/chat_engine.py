"""`chat_engine`: a character with a memory, over any language model.

Owns the way from a conversation's messages to a prompt that fits the model, and what is kept of a conversation so that
its prompt begins alike at every turn. Refuses to run tools, to know how memory searches and how a model is asked.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio

from vivavoce.dialogue.assembly import assemble, forgetting_what_changed, shorten, shorten_last, split_system
from vivavoce.dialogue.engine import EngineHealth, EngineInfo, TurnOptions
from vivavoce.dialogue.notes import language_of
from vivavoce.dialogue.recalling import Recalling, Recalls, RecallSettings, TellsOfRemovals
from vivavoce.dialogue.summarising import Spoken, Summarising, SummarySettings
from vivavoce.dialogue.threads import Thread, Threads
from vivavoce.dialogue.token_budget import BudgetSettings, TokenBudget
from vivavoce.engines.llm.behind import engines_behind
from vivavoce.engines.protocols import (
    CallsTools,
    ChatMessage,
    ChecksItself,
    LearnsBeginnings,
    MemoriesUsed,
    ReadsAhead,
    ReplyEnd,
    ReplyRequest,
    TextDelta,
)
from vivavoce.errors import VivavoceError
from vivavoce.personas.dress import dressed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from anyio.abc import TaskGroup

    from vivavoce.dialogue.threads import Remembered
    from vivavoce.engines.protocols import ReplyDelta, ReplyEngine, ToolSpec
    from vivavoce.personas.persona import Persona

__all__ = ["ChatEngine", "ChatEngineSettings"]

_HEALTH_SECONDS = 2.0
_DIGEST_CHARACTERS = 1.0
"""Of a digest, for each token of the limit: about a quarter of the prompt."""
_SHORTER = (8, 4, 2)
"""Messages that are kept when a prompt is too long, and when it still is."""
_SQUEEZE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEngineSettings:
    """The numbers of its parts."""

    budget: BudgetSettings = field(default_factory=BudgetSettings)
    recall: RecallSettings = field(default_factory=RecallSettings)
    summary: SummarySettings = field(default_factory=SummarySettings)
    kept_conversations: int = 512


class ChatEngine:
    """A `DialogueEngine`.

    Args:
        replies: gives the language model of the moment; raises EngineError while there is none.
        personas: gives a character by its id; raises InputError.
        background: where summaries are written; they end with it.
        memory: long-term memory (`Remembers` fits); None where nobody is remembered.
    """

    def __init__(
        self,
        replies: Callable[[], ReplyEngine],
        *,
        personas: Callable[[str], Persona],
        background: TaskGroup,
        memory: Recalls | None = None,
        settings: ChatEngineSettings | None = None,
    ) -> None:
        settings = settings or ChatEngineSettings()
        self._replies = replies
        self._personas = personas
        self._budget = TokenBudget(replies, settings.budget)
        self._recalling = Recalling(memory, background, settings.recall) if memory is not None else None
        self._summarising = Summarising(replies, background, settings.summary)
        self._threads = Threads(kept=settings.kept_conversations)
        self._unsubscribe = memory.subscribe(self._threads.forget) if isinstance(memory, TellsOfRemovals) else None

    @property
    def can_read_ahead(self) -> bool:
        """Whether the model of the moment reads prompts while they grow."""
        try:
            engine = self._replies()
        except VivavoceError:
            return False
        return isinstance(engine, ReadsAhead) and engine.can_read_ahead

    def get_engine_info(self) -> EngineInfo:
        """Return what this engine is."""
        try:
            engine = self._replies()
        except VivavoceError:
            engine = None
        behind = engines_behind(engine) if engine is not None else ()
        return EngineInfo(
            name="chat_engine",
            description="A character with memory and tools over the language model.",
            model=engine.name if engine is not None else "",
            has_memory=self._recalling is not None,
            has_tools=any(not isinstance(one, CallsTools) or one.calls_tools for one in behind),
        )

    async def health_check(self) -> EngineHealth:
        """Find out whether a reply could be had; within two seconds."""
        try:
            with anyio.fail_after(_HEALTH_SECONDS):
                for engine in engines_behind(self._replies())[:1]:
                    if isinstance(engine, ChecksItself):
                        await engine.look()
        except VivavoceError as error:
            return EngineHealth(is_healthy=False, detail=str(error))
        except TimeoutError:
            return EngineHealth(is_healthy=False, detail="The language model did not answer in time.")
        return EngineHealth(is_healthy=True)

    async def generate_response(
        self,
        messages: tuple[ChatMessage, ...],
        conversation_id: str,
        personality_id: str,
        use_tools: bool = True,
        stream: bool = True,
        *,
        options: TurnOptions | None = None,
    ) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply; `MemoriesUsed` comes first where memory had something, and the end last.

        Raises:
            EngineError: the model failed or is gone.
            InputError: no such character.
        """
        turn = self._turn(messages, conversation_id, personality_id, options or TurnOptions(), use_tools=use_tools)
        used = await self._recall(turn, is_whole=True)
        request = await self._fitting(turn)
        if used:
            yield MemoriesUsed(memories=used)
        said = ""
        async with aclosing(self._replies().reply(request)) as deltas:
            async for delta in deltas:
                if isinstance(delta, TextDelta):
                    said += delta.text
                    if stream:
                        yield delta
                elif isinstance(delta, ReplyEnd):
                    self._ended(turn, request, said, delta)
                    if said and not stream:
                        yield TextDelta(text=said)
                    yield delta
                else:
                    yield delta

    async def read_ahead(
        self, messages: tuple[ChatMessage, ...], conversation_id: str, personality_id: str, *, options: TurnOptions
    ) -> None:
        """Search memory for the words so far, and have the model read the prompt as far as it is certain.

        Raises:
            EngineError, CapacityError: the model could not read; the reply is made all the same.
            InputError: no such character.
        """
        turn = self._turn(messages, conversation_id, personality_id, options)
        await self._recall(turn, is_whole=False)
        engine = self._replies()
        if isinstance(engine, ReadsAhead) and engine.can_read_ahead:
            await engine.read_ahead(await self._fitting(turn))

    def close_conversation(self, conversation_id: str) -> None:
        """Forget what is kept for a conversation that is over; unknown ids are fine."""
        self._threads.close(conversation_id)

    async def aclose(self) -> None:
        """Hear no more of what is forgotten."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    async def learn_beginning(self, personality_id: str, language: str, tools: tuple[ToolSpec, ...] = ()) -> None:
        """Have the model read how a character's prompts begin, so that its first reply in a conversation is not late.

        Raises:
            EngineError, CapacityError: the model could not; conversations begin later for it, and that is all.
            InputError: no such character.
        """
        system = ChatMessage(role="system", content=self.system_prompt(personality_id, language))
        for engine in engines_behind(self._replies())[:1]:
            if isinstance(engine, LearnsBeginnings):
                await engine.learn_beginning(ReplyRequest(messages=(system,), tools=tools))

    def system_prompt(self, personality_id: str, language: str, instructions: str = "") -> str:
        """Return the beginning of a character's prompts, which a model may have read before the first of them.

        Raises:
            InputError: no such character.
        """
        if not personality_id:
            return instructions
        dress = dressed(self._personas(personality_id), language)
        return "\n\n".join(part for part in (instructions or dress.instructions, dress.expression_rule) if part)

    def _turn(
        self,
        messages: tuple[ChatMessage, ...],
        conversation_id: str,
        personality_id: str,
        options: TurnOptions,
        *,
        use_tools: bool = True,
    ) -> _Turn:
        instructions, said = split_system(messages)
        thread = self._threads.of(conversation_id if options.keeps else "", said)
        # Whatever is done beside its turns makes way for one.
        thread.stop()
        forgetting_what_changed(thread, said)
        if not thread.language:
            thread.language = language_of(options.language, said[0].content if said else instructions)
        remembers = bool(options.user_id) and (not personality_id or self._personas(personality_id).memory)
        # Of a character without memory, whose conversation another had before, nobody's memories are the prompt's.
        thread.belong_to(options.user_id if remembers else "")
        return _Turn(
            thread=thread,
            system=self.system_prompt(personality_id, options.language, instructions),
            messages=said,
            conversation_id=conversation_id,
            options=replace(options, tools=tuple(map(_valid, options.tools)) if use_tools else ()),
            remembers=remembers,
        )

    async def _recall(self, turn: _Turn, *, is_whole: bool) -> tuple[Remembered, ...]:
        """Put what is remembered into the thread, and return what this turn rests on."""
        if self._recalling is None or not turn.remembers:
            return ()
        thread, user_id = turn.thread, turn.options.user_id
        is_new = thread.known is None
        last = len(turn.messages) - 1
        words = turn.messages[last].content if last >= 0 and turn.messages[last].role == "user" else ""
        await self._recalling.begin(thread, user_id, words=words, is_whole=is_whole)
        if not words:
            return ()
        found = await self._recalling.follow(thread, user_id, index=last, words=words, is_whole=is_whole)
        return found or ((thread.known or ()) if is_new else ())

    async def _fitting(self, turn: _Turn) -> ReplyRequest:
        """Return the request, its prompt shortened where it is too long for the model."""
        thread, limit = turn.thread, self._budget.limit(turn.options.max_tokens)
        request = turn.request()
        for kept in _SHORTER:
            if await self._budget.tokens(request, thread) <= limit:
                return request
            if shorten(thread, turn.messages, kept=kept, characters=int(limit * _DIGEST_CHARACTERS)):
                request = turn.request()
        while (size := await self._budget.tokens(request, thread)) > limit:
            share = min(_SQUEEZE, limit / size)
            shorter = replace(request, messages=shorten_last(request.messages, share=share))
            if sum(len(message.content) for message in shorter.messages) >= sum(
                len(message.content) for message in request.messages
            ):
                break
            request = shorter
            thread.measured = None
        return request

    def _ended(self, turn: _Turn, request: ReplyRequest, said: str, end: ReplyEnd) -> None:
        self._budget.learn(request, turn.thread, end.input_tokens)
        if end.finish_reason == "tool_calls" or not turn.options.keeps:
            return
        tokens = (end.input_tokens or self._budget.estimate(request, turn.thread)) + end.output_tokens
        spoken = Spoken(request=request, system=turn.system, messages=turn.messages, reply=said)
        limit = self._budget.limit(turn.options.max_tokens)
        self._summarising.after(turn.thread, spoken, tokens=tokens, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """One reply to be made: its messages without the system's, and everything it depends on."""

    thread: Thread
    system: str
    messages: tuple[ChatMessage, ...]
    conversation_id: str
    options: TurnOptions
    remembers: bool

    def request(self) -> ReplyRequest:
        """Return what the model is asked."""
        return ReplyRequest(
            messages=assemble(self.system, self.messages, self.thread),
            tools=self.options.tools,
            tool_choice=self.options.tool_choice,
            max_tokens=self.options.max_tokens,
            conversation_id=self.conversation_id,
        )


def _valid(tool: ToolSpec) -> ToolSpec:
    """Return a tool whose parameters are the schema of an object, which every provider insists on."""
    return replace(tool, parameters={"type": "object", "properties": {}, **tool.parameters})
