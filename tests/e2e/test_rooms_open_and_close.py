"""Rooms open and close: where the focus goes, where the browser's way back leads, what a failure leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.e2e.conftest import Browse, Serve
    from tests.e2e.visitor import Visitor


def open_room(visitor: Visitor, room: str) -> None:
    visitor.part(f"open-{room}").click()
    expect(visitor.part(f"room-{room}")).to_be_visible()


def test_a_room_that_closes_gives_the_focus_back_and_stays_closed_on_the_way_back(serve: Serve, browse: Browse) -> None:
    visitor = browse(face="flat")
    server = serve()
    visitor.visit(server.url)
    page = visitor.page
    entries = page.evaluate("history.length")
    open_room(visitor, "help")
    visitor.part("help-devices").click()
    expect(visitor.part("room-settings")).to_be_visible()
    visitor.part("close-room").click()
    expect(visitor.part("room-settings")).to_have_count(0)
    expect(visitor.part("open-help")).to_be_focused()
    expect(page).to_have_url(server.url)
    # Nothing that was closed lies between the page and what was there before it: the way forward leads into rooms only.
    assert page.evaluate("history.length") == entries + 2
    page.go_forward()
    expect(visitor.part("room-help")).to_be_visible()
    page.go_back()
    expect(visitor.part("room-help")).to_have_count(0)


def test_words_can_be_marked_in_a_room_and_let_go_beside_it(serve: Serve, browse: Browse) -> None:
    visitor = browse(face="flat")
    visitor.visit(serve().url)
    open_room(visitor, "help")
    visitor.part("help-start").wait_for()
    visitor.page.get_by_role("heading", name="Help").hover()
    visitor.page.mouse.down()
    visitor.page.mouse.move(40, 400)
    visitor.page.mouse.up()
    expect(visitor.part("room-help")).to_be_visible()
    visitor.page.mouse.click(40, 400)
    expect(visitor.part("room-help")).to_have_count(0)


def test_a_room_that_did_not_arrive_is_loaded_again_when_asked_for_again(serve: Serve, browse: Browse) -> None:
    visitor = browse(face="flat")
    visitor.visit(serve().url)
    page = visitor.page
    page.route("**/assets/help-*", lambda route: route.abort())
    open_room(visitor, "help")
    again = page.get_by_role("button", name="Show it again")
    expect(again).to_be_visible()
    page.unroute("**/assets/help-*")
    again.click()
    expect(visitor.part("help-start")).to_be_visible()
    # With its styles, which failed as well.
    assert visitor.part("help-start").evaluate("button => getComputedStyle(button).columnGap") == "8px"


def test_a_question_stands_over_a_room_and_closes_without_it(serve: Serve, browse: Browse) -> None:
    visitor = browse(face="flat")
    visitor.visit(serve().url)
    open_room(visitor, "settings")
    delete = visitor.part("delete-settings")
    delete.click()
    expect(visitor.part("question-no")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(visitor.part("question")).to_have_count(0)
    expect(visitor.part("room-settings")).to_be_visible()
    expect(delete).to_be_focused()


def test_a_first_visitor_is_shown_the_way_to_help_until_it_was_taken(serve: Serve, browse: Browse) -> None:
    visitor = browse(face="flat")
    visitor.visit(serve().url)
    visitor.part("help-hint").click()
    expect(visitor.part("room-help")).to_be_visible()
    visitor.part("close-room").click()
    expect(visitor.part("help-hint")).to_have_count(0)
    visitor.page.reload()
    visitor.sees_state("idle")
    expect(visitor.part("help-hint")).to_have_count(0)
