"""Whoever comes and goes leaves nothing behind, neither on the server nor in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.visitor import DEADLINE_MS

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.scripted_chat import ScriptedChat

VISITS = 20


def test_twenty_conversations_leave_no_session_no_microphone_and_no_sound_device_open(
    serve: Serve, browse: Browse, chat: ScriptedChat
) -> None:
    server = serve(llm=chat.url)
    visitor = browse()
    visitor.visit(server.url)
    for visit in range(VISITS):
        visitor.start()
        if visit % 5 == 0:
            visitor.types("Tell me about the sea.")
            visitor.hears_the_reply(seconds=0.1)
        visitor.part("stop").click()
        visitor.sees_connection("offline")
    visitor.waits_until_devices_are_free()
    assert visitor.page.evaluate("window.__seen.contexts.length") == VISITS
    visitor.page.wait_for_function(
        "async () => (await (await fetch('health')).json()).websocket.active === 0", timeout=DEADLINE_MS
    )
    assert server.sessions == {"active": 0, "total": VISITS, "limit": 100}
