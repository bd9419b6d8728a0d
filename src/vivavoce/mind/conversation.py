"""What one conversation thinks with: who speaks, which tools it has, who takes note of it.

Owns the character in force, the tools that are offered because of it, and what tools may do to the session. Refuses to
know the wire, and to decide anything that the machine decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation import orders
from vivavoce.dialogue.notes import language_of
from vivavoce.dialogue.prompts import timer_rings
from vivavoce.errors import InputError, VivavoceError
from vivavoce.mind.caller import SpeakingCaller
from vivavoce.mind.disturbing import Disturbance
from vivavoce.mind.holding import Holder, taken_over
from vivavoce.mind.learning import Learner
from vivavoce.mind.rehearsal import rehearse
from vivavoce.mind.tooling import Tooling
from vivavoce.personas.dress import dressed, language_with
from vivavoce.session.timers import Timers
from vivavoce.tools import definition as td

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup, TaskStatus

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.items import Item
    from vivavoce.conversation.settings import Tool
    from vivavoce.engines.protocols import ReplyEngine
    from vivavoce.memory.facts import Remembers
    from vivavoce.mind.client_servers import ClientServers
    from vivavoce.mind.parts import Keeper, MindParts, Watcher
    from vivavoce.personas.dress import Dress
    from vivavoce.session.mind import SessionHands

__all__ = ["ConversationMind"]

log = structlog.get_logger(__name__)


class ConversationMind:
    """One conversation's own. It has no character until `be` or `be_default`; then it is only a language model.

    Attributes:
        user_id: whose conversation it is.
        conversation_id: which one it is, in the history too.
        goes_on: whether it was begun in an earlier session.
        persona_id: the character in force; empty for none.
        language: ISO 639-1 code of what is spoken now, or auto.
        changed: called when a tool or a request has changed voice or character.
        refresh: called when there may be other tools, or the character's file has changed.
    """

    def __init__(
        self,
        parts: MindParts,
        *,
        session_id: str,
        user_id: str,
        conversation_id: str,
        goes_on: bool = False,
        tells: bool = False,
    ) -> None:
        self._parts = parts
        self.session_id = session_id
        self.user_id = user_id
        self.conversation_id = conversation_id
        self.goes_on = goes_on
        self._tells_of_recording = tells
        self.persona_id = ""
        self.language = "auto"
        self.changed: Callable[[td.ChangeVoice | td.ChangePersona], None] = _nobody
        self._tooling = Tooling(parts)
        self._replies = parts.engines.bound(self)
        self._watchers: tuple[Watcher, ...] = ()
        self._keeper: Keeper | None = None
        self._dress: Dress | None = None
        self._greets = False
        self._hands: SessionHands | None = None
        self._alarms: Timers | None = None
        self._labels: dict[str, str] = {}
        self._has_changed = anyio.Event()
        self._holder = Holder(user_id, conversation_id, leave=self._leave)
        self.refresh: Callable[[], None] = _nothing

    @property
    def remembers(self) -> bool:
        """Whether the character in force remembers the user."""
        return self._dress is not None and self._dress.memory and self._parts.memory is not None

    @property
    def is_elsewhere(self) -> bool:
        """Whether another session of the user's has taken the conversation over."""
        return self._holder.is_sent_away

    async def take_over(self) -> None:
        """End the session in which this user holds this conversation already, and wait until it has written all.

        Raises:
            InputError: `conversation_taken_over`, another session wants it too, and came later.
        """
        await self._parts.holders.take(self._holder)

    def _leave(self) -> None:
        if self._hands is not None:
            self._hands.hang_up(at_once=True)

    @property
    def is_recorded(self) -> bool:
        """Whether the sound of the conversation is kept: only where the client can say so to whoever speaks."""
        return self._parts.records_audio and self._tells_of_recording

    @property
    def client_servers(self) -> ClientServers:
        """The MCP servers that the client names."""
        return self._tooling.client_servers

    @property
    def default_persona(self) -> str:
        """The id of the character of conversations that name none."""
        return self._parts.persona

    def replies(self) -> ReplyEngine | None:
        """Return what answers now."""
        return self._replies

    def check_persona(self, persona_id: str) -> None:
        """Make sure that there is such a character.

        Raises:
            InputError: `persona_not_found`.
        """
        self._parts.personas.get(persona_id)

    def dressed(self, persona_id: str, language: str, *, is_asked: bool) -> tuple[str, Dress | None]:
        """Return the language and what goes with a character; `is_asked` if somebody asked for just this language.

        Raises:
            InputError: `persona_not_found`.
        """
        if not persona_id:
            return language, None
        try:
            persona = self._parts.personas.get(persona_id)
        except InputError:
            if persona_id != self.persona_id or self._dress is None:
                raise
            # Whoever speaks goes on speaking when their file is gone.
            return self.language, self._dress
        if not is_asked:
            language = language_with(persona, language)
        return language, dressed(persona, language)

    def be(self, dress: Dress | None, language: str, *, voice: str = "") -> None:
        """Be this character from now on, or none; `voice` is what it speaks with, its own or one chosen for it."""
        self._parts.want_voice(voice)
        self.persona_id, self._dress, self.language = dress.persona_id if dress else "", dress, language
        self._has_changed.set()
        if self._keeper is not None:
            self._keeper.describe(persona=self.persona_id, engine=self._replies.engine_name)
        if dress is not None and language == "auto":
            # Any of them may come next.
            for spoken, _ in dress.voices:
                self._parts.want(spoken)

    def tools(self) -> tuple[Tool, ...]:
        """Return the tools that this server runs for the character in force."""
        return self._tooling.offered(self._dress, remembers=self.remembers)

    async def run_tool(self, order: orders.RunTool) -> tuple[str, str]:
        """Run a tool, and return its output and its error code."""
        caller = SpeakingCaller(
            user_id=self.user_id,
            conversation_id=self.conversation_id,
            persona_id=self.persona_id,
            language=self._spoken(),
            act=self.act,
        )
        outcome = await self._tooling.call(order.name, order.arguments, caller, dress=self._dress)
        return outcome.output, outcome.error_code

    def _spoken(self) -> str:
        """Return the language that the user spoke last, where the character speaks several."""
        if self.language != "auto" or self._hands is None:
            return self.language
        said = next((item for item in reversed(self._hands.machine.items) if item.role == "user"), None)
        return language_of("auto", " ".join(part.text or "" for part in said.content) if said is not None else "")

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Have everyone take note who watches."""
        if self._keeper is not None and isinstance(news, fx.ReplyCreated):
            # The engine may have been switched since the last one.
            self._keeper.describe(engine=self._replies.engine_name)
        for watcher in self._watchers:
            watcher.tell(news, audio)

    def act(self, action: td.SessionAction) -> None:
        """Do to the session what a tool asks for.

        Raises:
            InputError: the character does not exist, or the session is over.
        """
        if self._hands is None or self._alarms is None:
            raise InputError("session_over", "The conversation is over.")
        match action:
            case td.StartTimer():
                self._labels[action.timer_id] = action.label
                self._alarms.perform(orders.StartTimer(timer_id=action.timer_id, delay_seconds=action.seconds))
            case td.StopTimer():
                self._labels.pop(action.timer_id, None)
                self._alarms.perform(orders.CancelTimer(timer_id=action.timer_id))
            case td.EndConversation():
                self._hands.hang_up()
            case td.ChangePersona():
                self.check_persona(action.persona_id)
                self.changed(action)
            case td.ChangeVoice():
                self._check_voice(action.voice)
                self.changed(action)

    def _check_voice(self, voice: str | None) -> None:
        voices = self._parts.voices()
        if voice is not None and voice not in voices:
            raise InputError(
                "voice_not_found",
                f"There is no voice '{voice[:80]}'.",
                remedy=f"There are: {', '.join(sorted(voices))}.",
                param="voice",
            )

    def greet(self) -> None:
        """Say the character's greeting first, in a conversation that is new."""
        self._greets = True

    async def run(self, session: SessionHands, *, task_status: TaskStatus[None]) -> None:
        """Serve the session until cancelled: what was said before, those who take note, timers.

        Raises:
            InputError: `conversation_not_found`, or `conversation_taken_over` while it was being opened.
        """
        # From here on somebody who comes later can send it away.
        self._hands = session
        try:
            earlier = await self._remembered(session)
            if self.is_elsewhere:
                raise taken_over()
            await self._serve(session, earlier, task_status)
        finally:
            # Only now those who take note have written all: whoever goes on with the conversation finds it whole.
            self._parts.holders.release(self._holder)

    async def _serve(self, session: SessionHands, earlier: tuple[Item, ...], task_status: TaskStatus[None]) -> None:
        self._parts.live[self.session_id] = self
        try:
            async with anyio.create_task_group() as scope:
                self._alarms = Timers(scope, self._ring)
                await scope.start(self.client_servers.run)
                self._open(session, scope, earlier)
                for watcher in self._watchers:
                    scope.start_soon(watcher.run)
                scope.start_soon(self._prepare)
                task_status.started()
        finally:
            self._parts.live.pop(self.session_id, None)
            self._parts.engines.close_conversation(self.conversation_id, self.session_id)

    async def _remembered(self, session: SessionHands) -> tuple[Item, ...]:
        """Have the conversation written down from here on, and return what it held before."""
        if not self.goes_on:
            self._parts.holders.begin(self._holder)
        if self._parts.history is not None:
            self._keeper, earlier = await self._parts.history.open(self, session)
            self._keeper.describe(persona=self.persona_id, engine=self._replies.engine_name)
            return earlier
        if self.goes_on:
            raise InputError(
                "conversation_not_found",
                "This server keeps no conversations.",
                remedy="Begin a new one, or switch the setting 'history' on.",
                param="conversation",
            )
        return ()

    def _open(self, session: SessionHands, scope: TaskGroup, earlier: tuple[Item, ...]) -> None:
        """Take up what the conversation held before, and whoever is to take note of it."""
        watchers: list[Watcher] = [self._keeper] if self._keeper is not None else []
        for item in earlier:
            session.dispatch(ev.ItemCreateRequested(item=item))
        if self._parts.memory is not None:
            watchers.append(Learner(self._parts.memory, self, session.machine, engine=self._replies))
            scope.start_soon(self._warm, self._parts.memory)
        if self._parts.stillness is not None:
            watchers.append(Disturbance(self._parts.stillness, self.session_id))
        self._watchers = tuple(watchers)
        if self._greets and not earlier and self._dress is not None and self._dress.greeting:
            session.dispatch(ev.AnnouncementDue(text=self._dress.greeting, kind="greeting"))

    async def _prepare(self) -> None:
        """Have the engine read how the prompts begin, each time that the character or its tools are others."""
        while True:
            known = self.persona_id, self.language, self.tools()
            async with anyio.create_task_group() as reading:
                reading.start_soon(rehearse, self._replies.learn_beginning, known[-1], self._parts.stillness)
                while (self.persona_id, self.language, self.tools()) == known:
                    self._has_changed = anyio.Event()
                    await self._has_changed.wait()
                reading.cancel_scope.cancel()

    async def _warm(self, memory: Remembers) -> None:
        try:
            await memory.warm(self.user_id)
        except VivavoceError as error:
            log.warning("memory_not_ready", code=error.code, reason=error.message)

    def _ring(self, timer_id: str) -> None:
        text = timer_rings(self._spoken(), self._labels.pop(timer_id, ""))
        if self._hands is not None:
            self._hands.dispatch(ev.AnnouncementDue(text=text, kind="timer"))


def _nothing() -> None:
    """Nobody listens yet."""


def _nobody(_: td.ChangeVoice | td.ChangePersona) -> None:
    """Nobody listens yet."""
