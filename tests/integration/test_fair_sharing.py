"""Real engines with too much to do: whoever asks for much waits for the others, and equals wait alike.

What is compared is the order in which work is done, which does not depend on how busy the machine is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import anyio
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.engine_weights import recording, weights
from tests.integration.llm_engines import SETTINGS, asking, embedded
from vivavoce.engines.caller import Caller, calling
from vivavoce.engines.protocols import SynthesisRequest
from vivavoce.engines.stt.moonshine import MoonshineStt
from vivavoce.engines.tts.hibari import HibariTts

pytestmark = pytest.mark.anyio

Work = Callable[[], Coroutine[Any, Any, None]]

LONG_TEXT = "This is one more sentence of a very long story that nobody has asked for. " * 6


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Log:
    """Whose work was done, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._begun = anyio.Event()

    def note(self, whose: str) -> None:
        self.done.append(whose)
        self._begun.set()

    async def under_load(
        self,
        flood: Callable[[], Coroutine[Any, Any, None]],
        normal: Callable[[], Coroutine[Any, Any, None]],
        *,
        times: int,
    ) -> list[int]:
        """Ask for one's work at once `times` over; return how much of it was done during each of the other's three."""
        passed: list[int] = []
        with anyio.fail_after(WAIT_SECONDS):
            async with anyio.create_task_group() as tasks:
                with calling(Caller("flood")):
                    for _ in range(times):
                        tasks.start_soon(flood)
                await self._begun.wait()
                for _ in range(3):
                    before = len(self.done)
                    with calling(Caller("normal")):
                        await normal()
                    passed.append(self.done[before:].count("flood"))
                assert self.done.count("flood") < times, "there was no load"
                tasks.cancel_scope.cancel()
        return passed


async def test_a_flood_of_long_texts_does_not_keep_another_voice_waiting() -> None:
    voice, log = HibariTts(weights("hibari")), Log()

    async def speak(text: str, whose: str) -> None:
        async with aclosing(voice.synthesize(SynthesisRequest(text=text, language="en"))) as chunks:
            async for _ in chunks:
                log.note(whose)

    passed = await log.under_load(
        lambda: speak(LONG_TEXT, "flood"), lambda: speak("Yes, of course.", "normal"), times=10
    )
    await voice.aclose()
    # Two pieces of work each, the phonemes and the sound: each may find one of the others' under way.
    assert max(passed) <= 3, passed


async def test_a_flood_of_long_recordings_does_not_keep_another_transcript_waiting() -> None:
    stt, log = MoonshineStt(weights("moonshine-tiny-en")), Log()
    audio = recording("two_cities.wav")

    async def transcribe(seconds: float, whose: str) -> None:
        await stt.transcribe(audio[: int(seconds * 16_000)], language="en")
        log.note(whose)

    passed = await log.under_load(lambda: transcribe(8.0, "flood"), lambda: transcribe(1.5, "normal"), times=20)
    await stt.aclose()
    assert max(passed) <= 2, passed


async def test_a_flood_of_long_replies_does_not_keep_another_reply_waiting() -> None:
    log = Log()
    async with embedded(replace(SETTINGS, slots=1)) as model:

        async def reply(tokens: int, whose: str) -> None:
            async with aclosing(model.reply(asking("Count to a hundred.", max_tokens=tokens))) as deltas:
                async for _ in deltas:
                    pass
            log.note(whose)

        passed = await log.under_load(lambda: reply(20, "flood"), lambda: reply(2, "normal"), times=5)
    assert max(passed) <= 2, passed


async def test_equals_are_served_alike() -> None:
    stt = MoonshineStt(weights("moonshine-tiny-en"))
    clip = recording("two_cities.wav")[: 2 * 16_000]
    done: Counter[str] = Counter()

    async def talk(session: str, enough: anyio.CancelScope) -> None:
        with calling(Caller(session)):
            while True:
                await stt.transcribe(clip, language="en")
                done[session] += 1
                if done.total() >= 60:
                    enough.cancel()

    with anyio.fail_after(WAIT_SECONDS):
        async with anyio.create_task_group() as tasks:
            for session in "abcdef":
                tasks.start_soon(talk, session, tasks.cancel_scope)
    await stt.aclose()
    # Shared is the time: whoever's work took longer, because the machine was busy, is owed less of it.
    assert set(done) == set("abcdef")
    assert min(done.values()) >= max(done.values()) / 2, done
