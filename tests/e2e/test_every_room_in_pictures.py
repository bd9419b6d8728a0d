"""Every room, in both themes and languages, on a desktop and a phone: kept as pictures in artefacts/screenshots."""

from __future__ import annotations

import json
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.from_thread
import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import DESKTOP, PHONE, Visitor
from vivavoce.history.history import begin_history
from vivavoce.history.records import Entry, Portion
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess

PICTURES = Path(__file__).parents[2] / "artefacts" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
# What each room shows when it has all it asks the server for.
ROOMS = {
    "history": "conversation",
    "characters": "character-viva",
    "memories": "memory",
    "settings": "version",
    "help": "help-start",
}
DAY_SECONDS = 86_400.0

# Days before today, the character, and what was said in turn.
SAID = (
    (0.01, "viva", ("How long do I cook fresh pasta?", "Three minutes, in plenty of salted water.")),
    (1.0, "viva", ("Which tea goes with a rainy day?", "A smoky black tea, such as Lapsang Souchong.")),
    (1.2, "xiaomei", ("周末去杭州，带什么衣服？", "带一件薄外套，再带一把伞。")),
    (4.0, "lin", ("Why is the sky blue?", "Air scatters blue light more than red light.")),
    (40.0, "viva", ("Help me plan my sister's birthday.", "Gladly. How many guests will there be?")),
)
REMEMBERED = (
    "Has a sister called Clara, who lives in Lyon.",
    "Drinks green tea and no coffee.",
    "喜欢在西湖边散步。",
    "Learns to play the cello on Thursdays.",
)


async def _talk(data: Path, at: float, persona: str, said: tuple[str, ...]) -> None:
    name = f"conv_{int(at)}"
    async with open_engine(database_url("", data)) as engine:
        history = await begin_history(engine, folder=data)
        entries = tuple(
            Entry(
                id=f"{name}_{place}",
                said=words,
                heard=words,
                role="assistant" if place % 2 else "user",
                source="audio",
                place=float(place),
                created_at=at + 4 * place,
            )
            for place, words in enumerate(said)
        )
        portion = Portion(
            conversation_id=name,
            user_id="local",
            at=at,
            opens=True,
            title=said[0],
            persona=persona,
            entries=entries,
        )
        await history.store.append(portion)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What a server keeps of somebody who has used it for a while."""
    folder = tmp_path / "data"
    now = time.time()  # noqa: TID251 - what is kept carries a date
    with anyio.from_thread.start_blocking_portal() as portal:
        for days, persona, said in SAID:
            portal.call(_talk, folder, now - days * DAY_SECONDS, persona, said)
    return folder


def remember(server: ServerProcess) -> None:
    for text in REMEMBERED:
        asked = urllib.request.Request(
            f"{server.url}v1/memories",
            json.dumps({"text": text}).encode(),
            {"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status < 300


def photograph(visitor: Visitor, room: str, language: str) -> None:
    """Take four pictures of a room; nothing in it may be wider than the screen, and nothing has failed."""
    shown = visitor.part(f"room-{room}")
    for size_name, size in SIZES.items():
        visitor.page.set_viewport_size(size)
        for theme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=theme)
            file = PICTURES / f"room-{room}-{size_name}-{theme}-{language}.png"
            visitor.page.screenshot(path=file, animations="disabled")
        body = shown.locator(".room-body")
        wider = body.evaluate("body => body.scrollWidth - body.clientWidth")
        assert wider <= 0, f"{room} on a {size_name} is {wider} pixels too wide in {language}"
    expect(shown.locator(".broken")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_room_fits_its_screen(
    serve: Serve, browse: Browse, chat: ScriptedChat, data: Path, language: str
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    server = serve(llm=chat.url, data=str(data))
    remember(server)
    visitor = browse(face="head")
    visitor.visit(server.url)
    visitor.part(f"language-{language}").click()
    for room, last in ROOMS.items():
        visitor.page.evaluate("room => { location.hash = `#/${room}` }", room)
        shown = visitor.part(f"room-{room}")
        expect(shown.get_by_test_id(last).first).to_be_visible()
        expect(shown.locator("[data-testid=room-loading], [aria-busy=true]")).to_have_count(0)
        visitor.page.wait_for_load_state("networkidle")
        photograph(visitor, room, language)
        visitor.part("close-room").click()
        expect(shown).to_have_count(0)
