"""A conversation whose model calls tools that this server runs; the test plays the model and the tools."""

from __future__ import annotations

from tests.unit.conversation.scene import Scene
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.settings import ConversationSettings, Tool

__all__ = ["CLOCK", "LIGHT", "MAPS", "TOOLED", "answers", "asking", "calls", "recitals"]

CLOCK = Tool(name="clock", server_label="vivavoce")
MAPS = Tool(name="maps", server_label="maps")
LIGHT = Tool(name="light")
TOOLED = ConversationSettings(tools=(CLOCK, MAPS, LIGHT), working=("One moment.", "Nearly there."))


def asking(settings: ConversationSettings = TOOLED) -> Scene:
    """The user has asked something, and a model that may call tools is to answer."""
    scene = Scene(settings)
    scene.user_says("What time is it?")
    return scene


def calls(scene: Scene, *tools: str, said: str = "") -> list[fx.Effect]:
    """The model calls tools, perhaps after a few words."""
    effects = scene.write(said) if said else []
    for index, name in enumerate(tools):
        effects += scene.call("{}", index=index, name=name)
    effects += scene.stop_writing("tool_calls")
    for _ in scene.unvoiced():
        effects += scene.voice(1.0)
    return effects


def answers(scene: Scene, output: str, *, error_code: str = "", run: int = -1) -> list[fx.Effect]:
    """A tool answers, by default the newest."""
    order = scene.all(orders.RunTool)[run]
    return scene.take(ev.ToolAnswered(call_id=order.call_id, output=output, error_code=error_code))


def recitals(scene: Scene) -> list[str]:
    """Return what was said without asking a model."""
    return [order.recital for order in scene.all(orders.Generate) if order.recital]
