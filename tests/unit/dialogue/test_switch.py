"""Reply engines are chosen by scope while the server runs."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.unit.dialogue.dialogue_scene import persona, user
from vivavoce.dialogue.engine import EngineHealth, EngineInfo, TurnOptions
from vivavoce.dialogue.registry import EngineParts, known_engines
from vivavoce.dialogue.switch import EngineSwitch
from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import ChatMessage, ReplyDelta, ReplyEnd, ReplyRequest, TextDelta
from vivavoce.errors import InputError
from vivavoce.memory.facts import SpokenTurn

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from vivavoce.dialogue.engine import DialogueEngine

pytestmark = pytest.mark.anyio


class Parrot:
    """A third engine, in one place: it says what was said."""

    def __init__(self) -> None:
        self.closed: list[str] = []

    def get_engine_info(self) -> EngineInfo:
        return EngineInfo(name="parrot", description="Says it again.", model="none", has_memory=False, has_tools=False)

    async def health_check(self) -> EngineHealth:
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
        yield TextDelta(text=f"{messages[-1].content}!")
        await anyio.lowlevel.checkpoint()
        yield ReplyEnd()

    async def read_ahead(
        self, messages: tuple[ChatMessage, ...], conversation_id: str, personality_id: str, *, options: TurnOptions
    ) -> None:
        await anyio.lowlevel.checkpoint()

    def close_conversation(self, conversation_id: str) -> None:
        self.closed.append(conversation_id)


def parrot(parts: EngineParts) -> DialogueEngine:
    return Parrot()


@dataclass(frozen=True, kw_only=True)
class Talk:
    session_id: str = "s1"
    conversation_id: str = "c1"
    persona_id: str = "viva"
    user_id: str = "ann"
    language: str = "en"


@asynccontextmanager
async def switched(*, replies: ScriptedReplies | None = None, prefers: str = "") -> AsyncIterator[EngineSwitch]:
    model = replies or ScriptedReplies(("From the model.",))
    async with anyio.create_task_group() as background:
        parts = EngineParts(replies=lambda: model, personas=persona, background=background)
        makers = {**known_engines(), "parrot": parrot}
        yield EngineSwitch(makers, parts, chosen_by=lambda persona_id: prefers if persona_id == "forgetful" else "")
        background.cancel_scope.cancel()


async def reply(switch: EngineSwitch, talk: Talk, words: str = "Hello") -> str:
    request = ReplyRequest(messages=(user(words),))
    deltas = switch.bound(talk).reply(request)
    return "".join([delta.text async for delta in deltas if isinstance(delta, TextDelta)])


async def test_the_server_s_engine_answers_everybody() -> None:
    async with switched() as switch:
        assert await reply(switch, Talk()) == "From the model."
        switch.switch("parrot")
        assert await reply(switch, Talk()) == "Hello!"
        assert switch.current() == "parrot"


async def test_the_nearest_scope_decides() -> None:
    async with switched() as switch:
        switch.switch("parrot", "persona:viva")
        assert switch.name_for(Talk()) == "parrot"
        assert switch.name_for(Talk(persona_id="forgetful")) == "chat_engine"
        switch.switch("chat_engine", "session:s1")
        assert switch.name_for(Talk()) == "chat_engine"
        assert switch.name_for(Talk(session_id="s2", conversation_id="c2")) == "parrot"


async def test_a_conversation_may_be_named_as_its_session() -> None:
    async with switched() as switch:
        switch.switch("parrot", "session:c1")
        assert switch.name_for(Talk()) == "parrot"


async def test_a_character_may_ask_for_an_engine_and_be_overruled() -> None:
    async with switched(prefers="parrot") as switch:
        assert switch.name_for(Talk(persona_id="forgetful")) == "parrot"
        switch.switch("chat_engine", "persona:forgetful")
        assert switch.name_for(Talk(persona_id="forgetful")) == "chat_engine"


async def test_a_character_that_asks_for_an_engine_that_is_not_there_gets_the_server_s() -> None:
    async with switched(prefers="nowhere") as switch:
        assert switch.name_for(Talk(persona_id="forgetful")) == "chat_engine"


@pytest.mark.parametrize(
    ("name", "scope", "code"),
    [
        ("nowhere", "server", "reply_engine_unknown"),
        ("parrot", "planet", "engine_scope_invalid"),
        ("parrot", "session:", "engine_scope_invalid"),
        ("mem0_proxy", "server", "mem0_unavailable"),
    ],
)
async def test_what_cannot_be_switched_to_says_what_can(name: str, scope: str, code: str) -> None:
    async with switched() as switch:
        with pytest.raises(InputError) as refused:
            switch.switch(name, scope)
        assert refused.value.code == code
        assert refused.value.remedy
        assert switch.current() == "chat_engine"


async def test_an_unknown_engine_is_told_with_the_names_of_all() -> None:
    async with switched() as switch:
        with pytest.raises(InputError, match="nowhere") as refused:
            switch.switch("nowhere")
        assert "chat_engine, mem0_proxy, parrot" in refused.value.remedy.replace("There are: ", "")


async def test_a_turn_under_way_is_finished_by_the_engine_that_began_it() -> None:
    async with switched(replies=ScriptedReplies(("From ", "the ", "model."))) as switch:
        deltas = switch.bound(Talk()).reply(ReplyRequest(messages=(user("Hello"),)))
        first = await anext(deltas)
        switch.switch("parrot")
        rest = [delta.text async for delta in deltas if isinstance(delta, TextDelta)]
        assert first == TextDelta(text="From ")
        assert "".join(rest) == "the model."


async def test_the_answer_to_a_tool_goes_to_the_engine_that_called_it() -> None:
    async with switched() as switch:
        bound = switch.bound(Talk())
        request = ReplyRequest(messages=(user("What time is it?"),))
        async for _ in bound.reply(request):
            pass
        switch.switch("parrot")
        call = ChatMessage(role="assistant", content="", tool_calls=(("1", "get_time", "{}"),))
        answered = ChatMessage(role="tool", content="Noon.", tool_call_id="1")
        goes_on = replace(request, messages=(*request.messages, call, answered))
        texts = [delta.text async for delta in bound.reply(goes_on) if isinstance(delta, TextDelta)]
        assert texts == ["From the model."]
        assert bound.engine_name == "parrot"


async def test_looking_at_what_answers_next_changes_nothing_for_the_turn_under_way() -> None:
    async with switched() as switch:
        bound = switch.bound(Talk())
        request = ReplyRequest(messages=(user("What time is it?"),))
        async for _ in bound.reply(request):
            pass
        switch.switch("parrot")
        assert bound.name == "none"
        assert not bound.can_read_ahead
        await bound.learn_beginning(())
        call = ChatMessage(role="assistant", content="", tool_calls=(("1", "get_time", "{}"),))
        answered = ChatMessage(role="tool", content="Noon.", tool_call_id="1")
        goes_on = replace(request, messages=(*request.messages, call, answered))
        texts = [delta.text async for delta in bound.reply(goes_on) if isinstance(delta, TextDelta)]
        assert texts == ["From the model."]


async def test_a_turn_that_is_over_is_told_to_the_engine_that_answered_it() -> None:
    learned: list[SpokenTurn] = []

    class Learning(Parrot):
        def observe(self, turn: SpokenTurn) -> None:
            learned.append(turn)

    turn = SpokenTurn(user_id="ann", conversation_id="c1", turn_id="t", language="en", said="Hi.", heard="Hi!", at=1.0)
    async with anyio.create_task_group() as background:
        parts = EngineParts(replies=ScriptedReplies, personas=persona, background=background)
        switch = EngineSwitch({**known_engines(), "learning": lambda _: Learning(), "parrot": parrot}, parts)
        bound = switch.bound(Talk())
        switch.switch("learning")
        async for _ in bound.reply(ReplyRequest(messages=(user("Hi."),))):
            pass
        switch.switch("parrot")
        bound.observe(turn)
        async for _ in bound.reply(ReplyRequest(messages=(user("And?"),))):
            pass
        bound.observe(turn)
        background.cancel_scope.cancel()
    assert learned == [turn]


async def test_a_closed_conversation_is_forgotten_by_every_engine_and_loses_its_choice() -> None:
    async with switched() as switch:
        switch.switch("parrot", "session:s1")
        switch.close_conversation("c1", "s1")
        assert switch.name_for(Talk()) == "chat_engine"
        engine = switch.engine("parrot")
        assert isinstance(engine, Parrot)
        assert engine.closed == ["c1"]


async def test_reading_ahead_is_left_to_engines_that_do() -> None:
    async with switched() as switch:
        assert not switch.bound(Talk()).can_read_ahead
        switch.switch("parrot")
        assert not switch.bound(Talk()).can_read_ahead
        await switch.bound(Talk()).read_ahead(ReplyRequest(messages=(user("Hel"),)))


async def test_all_engines_are_listed_and_those_that_cannot_be_had_say_why() -> None:
    async with switched() as switch:
        listed = {listing.name: listing for listing in switch.listing()}
        assert set(listed) == {"chat_engine", "mem0_proxy", "parrot"}
        assert listed["mem0_proxy"].info is None
        assert listed["mem0_proxy"].problem
        info = listed["parrot"].info
        assert info is not None
        assert info.description == "Says it again."


async def test_a_server_that_is_set_to_no_engine_does_not_start() -> None:
    async with anyio.create_task_group() as background:
        parts = EngineParts(replies=ScriptedReplies, personas=persona, background=background)
        with pytest.raises(InputError):
            EngineSwitch(known_engines(), parts, default="nowhere")
