"""Many sessions of many users on one real server, and the evidence of what each of them was told.

Owns the server with everything a conversation thinks with, the visitors and what they do, and the comparing of what
they were told. Refuses to know what is to come out.
"""

from __future__ import annotations

import json
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import httpx2
import numpy as np
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.deadlines import WAIT_SECONDS
from tests.integration.isolation_engines import letter_of, secret, secrets_in, voice_of
from tests.integration.listeners import HungUp, listener
from vivavoce.app.service import open_service
from vivavoce.app.serving import server_settings
from vivavoce.audio.formats import AudioFormat
from vivavoce.audio.pcm import float_to_pcm16
from vivavoce.server.run import serve
from vivavoce.settings import exact_settings

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from tests.integration.listeners import Listener
    from vivavoce.engines.roster import EngineRoster

__all__ = ["Evidence", "World", "findings", "open_world", "visit"]

FORMATS = {
    "audio/pcm": AudioFormat.PCM16_24K,
    "audio/pcmu": AudioFormat.PCMU_8K,
    "audio/pcma": AudioFormat.PCMA_8K,
}
TURNS = {"type": "server_vad", "silence_duration_ms": 200}
PERSONA = """\
name: {name}
languages: [{language}]
instructions: "You are {name} and your code word is {secret}."
greeting: "Hello from {greeting}."
voice: {{{language}: voice-{letter}}}
"""
FALLBACK = """\
fallback:
  trouble: {{{language}: "Trouble."}}
  working: {{{language}: ["Wait."]}}
  tool_failed: {{{language}: "No."}}
"""


@dataclass(slots=True)
class Evidence:
    """All that one user was told: every event and body as text, the ids in it, voices heard, secrets said.

    `thrown_out` counts the sessions that the server ended unasked, as it does when the conversation is taken over.
    """

    letter: str
    told: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    voices: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    replies: int = 0
    refusals: int = 0
    thrown_out: int = 0

    @property
    def secrets(self) -> set[str]:
        """Every secret that was told."""
        return set().union(*map(secrets_in, self.told))


@dataclass(slots=True)
class World:
    """A server, and the ids that could be stolen, by whose they are."""

    url: str
    items: dict[str, list[str]] = field(default_factory=dict)
    conversations: dict[str, list[str]] = field(default_factory=dict)
    memories: dict[str, list[str]] = field(default_factory=dict)

    @property
    def realtime_url(self) -> str:
        """The WebSocket."""
        return f"ws{self.url.removeprefix('http')}/v1/realtime"

    def stolen(self, of: dict[str, list[str]], letter: str, chance: random.Random) -> str | None:
        """Return an id of somebody else's."""
        others = [each for owner, ids in of.items() if owner != letter for each in ids]
        return chance.choice(others) if others else None


@asynccontextmanager
async def open_world(folder: Path, roster: EngineRoster, letters: Sequence[str]) -> AsyncGenerator[World, None]:
    """Serve, with a user and a character for each letter, while the context is open."""
    personas = folder / "personas"
    personas.mkdir(parents=True)
    for place, letter in enumerate(letters):
        language = "zh" if place % 4 == 3 else "en"
        text = (PERSONA + FALLBACK).format(
            name=f"Persona{letter}",
            language=language,
            letter=letter,
            secret=secret(letter, "persona"),
            greeting=secret(letter, "greeting"),
        )
        (personas / f"p-{letter}.yaml").write_text(text, encoding="utf-8")
    settings = exact_settings(
        {
            "data": str(folder / "data"),
            "personas": str(personas),
            "users": {f"user-{letter}": f"key-{letter}" for letter in letters},
            "offline": True,
            "port": 0,
        }
    )
    server = replace(server_settings(settings), page_folder=None)
    started, urls = anyio.Event(), list[str]()

    def ready(url: str) -> None:
        urls.append(url)
        started.set()

    async with open_service(settings, server, roster) as service, anyio.create_task_group() as group:

        async def run() -> None:
            await serve(service.app, server, ready=ready)

        group.start_soon(run)
        with anyio.fail_after(WAIT_SECONDS):
            await started.wait()
        yield World(url=urls[0].rstrip("/"))
        group.cancel_scope.cancel()


async def visit(world: World, letter: str, *, place: int, steps: int, seed: int) -> Evidence:
    """Be one user for so many steps, in an order and at a pace that chance decides; return what was told."""
    return await _Visitor(world, letter, place=place, chance=random.Random(f"{seed}{letter}")).run(steps)


