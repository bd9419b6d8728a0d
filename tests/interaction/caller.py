"""A caller at a session's own door: talks into it in real (virtual) time, and hears its news.

Owns the microphone's pace and the record of what was told, with the time of each. Refuses to know the wire.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import anyio
import numpy as np

from vivavoce.audio.formats import AudioFormat
from vivavoce.audio.pcm import Samples, float_to_int16
from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings, ReplyOptions
from vivavoce.session.driver import Session
from vivavoce.session.listening import InputLimits
from vivavoce.testing.engines import fake_roster
from vivavoce.turntaking.settings import SilenceTurns

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.session.mind import SessionMind
    from vivavoce.session.recorder import SessionRecorder
    from vivavoce.turntaking.settings import TurnDetection

__all__ = ["TURNS", "Caller", "call", "tone"]

TURNS = SilenceTurns(silence_ms=500)
FRAME_SECONDS = 0.02
WAIT_SECONDS = 200.0
"""Virtual seconds after which what a test waits for will not come."""

_NOISE = float_to_int16(np.random.default_rng(1).uniform(-0.3, 0.3, 24_000).astype(np.float32)).tobytes()

EffectT = TypeVar("EffectT")


def tone(seconds: float) -> Samples:
    """Return a tone at 24 kHz."""
    phase = 2 * np.pi * 440 / 24_000 * np.arange(round(seconds * 24_000))
    return np.asarray(0.3 * np.sin(phase), np.float32)


@dataclass(frozen=True, slots=True)
class Told:
    """One piece of news: when it was told, and the audio that came with it."""

    at: float
    news: fx.News
    audio: Samples | None


class Caller:
    """Talks to one session; a `SessionClient`."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.session: Session
        self._more = anyio.Event()

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        """Take the news down."""
        self.told.append(Told(anyio.current_time(), news, audio))
        self._more.set()
        self._more = anyio.Event()

    # ------------------------------------------------------------------ talking

    async def speaks(self, seconds: float, *, frame_seconds: float = FRAME_SECONDS) -> None:
        """Speak into the microphone."""
        await self._stream(_NOISE, seconds, frame_seconds)

    async def falls_silent(self, seconds: float = 0.8, *, frame_seconds: float = FRAME_SECONDS) -> None:
        """Leave the microphone open without a word; by default long enough to end a turn."""
        await self._stream(bytes(len(_NOISE)), seconds, frame_seconds)

    async def asks(self, seconds: float = 1.0) -> None:
        """Speak, and fall silent until the turn is over."""
        await self.speaks(seconds)
        await self.falls_silent()

    def sends(self, item: Item, audio: Samples | None = None, *, after: str | None = None) -> None:
        """Put an item into the conversation."""
        self.session.create_item(ev.ItemCreateRequested(item=item, previous_item_id=after), audio)

    def types(self, text: str) -> None:
        """Put a typed message into the conversation and ask for a reply."""
        self.sends(Item(id="", content=(ContentPart(kind="input_text", text=text),)))
        self.requests()

    def configures(self, settings: ConversationSettings, detection: TurnDetection | None) -> None:
        """Change the settings."""
        self.session.configure(settings, audio_format=AudioFormat.PCM16_24K, detection=detection)

    def retrieves(self, item_id: str) -> None:
        """Ask for an item back."""
        self.session.dispatch(ev.ItemRetrieveRequested(item_id=item_id))

    def requests(self, options: ReplyOptions | None = None) -> None:
        """Ask for a reply."""
        self.session.dispatch(ev.ReplyRequested(options=options or ReplyOptions()))

    async def _stream(self, sound: bytes, seconds: float, frame_seconds: float) -> None:
        frame = sound[: 2 * round(frame_seconds * 24_000)]
        for _ in range(round(seconds / frame_seconds)):
            self.session.hear(frame)
            await anyio.sleep(frame_seconds)

    # ------------------------------------------------------------------ listening

    async def hears(self, kind: type[EffectT], count: int = 1) -> EffectT:
        """Wait until news of a kind has been told `count` times in all, and return the last of them."""
        with anyio.fail_after(WAIT_SECONDS):
            while len(self.all(kind)) < count:
                await self._more.wait()
        return self.all(kind)[count - 1]

    async def sees(self, state: fx.VisibleState) -> None:
        """Wait until the assistant is in a state."""
        with anyio.fail_after(WAIT_SECONDS):
            while self.states()[-1:] != [state]:
                await self._more.wait()

    def all(self, kind: type[EffectT]) -> list[EffectT]:
        """Return all news of a kind so far."""
        return [told.news for told in self.told if isinstance(told.news, kind)]

    def last(self, kind: type[EffectT]) -> EffectT:
        """Return the newest news of a kind."""
        return self.all(kind)[-1]

    def time_of(self, news: fx.News) -> float:
        """Return when a piece of news was told."""
        return next(told.at for told in self.told if told.news is news)

    def states(self) -> list[fx.VisibleState]:
        """Return the states that were shown, in order."""
        return [news.state for news in self.all(fx.TurnStateChanged)]

    def audio_of(self, response_id: str) -> Samples:
        """Return the speech of a reply that came."""
        chunks = [
            told.audio
            for told in self.told
            if isinstance(told.news, fx.OutputAudio) and told.news.response_id == response_id and told.audio is not None
        ]
        return np.concatenate([np.zeros(0, np.float32), *chunks])

    def retrieved_audio(self) -> Samples:
        """Return the audio of the item that came back last."""
        audio = next(told.audio for told in reversed(self.told) if isinstance(told.news, fx.ItemRetrieved))
        return np.zeros(0, np.float32) if audio is None else audio

    def since(self, news: fx.News) -> list[fx.News]:
        """Return what was told after a piece of news."""
        place = next(index for index, told in enumerate(self.told) if told.news is news)
        return [told.news for told in self.told[place + 1 :]]


@asynccontextmanager
async def call(
    roster: EngineRoster | None = None,
    settings: ConversationSettings | None = None,
    *,
    detection: TurnDetection | None = TURNS,
    limits: InputLimits | None = None,
    recorder: SessionRecorder | None = None,
    mind: SessionMind | None = None,
    session_id: str = "sess_t",
) -> AsyncGenerator[Caller, None]:
    """Open a session with a caller at its door, and close it at the end."""
    caller = Caller()
    settings = settings or ConversationSettings(transcripts=True)
    caller.session = Session(
        session_id=session_id,
        settings=settings,
        roster=roster or fake_roster(),
        client=caller,
        limits=limits or InputLimits(),
        mind=mind,
        recorder=recorder,
    )
    async with anyio.create_task_group() as group:
        await group.start(caller.session.run)
        caller.session.configure(settings, audio_format=AudioFormat.PCM16_24K, detection=detection)
        yield caller
        caller.session.close("client_left")
