from __future__ import annotations

from vivavoce.conversation import effects as fx
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.rooms.story import Story


def said(number: int, text: str = "hello") -> Item:
    return Item(id=f"item_{number}", content=(ContentPart(kind="input_text", text=text),))


def told(story: Story, items: list[Item]) -> list[str]:
    return [news.item.id for news in story.retell(items) if isinstance(news, fx.ItemAdded)]


def reply(response_id: str) -> fx.ReplySnapshot:
    return fx.ReplySnapshot(
        response_id=response_id, status="in_progress", modality="audio", voice="", max_output_tokens=None
    )


def test_a_newcomer_is_told_the_newest_items_in_order() -> None:
    items = [said(number) for number in range(5)]
    news = list(Story(items=3).retell(items))
    assert told(Story(items=3), items) == ["item_2", "item_3", "item_4"]
    assert isinstance(news[0], fx.ItemAdded)
    assert news[0].previous_item_id == "item_1"


def test_no_more_is_told_than_the_bound_allows() -> None:
    items = [said(0, "x" * 90), said(1, "x" * 60), said(2, "x" * 40)]
    assert told(Story(characters=100), items) == ["item_1", "item_2"]
    assert told(Story(characters=10), items) == []


def test_a_reply_under_way_is_told_once_with_its_words_so_far() -> None:
    story, spoken = Story(), Item(id="item_r", role="assistant", status="in_progress")
    story.note(fx.ReplyCreated(reply=reply("resp_1")))
    story.note(fx.OutputItemAdded(response_id="resp_1", output_index=0, item=spoken))
    story.note(fx.ItemAdded(item=spoken, previous_item_id="item_0"))
    story.note(fx.ContentPartAdded(response_id="resp_1", item_id="item_r", output_index=0, part="output_audio"))
    for word in ("One ", "two ", "three."):
        story.note(
            fx.OutputText(response_id="resp_1", item_id="item_r", output_index=0, part="output_audio", delta=word)
        )
    news = list(story.retell([said(0), spoken]))
    assert [type(each).__name__ for each in news] == [
        "ItemAdded",
        "ItemDone",
        "ReplyCreated",
        "OutputItemAdded",
        "ItemAdded",
        "ContentPartAdded",
        "OutputText",
    ]
    assert [each.delta for each in news if isinstance(each, fx.OutputText)] == ["One two three."]
    story.note(fx.ReplyDone(reply=reply("resp_1")))
    assert told(story, [said(0), said(1)]) == ["item_0", "item_1"]


def test_what_state_the_conversation_is_in_comes_last() -> None:
    story = Story()
    story.note(fx.TurnStateChanged(state="speaking", reason="first output"))
    assert list(story.retell([said(0)]))[-1] == fx.TurnStateChanged(state="speaking", reason="first output")
