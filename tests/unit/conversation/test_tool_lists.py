"""The lists of tools that a client's MCP servers offer, as the conversation tells of them."""

from __future__ import annotations

from tests.unit.conversation.scene import FAULT, Scene, names
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev


def test_a_list_is_an_item_from_the_moment_it_is_asked_for() -> None:
    scene = Scene()
    assert names(scene.take(ev.ToolServerAsked(server_label="maps"))) == ["ItemAdded", "ToolListStarted"]
    (item,) = scene.machine.items
    assert (item.kind, item.server_label, item.status) == ("mcp_list_tools", "maps", "in_progress")
    effects = scene.take(ev.ToolServerListed(server_label="maps", listing="[]"))
    assert names(effects) == ["ToolListEnded", "ItemDone"]
    assert not scene.last(fx.ToolListEnded).has_failed
    assert scene.item(item.id).output == "[]"


def test_a_server_that_cannot_be_asked_is_told_of_with_the_reason() -> None:
    scene = Scene()
    scene.take(ev.ToolServerAsked(server_label="maps"))
    effects = scene.take(ev.ToolServerListed(server_label="maps", failure=FAULT))
    assert names(effects) == ["ToolListEnded", "ItemDone", "ErrorRaised"]
    assert scene.last(fx.ToolListEnded).has_failed


def test_a_server_that_is_asked_anew_has_one_list_that_counts() -> None:
    scene = Scene()
    scene.take(ev.ToolServerAsked(server_label="maps"))
    effects = scene.take(ev.ToolServerAsked(server_label="maps"))
    assert names(effects) == ["ToolListEnded", "ItemDone", "ItemAdded", "ToolListStarted"]
    scene.take(ev.ToolServerListed(server_label="maps", listing="[]"))
    assert scene.take(ev.ToolServerListed(server_label="maps", listing="[]")) == []
    assert [item.output for item in scene.machine.items] == ["", "[]"]


def test_a_list_that_the_client_deleted_is_not_told_again() -> None:
    scene = Scene()
    scene.take(ev.ToolServerAsked(server_label="maps"))
    scene.take(ev.ItemDeleteRequested(item_id=scene.machine.items[0].id))
    assert names(scene.take(ev.ToolServerListed(server_label="maps", listing="[]"))) == ["ToolListEnded"]


def test_the_model_is_told_of_no_list() -> None:
    scene = Scene()
    scene.take(ev.ToolServerAsked(server_label="maps"))
    scene.user_says("Hello.")
    assert scene.prompt() == [("user", "Hello.")]
