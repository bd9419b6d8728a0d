"""What was said is found again and gone on with; what is remembered is seen, corrected and forgotten."""

from __future__ import annotations

import io
import json
import time
import urllib.request
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio.from_thread
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import chosen
from tests.e2e.microphone import write_timeline
from tests.e2e.visitor import DEADLINE_MS, DESKTOP, WITNESS, Visitor
from vivavoce.history.history import begin_history
from vivavoce.history.records import Entry, Portion, Turn
from vivavoce.storage.database import database_url, open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.microphone import Voice
    from tests.e2e.scripted_chat import ScriptedChat
    from tests.e2e.server_process import ServerProcess

DAY_SECONDS = 86_400.0
SAID = ["Which tea shall I buy?", "Buy green tea from Hangzhou."]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def yesterday(data: Path) -> None:
    """Somebody talked about tea yesterday, and about the weather a month ago, in Chinese."""
    now = time.time()  # noqa: TID251 - what is kept carries a date
    with anyio.from_thread.start_blocking_portal() as portal:
        portal.call(_talk, data, "conv_tea", now - DAY_SECONDS, SAID)
        portal.call(_talk, data, "conv_rain", now - 30 * DAY_SECONDS, ["今天天气怎么样？", "今天下雨。"])


async def _talk(data: Path, name: str, at: float, said: list[str]) -> None:
    question, answer = said
    async with open_engine(database_url("", data)) as engine:
        history = await begin_history(engine, folder=data)
        entries = (
            Entry(id=f"{name}_q", said=question, place=1.0, source="audio", created_at=at),
            Entry(
                id=f"{name}_a",
                said=f"{answer} And nothing else.",
                heard=answer,
                role="assistant",
                status="incomplete",
                source="audio",
                place=2.0,
                response_id=f"{name}_r",
                created_at=at + 2,
            ),
        )
        turn = Turn(response_id=f"{name}_r", user_entry_id=f"{name}_q", timings={"first_audio": 400.0}, created_at=at)
        await history.store.append(
            Portion(
                conversation_id=name,
                user_id="local",
                at=at,
                opens=True,
                title=question,
                persona="viva",
                entries=entries,
                turns=(turn,),
            )
        )


def zone_where_it_is_midday() -> str:
    """Return a time zone whose day began half a day ago; its clocks are never put forward or back."""
    ahead = 12 - datetime.now(UTC).hour  # noqa: TID251 - as the calendar of the browser has it
    # These zones are named by what is to be added to get to Greenwich.
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


def ask(server: ServerProcess, path: str) -> Any:
    with urllib.request.urlopen(f"{server.url}{path}", timeout=10) as answer:
        return json.load(answer)


def conversations(server: ServerProcess) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = ask(server, "v1/conversations")["data"]
    return listed


def words_in(server: ServerProcess, conversation: str) -> list[str]:
    entries = ask(server, f"v1/conversations/{conversation}")["entries"]
    return [entry["said"] for entry in entries if entry["role"] != "system"]


def asked(chat: ScriptedChat) -> list[str]:
    """What the model was told last, but for how to behave."""
    return [text for role, text in chat.asked[-1] if role != "system"]


def open_room(visitor: Visitor, name: str) -> None:
    visitor.page.evaluate("name => { location.hash = `#/${name}` }", name)
    expect(visitor.part(f"room-{name}")).to_be_visible()


def goes_on(visitor: Visitor) -> None:
    """Continue the first conversation of the list; until it is there the room stays, and has the keyboard."""
    visitor.part("continue").first.click()
    expect(visitor.part("room-history")).to_have_count(0)


def found(visitor: Visitor) -> list[str]:
    return visitor.part("conversation-title").all_inner_texts()


def exchange(visitor: Visitor, chat: ScriptedChat, words: str, reply: str) -> None:
    """Type something, and read the reply."""
    chat.reply = reply
    visitor.types(words)
    expect(visitor.turns("assistant").last).to_have_text(reply)
    visitor.sees_state("idle")


