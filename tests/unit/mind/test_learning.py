"""What memory is given to learn from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

import anyio
import pytest

from vivavoce.conversation import effects as fx
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.memory.facts import SpokenTurn
from vivavoce.mind.learning import MOST_UNANSWERED, Learner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.conversation.items import ItemKind
    from vivavoce.memory.facts import Remembers


@dataclass
class Conversation:
    """A conversation, and the mind and the memory that it is watched for."""

    user_id: str = "ann"
    conversation_id: str = "conv_1"
    language: str = "en"
    remembers: bool = True
    items: dict[str, Item] = field(default_factory=dict)
    learned: list[SpokenTurn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.learner = Learner(cast("Remembers", self), self, self, wall_clock=lambda: 100.0)

    def item(self, item_id: str) -> Item | None:
        return self.items.get(item_id)

    def observe(self, turn: SpokenTurn) -> None:
        self.learned.append(turn)

    def spoken(self, item_id: str, words: str | None, *, is_aside: bool = False) -> None:
        """Somebody speaks; None for words that are not known yet."""
        part = ContentPart(kind="input_audio", text=words, audio_ms=500)
        self.items[item_id] = Item(id=item_id, content=(part,), is_aside=is_aside)
        committed = fx.InputCommitted(item_id=item_id, previous_item_id=None, start_sample=0, end_sample=8_000)
        self.learner.tell(committed, None)

    def answered(
        self,
        words: str,
        *,
        heard: str | None = None,
        is_aside: bool = False,
        in_band: bool = True,
        calls: Sequence[Item] = (),
    ) -> None:
        """The assistant has said something, of which only the beginning may have been `heard`, or called tools."""
        said = ContentPart(kind="output_audio", text=words, audio_ms=500)
        message = Item(id="reply", role="assistant", content=(said,), is_aside=is_aside)
        output = (message,) if words else ()
        if heard is not None:
            self.items["reply"] = replace(message, status="incomplete", content=(replace(said, heard=heard),))
        snapshot = fx.ReplySnapshot(
            response_id="resp",
            status="completed",
            modality="audio",
            voice="",
            max_output_tokens=None,
            in_band=in_band,
            output=(*output, *calls),
        )
        self.learner.tell(fx.ReplyDone(reply=snapshot), None)


def call(name: str, *, kind: ItemKind = "mcp_call", server_label: str = "vivavoce") -> Item:
    return Item(id=f"call_{name}", kind=kind, role="assistant", name=name, server_label=server_label)


def test_words_are_learned_once_they_have_been_answered() -> None:
    talk = Conversation()
    talk.spoken("a", "I live in Lyon.")
    assert talk.learned == []
    talk.answered("How nice.")
    talk.answered("Anything else?")
    (turn,) = talk.learned
    assert (turn.user_id, turn.turn_id, turn.said, turn.heard, turn.at) == (
        "ann",
        "a",
        "I live in Lyon.",
        "How nice.",
        100.0,
    )


def test_of_an_answer_cut_short_only_what_was_heard_is_learned() -> None:
    talk = Conversation()
    talk.spoken("a", "I live in Lyon.")
    talk.answered("How nice. Lyon is by the Rhone.", heard="How nice.")
    assert [turn.heard for turn in talk.learned] == ["How nice."]


def test_words_that_are_not_known_yet_are_learned_with_the_next_answer() -> None:
    talk = Conversation()
    talk.spoken("a", None)
    talk.answered("Hm?")
    assert talk.learned == []
    talk.spoken("a", "I live in Lyon.")
    talk.answered("How nice.")
    assert [turn.said for turn in talk.learned] == ["I live in Lyon."]


def test_a_line_that_fills_a_silence_is_no_answer() -> None:
    talk = Conversation()
    talk.spoken("a", "I live in Lyon.")
    talk.answered("One moment.", is_aside=True)
    talk.answered("Something beside it.", in_band=False)
    assert talk.learned == []
    talk.answered("How nice.")
    assert [turn.heard for turn in talk.learned] == ["How nice."]


def test_words_of_attention_and_of_nobody_who_is_remembered_are_not_learned() -> None:
    talk = Conversation()
    talk.spoken("a", "Mm-hm.", is_aside=True)
    talk.answered("So.")
    talk.remembers = False
    talk.spoken("b", "I live in Lyon.")
    talk.answered("How nice.")
    talk.remembers = True
    talk.answered("Well.")
    assert talk.learned == []


def test_what_is_never_answered_is_not_kept_for_ever() -> None:
    talk = Conversation()
    for number in range(MOST_UNANSWERED + 5):
        talk.spoken(str(number), f"Number {number}.")
    talk.answered("Well.")
    assert len(talk.learned) == MOST_UNANSWERED


def test_the_language_is_the_recognisers_where_it_tells() -> None:
    talk = Conversation(language="auto")
    talk.spoken("a", "我住在里昂。")
    told = fx.TranscriptionCompleted(item_id="a", transcript="我住在里昂。", audio_seconds=1.0, language="zh")
    talk.learner.tell(told, None)
    talk.answered("好的。")
    assert [turn.language for turn in talk.learned] == ["zh"]


@pytest.mark.parametrize("words", ["", "I forget it at once."])
@pytest.mark.parametrize("kind", ["mcp_call", "mcp_approval_request"])
def test_nothing_is_learned_from_a_turn_in_which_something_was_forgotten(words: str, kind: ItemKind) -> None:
    talk = Conversation()
    talk.spoken("a", "I told you that I live in Lyon, I want you to drop it.")
    talk.answered(words, calls=[call("forget", kind=kind)])
    talk.answered("It is forgotten.")
    assert talk.learned == []
    talk.spoken("b", "I keep bees.")
    talk.answered("How nice.")
    assert [turn.said for turn in talk.learned] == ["I keep bees."]


def test_nothing_is_learned_when_another_tool_was_called_before_that_which_forgets() -> None:
    talk = Conversation()
    talk.spoken("a", "I live in Lyon, and you know it, but you should not.")
    talk.answered("Let me see.", calls=[call("recall")])
    talk.answered("", calls=[call("forget")])
    talk.answered("It is forgotten.")
    assert talk.learned == []


def test_words_are_learned_once_no_further_tool_is_called_whoever_else_forgets_something() -> None:
    talk = Conversation()
    talk.spoken("a", "I live in Lyon.")
    talk.answered("Let me see.", calls=[call("forget", server_label="notes")])
    assert talk.learned == []
    talk.answered("How nice.")
    assert [(turn.said, turn.heard) for turn in talk.learned] == [("I live in Lyon.", "Let me see. How nice.")]


@pytest.mark.anyio
async def test_words_are_learned_when_the_conversation_ends_with_a_call() -> None:
    talk = Conversation()
    talk.spoken("a", "I live in Lyon, goodbye.")
    talk.answered("Goodbye!", calls=[call("end_conversation")])
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(talk.learner.run)
        await anyio.wait_all_tasks_blocked()
        assert talk.learned == []
        tasks.cancel_scope.cancel()
    assert [turn.said for turn in talk.learned] == ["I live in Lyon, goodbye."]


class OwnMemory:
    """A reply engine whose memory is its own."""

    def __init__(self) -> None:
        self.learned: list[SpokenTurn] = []

    def observe(self, turn: SpokenTurn) -> None:
        self.learned.append(turn)


def test_an_engine_with_a_memory_of_its_own_learns_from_the_same_turns() -> None:
    talk, engine = Conversation(), OwnMemory()
    talk.learner = Learner(cast("Remembers", talk), talk, talk, engine=engine, wall_clock=lambda: 100.0)
    talk.spoken("a", "My parrot is called Polly.")
    talk.answered("Hello Polly.")
    talk.answered("Are you still there?")
    assert [turn.said for turn in engine.learned] == ["My parrot is called Polly."]
    talk.remembers = False
    talk.spoken("b", "My dog is called Rex.")
    talk.answered("Hello Rex.")
    assert len(engine.learned) == 1
    assert engine.learned == talk.learned
