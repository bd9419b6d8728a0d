"""Every state of the page, in both themes, on a desktop and a phone: kept as pictures in artefacts/screenshots."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.e2e.microphone import write_timeline
from tests.e2e.visitor import DESKTOP, PHONE, Visitor

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.microphone import Voice
    from tests.e2e.scripted_chat import ScriptedChat

PICTURES = Path(__file__).parents[2] / "artefacts" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}

RECIPE = (
    "Of course. Bring a large pot of water to the boil, and salt it well. Cook the pasta for nine minutes. "
    "Meanwhile, warm some olive oil with two cloves of garlic and a little chili. "
    "Toss everything together with a ladle of the cooking water, and finish it with parsley and lemon."
)


def photograph(visitor: Visitor, state: str, *, name: str = "") -> None:
    """Take four pictures of a state that lasts; nothing may be wider than the screen, the main button is in sight."""
    for size_name, size in SIZES.items():
        visitor.page.set_viewport_size(size)
        for theme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=theme)
            file = PICTURES / f"{name or state}-{size_name}-{theme}.png"
            # "disabled" ends the change of colours that the other theme began.
            visitor.page.screenshot(path=file, animations="disabled")
            assert visitor.part("state").get_attribute("data-state") == state
        expect(visitor.page.locator(".main-button")).to_be_in_viewport(ratio=1)
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], f"{name or state} on a {size_name} is {width} pixels wide"


def test_every_state_fits_its_screen(
    serve: Serve, browse: Browse, voice: Voice, chat: ScriptedChat, tmp_path: Path
) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    server = serve(llm=chat.url)
    # Longer than four pictures take on a machine that is busy with something else.
    question = voice.says(
        "Could you please tell me how to make a simple and quick dinner for two hungry people with some pasta, with "
        "the garlic and the basil that are left over from the day before yesterday, and with a handful of tomatoes?"
    )
    visitor = browse(write_timeline(tmp_path / "question.wav", (6.0, question)), scale=2, face="head")
    visitor.page.clock.install()
    visitor.visit(server.url)
    photograph(visitor, "idle")

    visitor.start()
    visitor.sees_state("listening")
    photograph(visitor, "listening")

    chat.reply = RECIPE
    chat.hold()
    expect(visitor.part("user-caption")).not_to_be_empty()
    photograph(visitor, "listening", name="user-speaking")
    # Taking pictures starves the microphone; what it drops may sound like an end in mid-sentence.
    expect(visitor.turns("user").last).to_contain_text("tomatoes")
    visitor.sees_state("processing")
    photograph(visitor, "processing")

    chat.release()
    visitor.hears_the_reply(seconds=4.0)
    photograph(visitor, "speaking")
    visitor.part("interrupt").click()
    visitor.sees_state("listening")
    photograph(visitor, "listening", name="interrupted")

    server.kill()
    visitor.sees_connection("reconnecting")
    photograph(visitor, "idle", name="reconnecting")
    visitor.sees_the_page_give_up()
    photograph(visitor, "error")
