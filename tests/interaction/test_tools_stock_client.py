"""Tools as a stock client of the Realtime protocol sees them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import anyio
import pytest

from tests.interaction.stock_client import stock_client
from vivavoce.engines.llm.fake import ScriptedReplies, calling, saying
from vivavoce.engines.protocols import MemoriesUsed
from vivavoce.errors import EngineError, Stage, ToolError
from vivavoce.mind.client_servers import ClientServers
from vivavoce.mind.conversation import ConversationMind
from vivavoce.mind.offering import offered_tool
from vivavoce.mind.parts import MindParts
from vivavoce.personas.library import PersonaLibrary
from vivavoce.testing.engines import fake_roster
from vivavoce.tools.definition import ToolCaller, ToolDefinition, ToolOutcome

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from tests.interaction.stock_client import StockClient
    from vivavoce.conversation.settings import Tool
    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest, ToolSpec
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.memory.facts import SpokenTurn
    from vivavoce.tools.mcp.config import McpServerConfig

pytestmark = pytest.mark.anyio


class Bound:
    """The model as one conversation has it."""

    engine_name = "chat_engine"

    def __init__(self, roster: EngineRoster) -> None:
        self._model = roster.reply_engine()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Ask it."""
        return self._model.reply(request)

    def observe(self, turn: SpokenTurn) -> None:
        """It learns nothing."""

    async def learn_beginning(self, tools: tuple[ToolSpec, ...]) -> None:
        """It reads nothing ahead."""

    async def aclose(self) -> None:
        """It is everyone's."""


class OneModel:
    """The language model itself, for every conversation."""

    def __init__(self, roster: EngineRoster) -> None:
        self._roster = roster

    def bound(self, mind: ConversationMind) -> Bound:
        """Return the model."""
        return Bound(self._roster)

    def close_conversation(self, conversation_id: str, session_id: str) -> None:
        """Nothing is kept."""


class Shelf:
    """Two tools: a clock that is slow, and a shop that wants to be asked."""

    def __init__(self, label: str = "den", *, seconds: float = 0.0, fails: bool = False) -> None:
        self.label = label
        self.seconds = seconds
        self.fails = fails
        self.calls: list[str] = []

    def tools(self) -> tuple[ToolDefinition, ...]:
        """Return both."""
        return (
            ToolDefinition(name="look_at_clock", description="Tells the time."),
            ToolDefinition(name="buy_tea", needs_approval=True, changes_things=True),
        )

    async def call(self, name: str, arguments: dict[str, object], caller: ToolCaller) -> ToolOutcome:
        """Do it."""
        self.calls.append(name)
        await anyio.sleep(self.seconds)
        if self.fails:
            return ToolOutcome(output="It is broken.", error_code="tool_failed")
        return ToolOutcome(output=f"{name} is done.")


class Neighbours(ClientServers):
    """Servers that a client names, without a network: one that answers, one that does not, one that hangs."""

    configs: tuple[McpServerConfig, ...] = ()

    async def connect(self, config: McpServerConfig) -> tuple[Tool, ...]:
        """Connect one by its host's name."""
        self.configs = (*self.configs, config)
        if "broken" in config.url:
            raise ToolError("mcp_server_failed", "It does not answer.")
        if "slow" in config.url:
            await anyio.sleep_forever()
        shelf = Shelf(config.label)
        self._toolbox.add(shelf)
        self._labels.add(config.label)
        names = config.allowed.names
        there = (tool for tool in self._toolbox.offered((f"{config.label}.*",)) if names in (("*",), (tool.name,)))
        return tuple(offered_tool(tool) for tool in there)


@pytest.fixture
def personas(monkeypatch: pytest.MonkeyPatch) -> PersonaLibrary:
    """The characters that ship (reading them blocks), and a network that has only neighbours."""
    monkeypatch.setattr("vivavoce.mind.tooling.ClientServers", Neighbours)
    return PersonaLibrary()


def a_mind(
    roster: EngineRoster, personas: PersonaLibrary, shelf: Shelf | None = None, *, persona: str = "viva"
) -> ConversationMind:
    sources = (shelf,) if shelf else ()
    parts = MindParts(personas=personas, engines=OneModel(roster), sources=lambda: sources, persona=persona)
    return ConversationMind(parts, session_id="sess_t", user_id="ada", conversation_id="conv_t")


def call_item(client: StockClient) -> dict[str, object]:
    return next(event["item"] for event in client.all("conversation.item.added") if event["item"]["type"] == "mcp_call")