class _Visitor:
    def __init__(self, world: World, letter: str, *, place: int, chance: random.Random) -> None:
        self._world = world
        self._letter = letter
        self._chance = chance
        self._place = place
        self._is_character = place % 2 == 0
        self._format = sorted(FORMATS)[place % 3]
        self._evidence = Evidence(letter=letter)
        self._words = 0
        self._conversation = ""
        self._line: Listener

    async def run(self, steps: int) -> Evidence:
        headers = {"Authorization": f"Bearer key-{self._letter}"}
        async with httpx2.AsyncClient(base_url=self._world.url, headers=headers, timeout=WAIT_SECONDS) as self._rest:
            await self._remember()
            left = steps
            while left > 0:
                left -= await self._sit(min(left, max(3, steps // 2)))
        return self._evidence

    async def _sit(self, steps: int) -> int:
        """Hold one session for so many steps; the second goes on with the conversation of the first."""
        query = {"persona": f"p-{self._letter}"} if self._is_character else {}
        if self._conversation:
            query["conversation"] = self._conversation
        extensions = self._place % 4 < 2
        key = f"key-{self._letter}"
        async with listener(self._world.realtime_url, extensions=extensions, key=key, **query) as self._line:
            try:
                await self._converse(steps)
            except (HungUp, ConnectionClosed):
                self._evidence.thrown_out += 1
            self._note_events()
        await self._hang_up()
        return steps

    async def _converse(self, steps: int) -> None:
        created = await self._line.hears("conversation.created")
        self._conversation = created["conversation"]["id"]
        self._world.conversations.setdefault(self._letter, []).append(self._conversation)
        await self._settle_in()
        actions = [self._write, self._write, self._speak, self._take_same_id, self._steal_item, self._look_up]
        actions += [self._steal_conversation, self._be_cut_short] + ([] if self._is_character else [self._use_tool])
        for _ in range(steps):
            await self._chance.choice(actions)()
            await anyio.sleep(self._chance.uniform(0.0, 0.02))

    async def _hang_up(self) -> None:
        """Wait until the server has noticed, so that the conversation can be gone on with."""
        for _ in range(100):
            if self._conversation not in (await self._rest.get("/v1/sessions")).text:
                return
            await anyio.sleep(0.02)
        self._conversation = ""

    async def _settle_in(self) -> None:
        audio: dict[str, Any] = {
            "input": {"turn_detection": TURNS, "transcription": {"model": "any"}},
            "output": {"format": {"type": self._format} | ({"rate": 24_000} if self._format == "audio/pcm" else {})},
        }
        session: dict[str, Any] = {"type": "realtime", "audio": audio}
        if not self._is_character:
            tool = {
                "type": "function",
                "name": f"tool_{self._letter}",
                "description": f"Takes {secret(self._letter, 'tool')}.",
                "parameters": {"type": "object", "properties": {"note": {"type": "string"}}},
            }
            audio["output"]["voice"] = f"voice-{self._letter}"
            session |= {"instructions": f"The word is {secret(self._letter, 'instructions')}.", "tools": [tool]}
        await self._line.send("session.update", session=session)
        await self._line.hears("session.updated")

    async def _remember(self) -> None:
        text = f"My code word is {secret(self._letter, 'memory')}."
        answer = await self._rest.post("/v1/memories", json={"text": text})
        self._evidence.told.append(answer.text)
        if answer.status_code == 201:
            self._world.memories.setdefault(self._letter, []).append(answer.json()["id"])
            self._evidence.ids.add(answer.json()["id"])

    async def _write(self) -> None:
        self._words += 1
        word = secret(self._letter, f"word{'x' * self._words}")
        await self._answered(f"What is my code word? Mine is {word}.")

    async def _answered(self, text: str, **response: object) -> None:
        await self._line.write(text)
        await self._is_answered(**response)

    async def _is_answered(self, **response: object) -> None:
        ends = self._ends()
        await self._line.send("response.create", **({"response": response} if response else {}))
        await self._line.until(lambda: self._ends() > ends)

    def _ends(self) -> int:
        """Count the responses that were done or refused."""
        return len(self._line.all("response.done")) + len(self._line.all("error"))

    async def _speak(self) -> None:
        done = len(self._line.all("response.done"))
        sound = np.concatenate([voice_of(self._letter, 0.8), np.zeros(12_000, np.float32)])
        pcm = float_to_pcm16(sound)
        for start in range(0, len(pcm), 9_600):
            await self._line.speak(pcm[start : start + 9_600])
            await anyio.lowlevel.checkpoint()
        await self._line.until(lambda: len(self._line.all("response.done")) > done)

    async def _take_same_id(self) -> None:
        """Every session has an item of this id, with a secret of its own in it."""
        self._words += 1
        item_id = f"item_same_{self._words}"
        await self._line.write(f"This is {secret(self._letter, 'same')}.", id=item_id)
        told = len(self._line.all("conversation.item.retrieved"))
        await self._line.send("conversation.item.retrieve", item_id=item_id)
        await self._line.hears("conversation.item.retrieved", told + 1)

    async def _steal_item(self) -> None:
        item_id = self._world.stolen(self._world.items, self._letter, self._chance)
        if item_id is None:
            return
        told = len(self._line.all("error"))
        await self._line.send("conversation.item.retrieve", item_id=item_id)
        await self._line.hears("error", told + 1)
        self._evidence.refusals += 1

    async def _steal_conversation(self) -> None:
        conversation = self._world.stolen(self._world.conversations, self._letter, self._chance)
        memory = self._world.stolen(self._world.memories, self._letter, self._chance)
        if conversation is not None:
            for address in (f"/v1/conversations/{conversation}", f"/v1/conversations/{conversation}/export"):
                await self._is_refused_at(address)
            await self._is_refused_on_the_line(conversation)
        if memory is not None:
            await self._is_refused_at(f"/v1/memories/{memory}")

    async def _is_refused_at(self, address: str) -> None:
        answer = await self._rest.get(address)
        self._evidence.told.append(answer.text)
        self._evidence.refusals += answer.status_code == 404

    async def _is_refused_on_the_line(self, conversation: str) -> None:
        key = f"key-{self._letter}"
        try:
            async with listener(self._world.realtime_url, key=key, conversation=conversation) as line:
                with suppress(HungUp):
                    await line.until(lambda: bool(line.all("error") or line.all("conversation.created")))
                self._evidence.told += [json.dumps(event) for event in line.events]
                self._evidence.refusals += bool(line.all("error"))
        except InvalidStatus:
            self._evidence.refusals += 1

    async def _be_cut_short(self) -> None:
        ends = self._ends()
        await self._line.send("response.create")
        await self._line.send("response.cancel")
        await self._line.until(lambda: self._ends() > ends)

    async def _use_tool(self) -> None:
        calls = len(self._line.all("response.function_call_arguments.done"))
        await self._answered(f"{secret(self._letter, 'asking')} Use the tool.")
        made = self._line.all("response.function_call_arguments.done")
        if len(made) == calls:
            return
        output = {"type": "function_call_output", "call_id": made[-1]["call_id"]}
        await self._line.send("conversation.item.create", item=output | {"output": secret(self._letter, "output")})
        await self._is_answered()

    async def _look_up(self) -> None:
        addresses = ["/v1/memories", "/v1/memories?query=code+word", "/v1/conversations", "/v1/sessions"]
        addresses += ["/v1/conversations?query=code", f"/v1/conversations/{self._conversation}", "/v1/memories/export"]
        for address in addresses:
            answer = await self._rest.get(address)
            self._evidence.told.append(answer.text)
            for entry in answer.json().get("data", []) if answer.headers["content-type"].endswith("json") else []:
                self._evidence.ids.add(entry["id"])

    def _note_events(self) -> None:
        evidence, own = self._evidence, self._world.items.setdefault(self._letter, [])
        for event in self._line.events:
            evidence.told.append(json.dumps(event))
            for name in ("item", "response", "session", "conversation"):
                told = event.get(name)
                if isinstance(told, dict) and not str(told.get("id") or "item_same").startswith("item_same"):
                    evidence.ids.add(told["id"])
            if event["type"] == "conversation.item.done":
                own.append(event["item"]["id"])
        own[:] = [item for item in own if not item.startswith("item_same")]
        evidence.replies += len(self._line.all("response.done"))
        evidence.said |= set().union(*map(secrets_in, self._line.replies()))
        heard = FORMATS[self._format]
        evidence.voices |= {letter_of(heard.decode(sound)) for sound in self._line.audio.values()} - {""}


def findings(evidence: Sequence[Evidence]) -> list[str]:
    """Return a sentence for everything that somebody was told which was not theirs."""
    found: list[str] = []
    for one in evidence:
        foreign = {word for word in one.secrets if not word.startswith(f"zq{one.letter}zq")}
        if foreign:
            found.append(f"{one.letter} was told {sorted(foreign)[:5]}")
        if one.voices - {one.letter}:
            found.append(f"{one.letter} heard {sorted(one.voices)}")
        if one.thrown_out:
            found.append(f"{one.letter} was thrown out {one.thrown_out} times")
    for place, one in enumerate(evidence):
        others = [(other, one.ids & other.ids) for other in evidence[place + 1 :]]
        found += [f"{one.letter} and {other.letter} both know {sorted(both)[:5]}" for other, both in others if both]
    return found