@pytest.mark.usefixtures("yesterday")
def test_yesterdays_conversation_is_found_by_its_words_and_gone_on_with_as_one(
    serve: Serve, browse: Browse, chat: ScriptedChat, data: Path
) -> None:
    server = serve(llm=chat.url, data=str(data))
    visitor = browse(microphone="absent", timezone=zone_where_it_is_midday())
    visitor.visit(server.url)
    open_room(visitor, "history")
    expect(visitor.page.get_by_role("heading", name="Yesterday")).to_be_visible()
    assert found(visitor) == ["Which tea shall I buy?", "今天天气怎么样？"]
    search = visitor.part("room-search")
    search.fill("天气")
    expect(visitor.part("conversation-title")).to_have_text(["今天天气怎么样？"])
    expect(visitor.page.locator("mark").first).to_have_text("天气")
    search.fill("hangzh")
    expect(visitor.part("conversation-title")).to_have_text(["Which tea shall I buy?"])
    expect(visitor.page.locator(".archive-snippet mark")).to_have_text("Hangzh")

    visitor.part("conversation-title").click()
    expect(visitor.part("entry")).to_have_count(2)
    expect(visitor.part("conversation-view").get_by_test_id("unheard")).to_contain_text("And nothing else.")
    goes_on(visitor)
    expect(visitor.part("room-history")).to_have_count(0)
    expect(visitor.turns("user")).to_have_text([SAID[0]])

    exchange(visitor, chat, "And where do I get it?", "At the corner shop.")
    assert asked(chat) == [*SAID, "And where do I get it?"]
    so_far = [SAID[0], f"{SAID[1]} And nothing else.", "And where do I get it?", "At the corner shop."]
    assert words_in(server, "conv_tea") == so_far

    visitor.page.reload()
    expect(visitor.turns("user")).to_have_text([SAID[0], "And where do I get it?"])
    exchange(visitor, chat, "Thank you.", "You are welcome.")
    assert asked(chat) == [*SAID, "And where do I get it?", "At the corner shop.", "Thank you."]
    expect(visitor.turns("user")).to_have_text([SAID[0], "And where do I get it?", "Thank you."])
    expect(visitor.turns("assistant")).to_have_count(3)

    server.kill()
    visitor.sees_connection("reconnecting")
    server.start()
    server.wait_until_ready()
    visitor.sees_connection("online")
    exchange(visitor, chat, "One more thing.", "Yes?")
    assert asked(chat)[-3:] == ["Thank you.", "You are welcome.", "One more thing."]
    assert len(asked(chat)) == 7
    expect(visitor.turns("user")).to_have_count(4)
    assert [each["id"] for each in conversations(server)] == ["conv_tea", "conv_rain"]
    assert len(words_in(server, "conv_tea")) == 8
    visitor.sees_no_problem()

    open_room(visitor, "history")
    expect(visitor.part("conversation").filter(has=visitor.part("now"))).to_contain_text("Which tea shall I buy?")


@pytest.mark.usefixtures("yesterday")
def test_yesterdays_conversation_is_gone_on_with_by_voice(
    serve: Serve, browse: Browse, chat: ScriptedChat, voice: Voice, data: Path, tmp_path: Path
) -> None:
    server = serve(llm=chat.url, data=str(data))
    question = voice.says("Where is the station?")
    visitor = browse(write_timeline(tmp_path / "question.wav", (1.0, question)))
    chat.reply = "At the corner shop."
    visitor.visit(server.url)
    open_room(visitor, "history")
    goes_on(visitor)
    visitor.start()
    visitor.hears_the_reply()
    expect(visitor.turns("user")).to_have_text([SAID[0], "Where is the station?"])
    assert asked(chat)[:2] == SAID
    visitor.part("stop").click()
    visitor.page.wait_for_function(
        "async () => (await (await fetch('v1/conversations/conv_tea')).json()).entries.length === 4"
    )
    assert len(conversations(server)) == 2


@pytest.mark.usefixtures("yesterday")
def test_a_conversation_is_renamed_taken_away_and_deleted(
    serve: Serve, browse: Browse, chat: ScriptedChat, data: Path, tmp_path: Path
) -> None:
    server = serve(llm=chat.url, data=str(data))
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    open_room(visitor, "history")
    tea = visitor.part("conversation").first
    tea.get_by_test_id("conversation-more").click()
    tea.get_by_test_id("rename").click()
    tea.get_by_test_id("edit-text").fill("Tea: green?")
    tea.get_by_test_id("edit-keep").click()
    expect(tea.get_by_test_id("conversation-title")).to_have_text("Tea: green?")
    visitor.page.wait_for_function(
        "async () => (await (await fetch('v1/conversations/conv_tea')).json()).title === 'Tea: green?'"
    )

    tea.get_by_test_id("conversation-more").click()
    for kind, name in (("markdown", "Tea green.md"), ("json", "Tea green.json")):
        with visitor.page.expect_download() as download:
            tea.get_by_test_id(f"export-{kind}").click()
        assert download.value.suggested_filename == name
        download.value.save_as(tmp_path / name)
    assert "# Tea: green?" in (tmp_path / "Tea green.md").read_text()
    assert json.loads((tmp_path / "Tea green.json").read_text())["entries"][0]["said"] == SAID[0]
    tea.get_by_test_id("export-audio").click()
    expect(visitor.part("saying")).to_contain_text("no recording")

    tea.get_by_test_id("delete").click()
    expect(visitor.part("question")).to_contain_text("cannot be brought back")
    visitor.part("question-no").click()
    assert len(conversations(server)) == 2
    tea.get_by_test_id("delete").click()
    visitor.part("question-yes").click()
    expect(visitor.part("saying")).to_contain_text("is deleted")
    expect(visitor.part("conversation")).to_have_count(1)
    assert [each["id"] for each in conversations(server)] == ["conv_rain"]