@pytest.mark.requirement("turn.tool.008")
async def test_a_stock_client_sees_a_tool_of_the_server_as_an_mcp_call(personas: PersonaLibrary) -> None:
    roster = fake_roster(replies=ScriptedReplies(calling("look_at_clock", "{}"), saying("It is noon.")))
    shelf = Shelf(seconds=2.0)
    async with stock_client(roster, a_mind(roster, personas, shelf)) as client:
        client.types("What time is it?")
        await client.hears("response.done", 3)
    item = call_item(client)
    assert client.kinds(about=str(item["id"])) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.mcp_call_arguments.delta",
        "response.mcp_call_arguments.delta",
        "response.mcp_call_arguments.done",
        "response.output_item.done",
        "response.mcp_call.in_progress",
        "response.mcp_call.completed",
        "conversation.item.done",
    ]
    assert (item["server_label"], item["name"], item["output"]) == ("den", "look_at_clock", None)
    done = next(event for event in client.all("conversation.item.done") if event["item"]["id"] == item["id"])
    assert done["item"]["output"] == "look_at_clock is done."
    assert client.all("error") == []
    said = [event["transcript"] for event in client.all("response.output_audio_transcript.done")]
    assert said == ["Let me look that up.", "It is noon."], "the character fills the silence"


@pytest.mark.requirement("turn.tool.009")
async def test_the_tools_of_a_character_of_two_languages_answer_in_the_one_that_was_spoken(
    personas: PersonaLibrary,
) -> None:
    roster = fake_roster(replies=ScriptedReplies(calling("list_timers", "{}"), saying("没有。")))
    async with stock_client(roster, a_mind(roster, personas, persona="lin")) as client:
        client.types("有计时器吗？")
        await client.hears("response.done", 2)
    done = next(event["item"] for event in client.all("conversation.item.done") if event["item"]["type"] == "mcp_call")
    assert re.search(r"[\u4e00-\u9fff]", done["output"]), done["output"]


@pytest.mark.requirement("turn.text.001")
async def test_a_response_names_the_conversation_that_the_client_was_told_it_is_in(personas: PersonaLibrary) -> None:
    roster = fake_roster(replies=ScriptedReplies(saying("Hello.")))
    async with stock_client(roster, a_mind(roster, personas)) as client:
        client.types("Hi.")
        done = await client.hears("response.done")
    assert client.all("conversation.created")[0]["conversation"]["id"] == "conv_t"
    assert client.all("response.created")[0]["response"]["conversation_id"] == "conv_t"
    assert done["response"]["conversation_id"] == "conv_t"


@pytest.mark.requirement("turn.tool.008")
async def test_a_client_that_asks_for_a_reply_after_every_call_is_not_refused(personas: PersonaLibrary) -> None:
    roster = fake_roster(replies=ScriptedReplies(calling("look_at_clock", "{}"), saying("It is noon.")))
    async with stock_client(roster, a_mind(roster, personas, Shelf())) as client:
        client.types("What time is it?")
        started = await client.hears("response.mcp_call.in_progress")
        client.says("conversation.item.retrieve", item_id=started["item_id"])
        await client.hears("response.mcp_call.completed")
        client.says("response.create")
        await client.hears("response.done", 2)
        await anyio.sleep(3.0)
    assert client.all("error") == []
    assert len(client.all("response.created")) == 2
    assert client.all("conversation.item.retrieved")[0]["item"]["type"] == "mcp_call"


@pytest.mark.requirement("turn.unasked.002")
async def test_a_character_says_that_a_tool_has_failed_where_no_model_does(personas: PersonaLibrary) -> None:
    error = EngineError("engine_failed", "It broke.", stage=Stage.LLM)
    roster = fake_roster(replies=ScriptedReplies(calling("look_at_clock", "{}"), [error]))
    async with stock_client(roster, a_mind(roster, personas, Shelf(fails=True))) as client:
        client.types("What time is it?")
        await client.hears("response.done", 3)
    said = [event["transcript"] for event in client.all("response.output_audio_transcript.done")]
    assert said == ["Hmm, that didn't work just now, I'm sorry."]


