"""The conversation machine: `handle(event, now) -> effects`, a pure function of what happened and when.

Owns the entry of every event and what must be true after each. Refuses to await, to read a clock, and to know an
engine, a socket or a file. `session` drives it; the same events at the same times give the same effects, always, which
is what lets a session be recorded and replayed. See `transitions` for the theory of operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from vivavoce.conversation import events as ev
from vivavoce.conversation.announcements import Announcements
from vivavoce.conversation.approvals import Approvals
from vivavoce.conversation.asking import order_ahead
from vivavoce.conversation.client_requests import ClientRequests
from vivavoce.conversation.core import Core
from vivavoce.conversation.doubts import Doubts
from vivavoce.conversation.idle import UserSilence
from vivavoce.conversation.initiative import Initiative
from vivavoce.conversation.interruption import FLOOR_TAKEN_TIMER, WAIT_TIMER, Interruption
from vivavoce.conversation.playout import Playout
from vivavoce.conversation.replies import Replies
from vivavoce.conversation.timeline import Timeline
from vivavoce.conversation.tool_calls import ToolCalls
from vivavoce.conversation.tool_lists import ToolLists
from vivavoce.conversation.transitions import State, Trigger
from vivavoce.conversation.turn import TurnBook
from vivavoce.conversation.user_turns import UserTurns
from vivavoce.conversation.working_lines import WORKING_TIMER

if TYPE_CHECKING:
    from vivavoce.conversation.effects import Effect, TurnTimed
    from vivavoce.conversation.items import Item
    from vivavoce.conversation.orders import Generate
    from vivavoce.conversation.settings import ConversationSettings

__all__ = ["ConversationMachine"]


class ConversationMachine:
    """One conversation. `session_id` makes its ids; equal ids, settings, events and times give equal effects."""

    def __init__(self, *, session_id: str, settings: ConversationSettings) -> None:
        self._core = Core(session_id=session_id, settings=settings)
        self._playout = Playout(self._core)
        self._replies = Replies(self._core, self._playout)
        self._book = TurnBook()
        self._doubts = Doubts(self._core, self._book, Interruption(self._core, self._replies, self._playout))
        self._tools = ToolCalls(self._core, self._replies)
        self._approvals = Approvals(self._core, self._replies, self._tools)
        self._lists = ToolLists(self._core)
        self._announcements = Announcements(self._core, self._replies)
        self._initiative = Initiative(
            self._core,
            self._replies,
            book=self._book,
            tools=self._tools,
            approvals=self._approvals,
            announcements=self._announcements,
        )
        self._turns = UserTurns(self._core, self._replies, self._book, self._doubts, self._approvals)
        self._requests = ClientRequests(
            self._core,
            self._replies,
            playout=self._playout,
            turns=self._turns,
            tools=self._tools,
            approvals=self._approvals,
        )
        self._silence = UserSilence(self._core, self._replies)
        self._timeline = Timeline()

    @property
    def state(self) -> State:
        """Who holds the floor."""
        return self._core.state

    @property
    def items(self) -> tuple[Item, ...]:
        """The conversation so far, in order."""
        return tuple(self._core.items)

    @property
    def timeline(self) -> tuple[TurnTimed, ...]:
        """The waterfalls of the latest turns, oldest first."""
        return self._timeline.turns

    def sounding(self, now: float, *, lately_seconds: float) -> tuple[str, int] | None:
        """Return the item that the client plays by now, or did lately, and its position in samples."""
        return self._core.ledger.sounding(now, lately_seconds=lately_seconds)

    def item(self, item_id: str) -> Item | None:
        """Return an item as it stands now; None for one that is not there."""
        return self._core.items.get(item_id) if item_id in self._core.items else None

    def heard(self, item_id: str, now: float) -> tuple[str, int] | None:
        """Return the words of a spoken reply that the listener has heard by now, and the samples; None of all else."""
        return self._playout.heard(item_id, now)

    def prompt_ahead(self, words: str) -> Generate:
        """Return how an engine would be asked if the user's turn began with `words`; without any, what comes before.

        Nobody is asked yet: the order has no id.
        """
        return order_ahead(self._core, words)

    def handle(self, event: ev.Event, now: float) -> list[Effect]:
        """Take in one event at `now` (seconds, never going back) and return what must be done, in order."""
        core = self._core
        if core.state is State.CLOSED:
            return []
        core.now = max(core.now, now)
        self._dispatch(event)
        self._turns.answer_if_owed()
        self._initiative.follow()
        self._playout.hold_newcomers(self._replies.active)
        self._turns.drop_idle_anticipation()
        self._settle_the_floor()
        self._initiative.use_the_free_floor()
        self._silence.follow()
        effects, core.out = core.out, []
        self._timeline.note(effects)
        return effects

    def _dispatch(self, event: ev.Event) -> None:
        match event:
            case ev.SettingsChanged() | ev.TimerFired() | ev.SessionClosed() | ev.InputAudioOpened():
                self._on_session(event)
            case ev.SpeechStarted() | ev.SpeechPaused() | ev.SpeechResumed() | ev.TurnEnded():
                self._on_speech(event)
            case ev.SilenceMeasured():
                self._silence.measured(event)
            case ev.PartialHeard():
                self._turns.partial(event)
            case ev.TranscriptReady() | ev.TranscriptFailed():
                self._turns.transcribed(event)
            case ev.PlayoutReported():
                self._playout.reported(event)
            case ev.ToolAnswered() | ev.ToolServerAsked() | ev.ToolServerListed() | ev.AnnouncementDue():
                self._on_tools_and_notices(event)
            case (
                ev.ReplyTextArrived()
                | ev.ReplyToolCallArrived()
                | ev.ReplyMemoriesUsed()
                | ev.ReplyEnded()
                | ev.ReplyFailed()
                | ev.SpeechSynthesized()
                | ev.ClauseSpoken()
                | ev.SynthesisFailed()
            ):
                self._replies.handle(event)
            case _:
                self._requests.perform(event)

    def _on_tools_and_notices(
        self, event: ev.ToolAnswered | ev.ToolServerAsked | ev.ToolServerListed | ev.AnnouncementDue
    ) -> None:
        match event:
            case ev.ToolAnswered():
                self._tools.answered(event)
            case ev.ToolServerAsked():
                self._lists.asked(event)
            case ev.ToolServerListed():
                self._lists.listed(event)
            case ev.AnnouncementDue():
                self._announcements.take(event)
            case _:
                assert_never(event)

    def _on_speech(self, event: ev.SpeechStarted | ev.SpeechPaused | ev.SpeechResumed | ev.TurnEnded) -> None:
        match event:
            case ev.SpeechStarted():
                self._turns.speech_started(event)
            case ev.SpeechPaused():
                self._turns.paused(event)
            case ev.SpeechResumed():
                self._turns.resumed()
            case ev.TurnEnded():
                self._tools.user_spoke()
                self._turns.ended(event)
            case _:
                assert_never(event)

    def _on_session(self, event: ev.SettingsChanged | ev.TimerFired | ev.SessionClosed | ev.InputAudioOpened) -> None:
        core = self._core
        match event:
            case ev.SettingsChanged():
                if event.settings.language != core.settings.language:
                    core.language = event.settings.language
                core.settings = event.settings
                if not event.settings.detects_turns:
                    self._turns.abandon()
            case ev.TimerFired():
                self._on_timer(core.take_fired(event.timer_id))
            case ev.InputAudioOpened():
                if core.state is State.IDLE:
                    core.fire(Trigger.INPUT_OPENED)
            case ev.SessionClosed():
                self._turns.close()
                self._replies.cancel_all()
                self._tools.cancel_all()
                core.cancel_all_timers()
                core.fire(Trigger.CLOSED, event.reason)
            case _:
                assert_never(event)

    def _on_timer(self, name: str | None) -> None:
        kind, _, subject = (name or "").partition(":")
        if kind == "playout":
            self._playout.ran_out()
        elif kind == "transcript":
            self._turns.transcript_overdue(subject)
        elif kind == "stall":
            self._replies.stalled(subject)
        elif kind == FLOOR_TAKEN_TIMER:
            self._doubts.went_on()
        elif kind == WAIT_TIMER:
            self._doubts.waited_out()
        elif kind == "idle":
            self._silence.ran_out()
        elif kind == WORKING_TIMER:
            self._tools.fill_silence(subject, may_speak=self._initiative.may_speak and not self._playout.is_playing)
        elif kind == "tool":
            self._tools.overdue(subject)

    def _settle_the_floor(self) -> None:
        """Give the floor back once no answer is owed, made or heard any more, and to a reply that outlives a turn."""
        core, active = self._core, self._replies.active
        is_replying = active is not None or self._playout.is_playing
        is_owed = self._book.is_answer_owed or core.awaits_tools
        is_sounding = is_replying and (active is None or active.has_output)
        if core.state in (State.THINKING, State.SPEAKING) and not is_replying and not is_owed:
            core.fire(Trigger.REPLY_OVER)
        elif core.awaits_tools and not is_replying and core.state in (State.IDLE, State.LISTENING, State.SPEAKING):
            core.fire(Trigger.TOOLS_AWAITED)
        elif core.state is State.LISTENING and is_replying:
            core.fire(Trigger.REPLY_GOES_ON if is_sounding else Trigger.REPLY_STARTED)
        elif core.state is State.THINKING and is_sounding and not is_owed:
            core.fire(Trigger.REPLY_GOES_ON)