def test_a_recorded_conversation_is_heard_again_and_taken_away_with_its_sound(
    serve: Serve, browse: Browse, chat: ScriptedChat, voice: Voice, data: Path, tmp_path: Path
) -> None:
    server = serve(llm=chat.url, data=str(data), record_audio="true")
    visitor = browse(write_timeline(tmp_path / "question.wav", (1.0, voice.says("Where is the station?"))))
    chat.reply = "It is close."
    visitor.visit(server.url)
    visitor.start()
    visitor.hears_the_reply()
    visitor.part("stop").click()
    # What is shown of a conversation is what there was when it was opened.
    visitor.page.wait_for_function(
        """async () => {
            const { data } = await (await fetch('v1/conversations')).json();
            if (data.length === 0) return false;
            const { entries } = await (await fetch(`v1/conversations/${data[0].id}`)).json();
            return entries.filter(({ has_sound }) => has_sound).length === 2;
        }"""
    )
    open_room(visitor, "history")
    visitor.part("conversation-title").first.click()
    play = visitor.part("play-entry").first
    expect(play).to_be_visible()
    play.click()
    expect(play).to_have_attribute("data-playing", "playing")
    with visitor.page.expect_download() as download:
        visitor.part("export-audio").click()
    download.value.save_as(tmp_path / "sound.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "sound.zip").read_bytes())) as archive:
        assert "transcript.md" in archive.namelist()
        assert any(name.endswith(".opus") for name in archive.namelist())


@pytest.fixture
def tabs(browse: Browse) -> Iterator[tuple[Visitor, Visitor]]:
    """Two tabs of one browser."""
    browser = browse(microphone="absent").page.context.browser
    assert browser is not None
    context = browser.new_context(viewport=DESKTOP, locale="en-GB")

    def tab() -> Page:
        page = context.new_page()
        page.set_default_timeout(DEADLINE_MS)
        page.add_init_script(path=WITNESS)
        # Two sculpted faces, drawn without a GPU, would take all of the processor.
        page.add_init_script(chosen({"greeting": False, "face": "flat"}))
        return page

    yield Visitor(tab()), Visitor(tab())
    context.close()


def test_two_tabs_have_each_a_conversation_of_their_own(
    serve: Serve, chat: ScriptedChat, data: Path, tabs: tuple[Visitor, Visitor]
) -> None:
    server = serve(llm=chat.url, data=str(data), memory="false")
    first, second = tabs
    first.visit(server.url)
    exchange(first, chat, "I am the first.", "Hello, first.")
    second.visit(server.url)
    expect(second.part("welcome")).to_be_visible()
    exchange(second, chat, "I am the second.", "Hello, second.")
    assert asked(chat) == ["I am the second."]
    exchange(first, chat, "Am I still here?", "You are.")
    assert asked(chat) == ["I am the first.", "Hello, first.", "Am I still here?"]
    for visitor, words in ((first, "I am the first."), (second, "I am the second.")):
        visitor.page.reload()
        expect(visitor.turns("user").first).to_have_text(words)
    assert len(conversations(server)) == 2


def test_what_is_deleted_or_chosen_in_one_tab_holds_in_the_other(
    serve: Serve, chat: ScriptedChat, data: Path, tabs: tuple[Visitor, Visitor]
) -> None:
    server = serve(llm=chat.url, data=str(data), memory="false")
    first, second = tabs
    first.visit(server.url)
    exchange(first, chat, "Forget this.", "Which?")
    second.visit(server.url)
    second.part("open-settings").click()
    second.part("theme-dark").click()
    expect(first.page.locator("html")).to_have_attribute("data-theme", "dark")
    second.part("close-room").click()
    open_room(second, "history")
    newest = second.part("conversation").first
    newest.get_by_test_id("conversation-more").click()
    newest.get_by_test_id("delete").click()
    second.part("question-yes").click()
    expect(first.part("welcome")).to_be_visible()
    first.page.reload()
    expect(first.part("welcome")).to_be_visible()
    exchange(first, chat, "Who are you?", "Viva.")
    assert asked(chat) == ["Who are you?"]


def test_a_conversation_taken_up_in_another_tab_ends_in_the_first_which_says_so_and_can_take_it_back(
    serve: Serve, chat: ScriptedChat, data: Path, tabs: tuple[Visitor, Visitor]
) -> None:
    server = serve(llm=chat.url, data=str(data), memory="false")
    first, second = tabs
    first.visit(server.url)
    exchange(first, chat, "Which way?", "Left.")
    second.visit(server.url)
    open_room(second, "history")
    goes_on(second)
    exchange(second, chat, "And then?", "Right.")
    assert asked(chat) == ["Which way?", "Left.", "And then?"]
    problem = first.sees_problem("elsewhere")
    assert len(conversations(server)) == 1
    problem.get_by_test_id("retry").click()
    first.sees_connection("online")
    expect(first.turns("user")).to_have_text(["Which way?", "And then?"])
    second.sees_problem("elsewhere")
    exchange(first, chat, "Far?", "No.")
    assert asked(chat) == ["Which way?", "Left.", "And then?", "Right.", "Far?"]
    assert len(words_in(server, conversations(server)[0]["id"])) == 6


def test_without_a_history_on_the_server_the_page_keeps_its_own_and_tells_it_once(
    serve: Serve, browse: Browse, chat: ScriptedChat, data: Path
) -> None:
    server = serve(llm=chat.url, data=str(data), history="false")
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    exchange(visitor, chat, "Which way?", "Left.")
    visitor.page.reload()
    expect(visitor.turns("user")).to_have_text(["Which way?"])
    exchange(visitor, chat, "And then?", "Right.")
    assert asked(chat) == ["Which way?", "Left.", "And then?"]
    expect(visitor.turns("user")).to_have_text(["Which way?", "And then?"])
    visitor.sees_no_problem()
    open_room(visitor, "history")
    expect(visitor.part("room-empty")).to_contain_text("keeps no history")


def test_a_fact_that_was_told_is_seen_led_back_to_corrected_and_forgotten(
    serve: Serve, browse: Browse, chat: ScriptedChat, data: Path
) -> None:
    server = serve(llm=chat.url, data=str(data))
    visitor = browse(microphone="absent")
    visitor.visit(server.url)
    exchange(visitor, chat, "My dog is called Bruno.", "A fine name.")
    visitor.page.wait_for_function("async () => (await (await fetch('v1/memories')).json()).data.length === 1")
    open_room(visitor, "memories")
    memory = visitor.part("memory")
    expect(memory).to_contain_text("Bruno")
    expect(memory).to_contain_text("said in passing")
    memory.get_by_test_id("memory-source").click()
    expect(visitor.part("room-history").locator('[data-wanted="true"]')).to_contain_text("My dog is called Bruno.")

    open_room(visitor, "memories")
    memory.get_by_test_id("memory-correct").click()
    memory.get_by_test_id("edit-text").fill("My dog is called Bella.")
    memory.get_by_test_id("edit-keep").click()
    expect(memory).to_contain_text("Bella")
    visitor.page.wait_for_function(
        "async () => (await (await fetch('v1/memories')).json()).data[0].text.includes('Bella')"
    )
    visitor.part("close-room").click()
    visitor.part("clear-history").click()
    visitor.part("question-yes").click()
    exchange(visitor, chat, "What is my dog called?", "Bella.")
    note = visitor.part("memory-note")
    note.locator("summary").click()
    note.get_by_role("link", name="Bella").click()
    expect(visitor.part("wanted-memory")).to_contain_text("Bella")

    visitor.part("memory-forget").first.click()
    visitor.part("undo").click()
    assert len(ask(server, "v1/memories")["data"]) == 1
    visitor.part("memory-forget").first.click()
    visitor.part("close-room").click()
    visitor.page.wait_for_function("async () => (await (await fetch('v1/memories')).json()).data.length === 0")
    open_room(visitor, "memories")
    expect(visitor.part("room-empty")).to_contain_text("Nothing is remembered yet")

    visitor.part("memory-text").fill("I play chess on Fridays.")
    visitor.part("memory-add").click()
    expect(visitor.part("memory")).to_contain_text("entered by you")
    with visitor.page.expect_download() as download:
        visitor.part("memories-export").click()
    kept = json.loads(Path(download.value.path()).read_text())
    assert [fact["text"] for fact in kept["data"]] == ["I play chess on Fridays."]