@pytest.mark.requirement("turn.tool.006")
@pytest.mark.parametrize("approve", [True, False])
async def test_a_stock_client_answers_an_approval_request(personas: PersonaLibrary, approve: bool) -> None:
    roster = fake_roster(replies=ScriptedReplies(calling("buy_tea", '{"n": 1}'), saying("Very well.")))
    shelf = Shelf()
    async with stock_client(roster, a_mind(roster, personas, shelf)) as client:
        client.types("I want tea.")
        await client.hears("response.done")
        (request,) = [
            event["item"]
            for event in client.all("conversation.item.done")
            if event["item"]["type"] == "mcp_approval_request"
        ]
        assert (request["name"], json.loads(request["arguments"])) == ("buy_tea", {"n": 1})
        client.says(
            "conversation.item.create",
            item={
                "type": "mcp_approval_response",
                "approval_request_id": request["id"],
                "approve": approve,
                "reason": "Because.",
            },
        )
        await client.hears("response.done", 3)
    assert shelf.calls == (["buy_tea"] if approve else [])
    item = call_item(client)
    assert item["approval_request_id"] == request["id"]
    (done,) = [event["item"] for event in client.all("conversation.item.done") if event["item"]["id"] == item["id"]]
    assert done.get("error", {}).get("type") == (None if approve else "tool_execution_error")
    assert client.all("error") == []


@pytest.mark.requirement("turn.tool.006")
async def test_an_answer_to_no_request_is_refused(personas: PersonaLibrary) -> None:
    roster = fake_roster()
    async with stock_client(roster, a_mind(roster, personas)) as client:
        client.says(
            "conversation.item.create",
            item={"type": "mcp_approval_response", "approval_request_id": "nobody", "approve": True},
        )
        assert (await client.hears("error"))["error"]["code"] == "approval_not_found"


def server(url: str = "https://tools.example/mcp", label: str = "neighbour", **more: object) -> dict[str, object]:
    return {"type": "mcp", "server_label": label, "server_url": url, "require_approval": "never", **more}


def names(client: StockClient, *tools: dict[str, object], **session: object) -> None:
    client.says("session.update", session={"type": "realtime", "tools": list(tools), **session})


@pytest.mark.requirement("turn.tool.007")
async def test_a_server_that_a_client_names_is_listed_and_its_tool_called(personas: PersonaLibrary) -> None:
    roster = fake_roster(replies=ScriptedReplies(calling("look_at_clock", "{}"), saying("It is noon.")))
    async with stock_client(roster, a_mind(roster, personas)) as client:
        names(client, server(authorization="secret"), tool_choice={"type": "mcp", "server_label": "neighbour"})
        completed = await client.hears("mcp_list_tools.completed")
        await client.hears("conversation.item.done")
        client.types("What time is it?")
        await client.hears("response.done", 2)
        names(client, server())
        await client.hears("session.updated", 2)
        await anyio.sleep(1.0)
    assert client.kinds(about=completed["item_id"]) == [
        "conversation.item.added",
        "mcp_list_tools.in_progress",
        "mcp_list_tools.completed",
        "conversation.item.done",
    ], "naming the same server again, as it was told back, asks nobody anew"
    listed = client.all("conversation.item.done")[0]["item"]
    assert [tool["name"] for tool in listed["tools"]] == ["look_at_clock", "buy_tea"]
    assert listed["tools"][0]["input_schema"] == {"type": "object", "properties": {}}
    assert "secret" not in json.dumps(client.told)
    requests = roster.replies.requests if isinstance(roster.replies, ScriptedReplies) else []
    assert requests[0].tool_choice == "required"
    assert requests[-1].messages[-1].content == "look_at_clock is done."
    assert call_item(client)["server_label"] == "neighbour"


@pytest.mark.requirement("turn.tool.007")
async def test_what_a_client_allows_and_what_it_wants_to_be_asked_about_reaches_whoever_connects(
    personas: PersonaLibrary,
) -> None:
    roster = fake_roster()
    mind = a_mind(roster, personas)
    async with stock_client(roster, mind) as client:
        names(
            client,
            server(
                allowed_tools={"tool_names": ["buy_tea"]},
                require_approval={"never": {"tool_names": ["buy_tea"]}},
                headers={"X-Key": "k"},
                authorization="t",
            ),
        )
        await client.hears("conversation.item.done")
    assert isinstance(mind.client_servers, Neighbours)
    (config,) = mind.client_servers.configs
    assert config.allowed.names == ("buy_tea",)
    assert not config.approval.is_needed("buy_tea", read_only=False, destructive=True)
    assert config.approval.is_needed("sell_tea", read_only=True, destructive=False)
    assert config.headers == {"X-Key": "k", "Authorization": "Bearer t"}
    assert [tool["name"] for tool in client.all("conversation.item.done")[0]["item"]["tools"]] == ["buy_tea"]


