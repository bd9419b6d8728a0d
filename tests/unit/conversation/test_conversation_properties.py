"""Whatever happens to a conversation, in whatever order, certain things never do.

The test plays everyone: a user, a client that also asks for nonsense, and engines that answer late, twice, wrongly or
never. Every run ends with the engines answering (or falling silent for good), the session closing, and the recording of
it all being replayed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.unit.conversation.scene import FAULT, Scene
from tests.unit.conversation.witness import Witness
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.recording import encode_entry, encode_header, replay
from vivavoce.conversation.settings import ConversationSettings, Modality, ReplyOptions, Tool
from vivavoce.conversation.transitions import State

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLES = st.integers(0, 200_000)
SECONDS = st.one_of(st.floats(0.0, 0.5), st.floats(0.5, 30.0), st.just(70.0))
TEXTS = st.sampled_from(
    [
        "",
        " ",
        "Hello there. ",
        "[joy] Yes! ",
        "[jo",
        "How are you? I am",
        " fine",
        "```\nx = 1\n```\n",
        "你好。",
        "🙂 ",
        "1.",
    ]
)
ASIDES = st.sampled_from(["Mm-hm.", "Right.", "对。"])
CERTAINTIES = st.sampled_from([0.1, 1.0])
MODALITIES = st.sampled_from(["audio", "text"])
LOOK = Tool(name="look")
SEEK = Tool(name="seek", server_label="vivavoce")
BUY = Tool(name="buy", server_label="shop", needs_approval=True)
SETTINGS = st.builds(
    ConversationSettings,
    modality=MODALITIES,
    language=st.sampled_from(["en", "zh", "auto"]),
    tools=st.sampled_from([(), (LOOK,), (SEEK,), (BUY,), (LOOK, SEEK, BUY)]),
    tool_choice=st.sampled_from(["auto", "auto", "auto", "none", "required", "server:shop"]),
    working=st.sampled_from([(), ("One moment.",)]),
    trouble=st.sampled_from(["", "Sorry."]),
    tool_failed=st.sampled_from(["", "It did not work."]),
    expressions=st.sampled_from([(), ("joy",)]),
    detects_turns=st.booleans(),
    reply_after_turn=st.booleans(),
    interruptible=st.booleans(),
    idle_seconds=st.sampled_from([None, 5.0]),
    transcripts=st.booleans(),
    playout_reports=st.booleans(),
)
ITEM_IDS = st.sampled_from(["", "x", "y", "z"])
PARTS = st.builds(
    ContentPart,
    kind=st.sampled_from(["input_text", "input_audio", "output_text"]),
    text=st.one_of(st.none(), TEXTS),
)
ITEMS = st.one_of(
    st.builds(
        Item,
        id=ITEM_IDS,
        role=st.sampled_from(["user", "assistant", "system"]),
        content=st.lists(PARTS, max_size=2).map(tuple),
    ),
    st.builds(
        Item,
        id=ITEM_IDS,
        kind=st.just("mcp_approval_response"),
        approval_request_id=ITEM_IDS,
        approves=st.booleans(),
        output=TEXTS,
    ),
    st.builds(Item, id=ITEM_IDS, kind=st.just("function_call_output"), call_id=st.sampled_from("ab"), output=TEXTS),
)


T = TypeVar("T")


def mostly_newest(known: Sequence[T]) -> st.SearchStrategy[T]:
    """Choose the newest half of the time: work for what is long over is dropped, and shows little."""
    return st.one_of(st.just(known[-1]), st.sampled_from(known))


class AnyConversation(RuleBasedStateMachine):
    """Events in any order, from everyone."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        self.witness = Witness()

    @initialize(chosen=SETTINGS)
    def begin(self, chosen: ConversationSettings) -> None:
        self.first_settings = self.settings = chosen
        self.scene = Scene(chosen)

    def take(self, event: ev.Event) -> None:
        self.witness.read(self.scene.take(event))

    def an_item(self, data: st.DataObject) -> str:
        return data.draw(mostly_newest(["nobody", *(item.id for item in self.scene.machine.items)]))

    def a_reply(self, data: st.DataObject) -> str:
        return data.draw(mostly_newest(["nobody", *self.witness.replies]))

    # ------------------------------------------------------------------ the user

    @rule()
    def audio_arrives(self) -> None:
        self.take(ev.InputAudioOpened())

    @rule(start=SAMPLES)
    def speech_starts(self, start: int) -> None:
        self.take(ev.SpeechStarted(start_sample=start))

    @rule(start=SAMPLES, end=SAMPLES)
    def speech_pauses(self, start: int, end: int) -> None:
        self.take(ev.SpeechPaused(start_sample=start, end_sample=end))

    @rule(start=SAMPLES, end=SAMPLES)
    def silence_is_measured(self, start: int, end: int) -> None:
        self.take(ev.SilenceMeasured(start_sample=start, end_sample=end))

    @rule()
    def speech_resumes(self) -> None:
        self.take(ev.SpeechResumed())

    @rule(start=SAMPLES, end=SAMPLES, ago=SECONDS)
    def turn_ends(self, start: int, end: int, ago: float) -> None:
        self.take(ev.TurnEnded(start_sample=start, end_sample=end, speech_ended_at=self.scene.now - ago))

    @rule(start=SAMPLES, end=SAMPLES)
    def client_commits(self, start: int, end: int) -> None:
        self.take(ev.InputCommitRequested(start_sample=start, end_sample=end))

    @rule()
    def client_clears(self) -> None:
        self.take(ev.InputClearRequested())

    # ------------------------------------------------------------------ the client

    @rule(chosen=SETTINGS)
    def settings_change(self, chosen: ConversationSettings) -> None:
        self.settings = chosen
        self.take(ev.SettingsChanged(settings=chosen))

    @rule(item=ITEMS, data=st.data())
    def client_creates(self, item: Item, data: st.DataObject) -> None:
        after = data.draw(st.sampled_from([None, "root", self.an_item(data)]))
        self.take(ev.ItemCreateRequested(item=item, previous_item_id=after))

    @rule(ahead=st.integers(1, 4))
    def client_takes_an_id_that_is_about_to_be_made(self, ahead: int) -> None:
        ids = [effect.timer_id for effect in self.scene.all(orders.StartTimer)] + list(self.witness.replies)
        newest = max((int(known[-4:]) for known in ids), default=0)
        self.take(ev.ItemCreateRequested(item=Item(id=f"item_t{newest + ahead:04d}")))

    @rule(data=st.data(), kind=st.sampled_from([ev.ItemDeleteRequested, ev.ItemRetrieveRequested]))
    def client_names_an_item(
        self, data: st.DataObject, kind: type[ev.ItemDeleteRequested | ev.ItemRetrieveRequested]
    ) -> None:
        self.take(kind(item_id=self.an_item(data)))

    @rule(data=st.data(), index=st.integers(-1, 1), milliseconds=st.integers(-100, 20_000))
    def client_truncates(self, data: st.DataObject, index: int, milliseconds: int) -> None:
        item_id = self.an_item(data)
        self.take(ev.ItemTruncateRequested(item_id=item_id, content_index=index, audio_end_ms=milliseconds))

    @rule(data=st.data(), played=st.integers(-10, 500_000), buffered=st.integers(0, 2))
    def client_reports(self, data: st.DataObject, played: int, buffered: int) -> None:
        item_id = self.an_item(data)
        self.take(ev.PlayoutReported(item_id=item_id, played_samples=played, buffered_samples=buffered))

    @rule(in_band=st.booleans(), modality=st.one_of(st.none(), MODALITIES), data=st.data())
    def client_requests(self, in_band: bool, modality: Modality | None, data: st.DataObject) -> None:
        references = st.just(Item(id=self.an_item(data), kind="reference"))
        chosen = data.draw(st.one_of(st.none(), st.lists(st.one_of(references, ITEMS), max_size=2).map(tuple)))
        self.take(ev.ReplyRequested(options=ReplyOptions(in_band=in_band, input_items=chosen, modality=modality)))

    @rule(data=st.data())
    def client_cancels(self, data: st.DataObject) -> None:
        self.take(ev.ReplyCancelRequested(response_id=data.draw(st.one_of(st.none(), st.just(self.a_reply(data))))))

    # ------------------------------------------------------------------ the engines

    @precondition(lambda self: self.scene.all(orders.Transcribe))
    @rule(data=st.data(), text=st.one_of(TEXTS, ASIDES), is_failure=st.booleans(), certainty=CERTAINTIES)
    def words_are_heard(self, data: st.DataObject, text: str, is_failure: bool, certainty: float) -> None:
        order = data.draw(mostly_newest(self.scene.all(orders.Transcribe)))
        if is_failure:
            self.take(ev.TranscriptFailed(item_id=order.item_id, attempt=order.attempt, failure=FAULT))
        else:
            self.take(
                ev.TranscriptReady(
                    item_id=order.item_id, attempt=order.attempt, text=text, language="en", certainty=certainty
                )
            )

    @rule(data=st.data(), stable=TEXTS, certainty=CERTAINTIES)
    def captions_are_heard(self, data: st.DataObject, stable: str, certainty: float) -> None:
        started = [notice.item_id for notice in self.scene.all(fx.SpeechStartedNotice)[-1:]]
        item_id = data.draw(st.sampled_from([self.an_item(data), *started]))
        self.take(ev.PartialHeard(item_id=item_id, stable=stable, unstable="x", certainty=certainty))

    @rule(data=st.data(), text=TEXTS)
    def model_writes(self, data: st.DataObject, text: str) -> None:
        self.take(ev.ReplyTextArrived(response_id=self.a_reply(data), text=text))

    @rule(
        data=st.data(),
        index=st.integers(0, 2),
        call_id=st.sampled_from(["", "a", "b"]),
        name=st.sampled_from(["look", "seek", "buy", "fly"]),
        arguments=TEXTS,
    )
    def model_calls(self, data: st.DataObject, index: int, call_id: str, name: str, arguments: str) -> None:
        response_id = self.a_reply(data)
        self.take(
            ev.ReplyToolCallArrived(
                response_id=response_id, index=index, call_id=call_id, name=name, arguments=arguments
            )
        )

    @rule(data=st.data())
    def model_recalls(self, data: st.DataObject) -> None:
        self.take(ev.ReplyMemoriesUsed(response_id=self.a_reply(data), memories=(("m", "Tea."),)))

    @rule(data=st.data(), reason=st.sampled_from(["stop", "length", "tool_calls", "content_filter"]))
    def model_ends(self, data: st.DataObject, reason: str) -> None:
        self.take(ev.ReplyEnded(response_id=self.a_reply(data), finish_reason=reason))

    @rule(data=st.data())
    def model_fails(self, data: st.DataObject) -> None:
        self.take(ev.ReplyFailed(response_id=self.a_reply(data), failure=FAULT))

    @precondition(lambda self: self.scene.all(orders.Synthesize))
    @rule(data=st.data(), samples=st.integers(0, 100_000), wrong=st.integers(0, 1), what=st.sampled_from("schf"))
    def voice_speaks(self, data: st.DataObject, samples: int, wrong: int, what: str) -> None:
        order = data.draw(mostly_newest(self.scene.all(orders.Synthesize)))
        place = {"response_id": order.response_id}
        index = order.clause_index + wrong
        if what in "sc":
            self.take(ev.SpeechSynthesized(**place, clause_index=index, chunk_id=1, samples=samples))
        if what in "ch":
            self.take(ev.ClauseSpoken(**place, clause_index=index))
        if what == "f":
            self.take(ev.SynthesisFailed(**place, clause_index=index, failure=FAULT))

    # ------------------------------------------------------------------ tools, and what is said unasked

    @precondition(lambda self: self.witness.tools)
    @rule(data=st.data(), output=TEXTS, error_code=st.sampled_from(["", "tool_failed"]))
    def a_tool_answers(self, data: st.DataObject, output: str, error_code: str) -> None:
        call_id = data.draw(mostly_newest(list(self.witness.tools)))
        self.take(ev.ToolAnswered(call_id=call_id, output=output, error_code=error_code))

    @rule(text=TEXTS, kind=st.sampled_from(["greeting", "timer", "notice"]))
    def something_is_to_be_said(self, text: str, kind: ev.AnnouncementKind) -> None:
        self.take(ev.AnnouncementDue(text=text, kind=kind))

    @rule(label=st.sampled_from("ab"), listing=st.sampled_from([None, "", "[]"]), is_fault=st.booleans())
    def a_server_is_asked_for_its_tools(self, label: str, listing: str | None, is_fault: bool) -> None:
        if listing is None:
            self.take(ev.ToolServerAsked(server_label=label))
        else:
            failure = FAULT if is_fault else None
            self.take(ev.ToolServerListed(server_label=label, listing=listing, failure=failure))

    @precondition(lambda self: self.witness.own_replies)
    @rule(names=st.lists(st.sampled_from(["look", "seek", "buy"]), min_size=1, max_size=3), text=TEXTS)
    def the_reply_calls_tools(self, names: list[str], text: str) -> None:
        (response_id,) = self.witness.own_replies
        self.take(ev.ReplyTextArrived(response_id=response_id, text=text))
        for index, name in enumerate(names):
            self.take(
                ev.ReplyToolCallArrived(response_id=response_id, index=index, call_id="", name=name, arguments="{}")
            )
        self.take(ev.ReplyEnded(response_id=response_id, finish_reason="tool_calls"))
        for order in self.scene.all(orders.Synthesize):
            if order.response_id == response_id:
                self.take(ev.ClauseSpoken(response_id=response_id, clause_index=order.clause_index))

    @precondition(lambda self: self.approval_requests())
    @rule(data=st.data(), approves=st.booleans(), reason=TEXTS)
    def client_answers_a_request(self, data: st.DataObject, approves: bool, reason: str) -> None:
        request_id = data.draw(mostly_newest(self.approval_requests()))
        answer = Item(
            id="", kind="mcp_approval_response", approval_request_id=request_id, approves=approves, output=reason
        )
        self.take(ev.ItemCreateRequested(item=answer))

    @rule(text=st.sampled_from(["Yes.", "No.", "What?"]))
    def client_types_an_answer(self, text: str) -> None:
        item = Item(id="", content=(ContentPart(kind="input_text", text=text),))
        self.take(ev.ItemCreateRequested(item=item))
        self.take(ev.ReplyRequested())

    def approval_requests(self) -> list[str]:
        return [item.id for item in self.scene.machine.items if item.kind == "mcp_approval_request"]

    # ------------------------------------------------------------------ what often happens

    @rule(text=st.sampled_from(["Hello?", "", "Mm-hm.", "Yes.", "No."]), is_early=st.booleans(), is_over=st.booleans())
    def a_turn_by_voice(self, text: str, is_early: bool, is_over: bool) -> None:
        """A turn whose words are found during the silence or after it, and which may go on."""
        self.take(ev.SpeechStarted(start_sample=0))
        self.take(ev.SpeechPaused(start_sample=0, end_sample=16_000))
        if is_over and not is_early:
            self.end_the_turn()
        for order in self.scene.all(orders.Transcribe)[-1:]:
            self.take(ev.TranscriptReady(item_id=order.item_id, attempt=order.attempt, text=text, language="en"))
        if is_over:
            self.end_the_turn()
        else:
            self.take(ev.SpeechResumed())

    @precondition(lambda self: self.scene.machine.state in (State.THINKING, State.SPEAKING))
    @rule(text=ASIDES, seconds=st.sampled_from([0.0, 0.4, 1.3]), is_over=st.booleans())
    def a_word_over_the_reply(self, text: str, seconds: float, is_over: bool) -> None:
        """Somebody says something while the reply is made or heard, and may say more."""
        self.take(ev.SpeechStarted(start_sample=0))
        self.take(ev.SpeechPaused(start_sample=0, end_sample=8_000))
        for order in self.scene.all(orders.Transcribe)[-1:]:
            self.take(ev.TranscriptReady(item_id=order.item_id, attempt=order.attempt, text=text, language="en"))
        self.witness.read(self.scene.wait(seconds))
        if is_over:
            self.end_the_turn()

    @precondition(lambda self: self.witness.own_replies)
    @rule(is_whole=st.booleans(), samples=st.integers(1, 100_000))
    def the_reply_is_written_and_spoken(self, is_whole: bool, samples: int) -> None:
        (response_id,) = self.witness.own_replies
        self.take(ev.ReplyTextArrived(response_id=response_id, text="Well. I think so. Or do"))
        if is_whole:
            self.take(ev.ReplyEnded(response_id=response_id))
        for order in self.scene.all(orders.Synthesize):
            if order.response_id == response_id:
                index = order.clause_index
                self.take(
                    ev.SpeechSynthesized(response_id=response_id, clause_index=index, chunk_id=1, samples=samples)
                )
                self.take(ev.ClauseSpoken(response_id=response_id, clause_index=index))

    # ------------------------------------------------------------------ time

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.witness.read(self.scene.wait(seconds))

    @rule(seconds=st.floats(0.0, 5.0))
    def the_clock_goes_back(self, seconds: float) -> None:
        self.scene.now -= seconds

    @rule(timer_id=st.sampled_from(["", "playout", "timer_playout_t0004", "timer_stall:resp_t0003_t0005"]))
    def a_timer_nobody_waits_for_fires(self, timer_id: str) -> None:
        if timer_id not in self.scene.running_timers:
            self.take(ev.TimerFired(timer_id=timer_id))

    # ------------------------------------------------------------------ what holds at any time

    @invariant()
    def the_news_and_the_conversation_agree(self) -> None:
        self.witness.compare(self.scene.machine.items)

    # ------------------------------------------------------------------ the end

    def teardown(self) -> None:
        if len(self.scene.events) % 2:
            self.let_engines_answer()
        self.come_to_rest()
        self.take(ev.SessionClosed())
        assert self.witness.under_way == set(), "a tool was left alone"
        assert self.scene.running_timers == frozenset()
        self.replay()

    def let_engines_answer(self) -> None:
        """Every engine answers everything it was ever asked, and what that leads to."""
        self.end_the_turn()
        for _ in range(20):
            before = len(self.scene.log)
            for order in self.scene.all(orders.Transcribe):
                self.take(
                    ev.TranscriptReady(item_id=order.item_id, attempt=order.attempt, text="Hello.", language="en")
                )
            for tool in self.scene.all(orders.RunTool):
                self.take(ev.ToolAnswered(call_id=tool.call_id, output="Done."))
            for asked in self.scene.all(orders.Generate):
                self.take(ev.ReplyEnded(response_id=asked.response_id))
            for clause in self.scene.all(orders.Synthesize):
                self.take(ev.ClauseSpoken(response_id=clause.response_id, clause_index=clause.clause_index))
            if len(self.scene.log) == before:
                return
        raise AssertionError("the conversation goes on by itself")

    def end_the_turn(self) -> None:
        """The user falls silent, and the detector says so."""
        self.take(ev.TurnEnded(start_sample=0, end_sample=16_000, speech_ended_at=self.scene.now))

    def come_to_rest(self) -> None:
        """Without any more input the conversation rests once its timers have run out."""
        self.end_the_turn()
        for _ in range(200):
            if not self.scene.running_timers:
                break
            self.witness.read(self.scene.wait(30.0))
        assert self.scene.running_timers == frozenset()
        assert self.scene.machine.state in (State.IDLE, State.LISTENING)
        assert self.witness.unfinished() == []
        assert self.witness.held == set(), "somebody waits for the rest of a reply"

    def replay(self) -> None:
        """The recording gives the same effects in a new machine."""
        lines = [encode_header("t", self.first_settings)]
        lines += [encode_entry(now, event, effects) for now, event, effects in self.scene.events]
        summary = replay(lines)
        assert summary.mismatches == ()
        assert summary.events == len(self.scene.events)
        assert summary.effects == len(self.scene.log)


AnyConversation.TestCase.settings = settings(
    max_examples=int(os.environ.get("VIVAVOCE_EXAMPLES", "300")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
# Making a failing run as short as it can be takes minutes.
TestAnyConversation = pytest.mark.timeout(600)(AnyConversation.TestCase)
