"""A caller with a recording at a session's own door, on a virtual clock: when does the session take the turn for over?

Owns the microphone's pace: packets of 20 ms, each sent when its audio is complete. Refuses to know which engines judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.audio.formats import AudioFormat
from vivavoce.audio.pcm import float_to_int16
from vivavoce.audio.resample import resample
from vivavoce.client.recordings import WIRE_HZ
from vivavoce.conversation import effects as fx
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.session.driver import Session
from vivavoce.session.listening import InputLimits
from vivavoce.testing.virtual_time import VirtualTimeLoop

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.turntaking.settings import TurnDetection

__all__ = ["turn_ends"]

_PACKET_SECONDS = 0.02
_MODEL_HZ = 16_000


class _Stopwatch:
    """A session's client that notes when turns are over."""

    def __init__(self) -> None:
        self.began = anyio.current_time()
        self.ends: list[float] = []

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        del audio
        if isinstance(news, fx.SpeechStoppedNotice):
            self.ends.append(anyio.current_time() - self.began)


def turn_ends(audio: Samples, roster: EngineRoster, detection: TurnDetection) -> list[float]:
    """Speak `audio` (16 kHz) into a session of its own, and return the seconds at which turns were over."""
    return anyio.run(_speak, audio, roster, detection, backend_options={"loop_factory": VirtualTimeLoop})


async def _speak(audio: Samples, roster: EngineRoster, detection: TurnDetection) -> list[float]:
    watch = _Stopwatch()
    settings = ConversationSettings(reply_after_turn=False, transcripts=True)
    session = Session(session_id="bench", settings=settings, roster=roster, client=watch, limits=InputLimits())
    data = float_to_int16(resample(audio, _MODEL_HZ, WIRE_HZ)).tobytes()
    packet_bytes = 2 * int(_PACKET_SECONDS * WIRE_HZ)
    async with anyio.create_task_group() as group:
        await group.start(session.run)
        session.configure(settings, audio_format=AudioFormat.PCM16_24K, detection=detection)
        watch.began = anyio.current_time()
        for start in range(0, len(data), packet_bytes):
            await anyio.sleep(_PACKET_SECONDS)
            session.hear(data[start : start + packet_bytes])
        session.close("client_left")
    return watch.ends
