"""Unmodified clients that are not OpenAI's own SDK, against the Realtime route; the engines are fakes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np
import pytest
from agents import function_tool, set_tracing_disabled
from agents.realtime import RealtimeAgent, RealtimePlaybackTracker, RealtimeRunner
from agents.realtime.model_events import RealtimeModelExceptionEvent, RealtimeModelRawServerEvent

from tests.deadlines import WAIT_SECONDS
from vivavoce.audio.pcm import float_to_pcm16, pcm16_to_float, rms_dbfs
from vivavoce.engines.llm.fake import ScriptedReplies, calling, saying
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.testing.engines import fake_roster
from vivavoce.testing.live_server import live_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from agents.realtime import RealtimeSession

    from vivavoce.engines.roster import EngineRoster

pytestmark = pytest.mark.anyio

STORY = "Once upon a time there was a ship. It sailed around the whole world. Nobody ever saw it again."


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class AgentsClient:
    """A user of openai-agents: talks into its session and keeps what the session tells."""

    def __init__(self, session: RealtimeSession, speaker: RealtimePlaybackTracker) -> None:
        self._session = session
        self._speaker = speaker
        self.audio = b""
        self.speaking = ""
        self.failures: list[object] = []
        self.kinds: list[str] = []
        self._more = anyio.Event()

    async def listen(self) -> None:
        async for event in self._session:
            if event.type == "audio":
                self.audio += event.audio.data
                self.speaking = event.item_id
            elif event.type == "error":
                self.failures.append(event.error)
            elif event.type == "raw_model_event":
                self._note(event.data)
            self.kinds.append(event.type)
            self._more.set()
            self._more = anyio.Event()

    def _note(self, news: object) -> None:
        if isinstance(news, RealtimeModelExceptionEvent):
            self.failures.append(news.exception)
        elif isinstance(news, RealtimeModelRawServerEvent):
            self.kinds.append(news.data["type"])

    async def until(self, kind: str, count: int = 1) -> None:
        with anyio.fail_after(WAIT_SECONDS):
            while self.kinds.count(kind) < count:
                await self._more.wait()

    async def speaks(self) -> None:
        loud = 0.3 * np.sin(np.arange(20_000, dtype=np.float32) * 0.05)
        await self._session.send_audio(float_to_pcm16(loud))

    async def falls_silent(self) -> None:
        await self._session.send_audio(bytes(48_000))

    def has_played(self, seconds: float) -> None:
        """The speaker has played that much of the newest reply."""
        self._speaker.on_play_ms(self.speaking, 0, seconds * 1000)

    async def types(self, text: str) -> None:
        await self._session.send_message(text)

    def history(self) -> list[tuple[str, str, str | None]]:
        """Return the messages as the client has them: role, words, status."""
        told: list[tuple[str, str, str | None]] = []
        for item in self._session._history:
            if item.type == "message":
                parts: list[Any] = list(item.content)
                words = " ".join(part.text if part.type == "input_text" else part.transcript or "" for part in parts)
                told.append((item.role, words, getattr(item, "status", None)))
        return told


@asynccontextmanager
async def agents_client(roster: EngineRoster, agent: RealtimeAgent) -> AsyncGenerator[AgentsClient, None]:
    set_tracing_disabled(disabled=True)
    async with live_server(roster) as server:
        speaker = RealtimePlaybackTracker()
        session = await RealtimeRunner(agent).run(
            model_config={
                "url": f"{server.realtime_url}?model=local",
                "api_key": "any",
                "playback_tracker": speaker,
            }
        )
        async with session, anyio.create_task_group() as group:
            client = AgentsClient(session, speaker)
            group.start_soon(client.listen)
            yield client
            group.cancel_scope.cancel()
        assert client.failures == []


async def test_openai_agents_calls_a_tool_for_a_spoken_question_and_speaks_its_answer() -> None:
    asked: list[str] = []

    @function_tool
    def weather(city: str) -> str:
        """Tell the weather."""
        asked.append(city)
        return f"sunny in {city}"

    replies = ScriptedReplies(calling("weather", '{"city": "Paris"}'), saying("It is sunny in Paris."))
    agent = RealtimeAgent(name="Guide", instructions="Be brief.", tools=[weather])
    async with agents_client(fake_roster(replies=replies, stt=FakeStt(["How is Paris?"])), agent) as client:
        await client.speaks()
        await client.falls_silent()
        await client.until("response.done", 2)

        assert asked == ["Paris"]
        question, answer = client.history()
        assert question == ("user", "How is Paris?", "completed")
        assert answer == ("assistant", "It is sunny in Paris.", "completed")
        assert rms_dbfs(pcm16_to_float(client.audio)) > -20
        messages = replies.requests[-1].messages
        assert [message.role for message in messages] == ["system", "user", "assistant", "tool"]
        assert messages[-1].content == "sunny in Paris"


async def test_openai_agents_keeps_what_was_heard_of_a_reply_that_it_interrupts() -> None:
    replies = ScriptedReplies(saying(STORY), saying("Yes?"))
    agent = RealtimeAgent(name="Teller", instructions="Tell stories.")
    async with agents_client(fake_roster(replies=replies, stt=FakeStt(["Stop."])), agent) as client:
        await client.types("Tell me a story.")
        await client.until("response.done")
        client.has_played(1.6)
        await client.speaks()
        await client.until("conversation.item.truncated")
        await client.falls_silent()
        await client.until("response.done", 2)

        assert "audio_interrupted" in client.kinds
        asked, story, interruption, answer = client.history()
        assert (asked[1], interruption[1], answer[1]) == ("Tell me a story.", "Stop.", "Yes?")
        assert story == ("assistant", "Once upon a time there was a", "incomplete")
        told = [message.content for message in replies.requests[-1].messages]
        assert told == ["Tell stories.", "Tell me a story.", "Once upon a time there was a", "Stop."]
