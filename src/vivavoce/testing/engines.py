"""Engines that follow a script, joined in a roster.

Owns the reply engine that can be held in mid-sentence, and the roster of fakes that a server under test runs on.
Refuses to know what is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.engines.protocols import ReplyEnd, TextDelta
from vivavoce.engines.roster import ComponentStatus, EngineRoster, Job
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.turn.fake import FakeEndOfTurn
from vivavoce.engines.vad.fake import FakeVad

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from vivavoce.engines.protocols import ReplyDelta, ReplyEngine, ReplyRequest, SpeechToText, TextToSpeech
    from vivavoce.errors import VivavoceError

__all__ = ["HOLD", "ScriptedReplies", "fake_roster"]

HOLD = "<hold>"
"""In a script: say nothing more until `release`."""


class ScriptedReplies:
    """Gives every request the same reply.

    Args:
        script: the reply's pieces: text, `HOLD`, any delta, or an error to fail with. A `ReplyEnd` is added.

    Attributes:
        requests: every request it was given.
        running: replies under way; one whose generator was closed is not.
        reached_hold: set once a reply has come to a `HOLD`.
        stopped: set once a reply was closed before its end.
    """

    def __init__(self, script: Sequence[str | ReplyDelta | VivavoceError] = ("Hello", " there.")) -> None:
        self._script = tuple(script)
        self._released = anyio.Event()
        self.requests: list[ReplyRequest] = []
        self.running = 0
        self.reached_hold = anyio.Event()
        self.stopped = anyio.Event()

    @property
    def name(self) -> str:
        """The model's name."""
        return "scripted"

    def release(self) -> None:
        """Let held replies go on."""
        self._released.set()

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Follow the script."""
        self.requests.append(request)
        self.running += 1
        is_whole = False
        try:
            for step in self._script:
                if step == HOLD:
                    self.reached_hold.set()
                    await self._released.wait()
                elif isinstance(step, str):
                    yield TextDelta(text=step)
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
            is_whole = True
            if not self._script or not isinstance(self._script[-1], ReplyEnd):
                yield ReplyEnd(input_tokens=3, output_tokens=len(self._script))
        finally:
            self.running -= 1
            if not is_whole:
                self.stopped.set()

    async def aclose(self) -> None:
        """Nothing to free."""


def fake_roster(
    *, replies: ReplyEngine | None = None, stt: SpeechToText | None = None, tts: TextToSpeech | None = None
) -> EngineRoster:
    """Return a roster of fakes, ready to converse: loudness is speech, and what is heard and said is scripted."""
    roster = EngineRoster()
    roster.vad = FakeVad()
    roster.turn = FakeEndOfTurn()
    roster.replies = replies or ScriptedReplies()
    roster.add_stt(stt or FakeStt())
    roster.add_tts(tts or FakeTts())
    for job in Job:
        roster.report(ComponentStatus(job=job, name="fake", state="ready"))
    return roster