@pytest.mark.requirement("turn.tool.007")
@pytest.mark.parametrize(
    ("url", "code"), [("https://broken.example", "mcp_server_failed"), ("https://slow.example", "mcp_server_failed")]
)
async def test_a_server_that_cannot_be_listed_is_told_of_and_the_session_goes_on(
    personas: PersonaLibrary, url: str, code: str
) -> None:
    roster = fake_roster()
    async with stock_client(roster, a_mind(roster, personas)) as client:
        names(client, server(url))
        failed = await client.hears("mcp_list_tools.failed")
        assert (await client.hears("error"))["error"]["code"] == code
        client.types("Hello?")
        assert (await client.hears("response.done"))["response"]["status"] == "completed"
    assert client.kinds(about=failed["item_id"])[-1] == "conversation.item.done"


@pytest.mark.requirement("turn.tool.007")
async def test_a_server_named_no_longer_is_let_go_and_one_changed_is_asked_anew(personas: PersonaLibrary) -> None:
    roster = fake_roster()
    mind = a_mind(roster, personas)
    async with stock_client(roster, mind) as client:
        names(client, server(), server("https://slow.example", "slow"))
        await client.hears("mcp_list_tools.completed")
        names(client, server(allowed_tools=["buy_tea"]))
        await client.hears("mcp_list_tools.failed")
        await client.hears("mcp_list_tools.completed", 2)
        names(client)
        await client.hears("session.updated", 3)
        await anyio.sleep(0.1)
        assert mind.client_servers.allowed == ()
        client.types("Hello?")
        await client.hears("response.done")
    assert roster.replies is not None
    assert isinstance(roster.replies, ScriptedReplies)
    assert "buy_tea" not in [tool.name for tool in roster.replies.requests[-1].tools]
    assert client.all("error") == []


@pytest.mark.requirement("turn.tool.007")
async def test_a_server_without_an_address_or_without_anyone_to_reach_it_is_refused(personas: PersonaLibrary) -> None:
    roster = fake_roster()
    async with stock_client(roster, a_mind(roster, personas)) as client:
        names(client, {"type": "mcp", "server_label": "drive", "connector_id": "connector_googledrive"})
        assert (await client.hears("error"))["error"]["code"] == "invalid_value"
    async with stock_client(fake_roster()) as client:
        names(client, server())
        assert (await client.hears("error"))["error"]["code"] == "invalid_value"


@pytest.mark.requirement("turn.tool.007")
async def test_a_response_may_name_some_of_the_sessions_servers(personas: PersonaLibrary) -> None:
    roster = fake_roster(replies=ScriptedReplies(saying("Yes.")))
    async with stock_client(roster, a_mind(roster, personas)) as client:
        names(client, server(), server("https://other.example/mcp", "other"))
        await client.hears("mcp_list_tools.completed", 2)
        client.says("response.create", response={"tools": [server(label="other")]})
        await client.hears("response.done")
    assert isinstance(roster.replies, ScriptedReplies)
    assert [tool.name for tool in roster.replies.requests[-1].tools] == ["other_look_at_clock", "other_buy_tea"]


@pytest.mark.requirement("turn.face.001")
@pytest.mark.parametrize("extensions", [True, False])
async def test_expressions_and_memories_are_told_to_those_who_asked_for_the_extension(
    personas: PersonaLibrary, extensions: bool
) -> None:
    remembered = MemoriesUsed(memories=(("m1", "Ada likes tea."),))
    roster = fake_roster(replies=ScriptedReplies([remembered, *saying("[joy] Tea! [surprise] Already?")]))
    async with stock_client(roster, a_mind(roster, personas), extensions=extensions) as client:
        client.types("What do I like?")
        await client.hears("response.done")
    told = [event for event in client.told if event["type"] in ("vivavoce.expression", "vivavoce.memory.used")]
    if extensions:
        memory, joy, surprise = told
        assert memory["memories"] == [{"id": "m1", "text": "Ada likes tea."}]
        assert (joy["expression"], joy["first_sample"]) == ("joy", 0)
        assert surprise["expression"] == "surprise"
        follows = client.told[client.told.index(surprise) + 1 :]
        segment = next(event for event in follows if event["type"] == "vivavoce.output.segment")
        assert segment["first_sample"] == surprise["first_sample"]
    else:
        assert told == []
    assert "joy" not in "".join(event["delta"] for event in client.all("response.output_audio_transcript.delta"))
    assert client.all("response.output_audio_transcript.done")[0]["transcript"] == "Tea! Already?"
