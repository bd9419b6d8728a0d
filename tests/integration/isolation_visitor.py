"""One user of a server that many others use too: what they do, in an order that chance decides.

Owns a visitor's conversations, lookups and attempts to get at what is others'. Refuses to know whether what they are
told is right: all of it goes into the evidence.
"""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import httpx2
import numpy as np
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.deadlines import WAIT_SECONDS
from tests.integration.isolation_engines import LETTERS, letter_of, secret, secrets_in, voice_of
from tests.integration.isolation_world import Evidence
from tests.integration.listeners import HungUp, listener
from vivavoce.audio.files import decode_file
from vivavoce.audio.formats import AudioFormat
from vivavoce.audio.pcm import float_to_pcm16

if TYPE_CHECKING:
    from tests.integration.isolation_world import World
    from tests.integration.listeners import Listener

__all__ = ["visit"]

FORMATS = {
    "audio/pcm": AudioFormat.PCM16_24K,
    "audio/pcmu": AudioFormat.PCMU_8K,
    "audio/pcma": AudioFormat.PCMA_8K,
}
TURNS = {"type": "server_vad", "silence_duration_ms": 200}


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
        if self._conversation:
            # All is written now, its sound too.
            await self._choose()
            await self._rate()
            await self._hear_again()
        return steps

    async def _converse(self, steps: int) -> None:
        created = await self._line.hears("conversation.created")
        self._conversation = created["conversation"]["id"]
        self._world.conversations.setdefault(self._letter, []).append(self._conversation)
        await self._settle_in()
        actions = [self._write, self._write, self._speak, self._take_same_id, self._steal_item, self._look_up]
        actions += [self._choose, self._rate, self._hear_again, self._steal_conversation, self._steal_entry]
        actions += [self._be_cut_short] + ([] if self._is_character else [self._use_tool])
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
        self._note_refusal(await self._rest.get(address))

    def _note_refusal(self, answer: httpx2.Response) -> None:
        self._evidence.told.append(answer.text)
        self._evidence.refusals += answer.status_code == 404
        if answer.status_code == 200:
            self._evidence.stolen.append(str(answer.url))

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

    async def _choose(self) -> None:
        """Set what everybody sets, each in their own way."""
        self._words += 1
        choice = {"value": secret(self._letter, "chosen"), "changed_at": self._words}
        changed = await self._rest.patch("/v1/preferences", json={"data": {"theme": choice}})
        self._evidence.told += [changed.text, (await self._rest.get("/v1/preferences")).text]

    async def _own_replies(self) -> list[dict[str, Any]]:
        """Return the replies of this conversation that are written already, and leave them to thieves."""
        answer = await self._rest.get(f"/v1/conversations/{self._conversation}")
        self._evidence.told.append(answer.text)
        entries = answer.json().get("entries", [])
        replies = [entry for entry in entries if entry["role"] == "assistant" and entry["kind"] == "message"]
        paths = [f"{self._conversation}/entries/{reply['id']}" for reply in replies]
        self._world.entries[self._letter] = paths
        return replies

    async def _rate(self) -> None:
        for reply in (await self._own_replies())[-1:]:
            path = f"/v1/conversations/{self._conversation}/entries/{reply['id']}/rating"
            answer = await self._rest.put(path, json={"rating": "up"})
            self._evidence.told.append(answer.text)
            self._evidence.rated += answer.status_code == 200

    async def _hear_again(self) -> None:
        for reply in [reply for reply in await self._own_replies() if reply["has_sound"]][-1:]:
            answer = await self._rest.get(f"/v1/conversations/{self._conversation}/entries/{reply['id']}/sound")
            if answer.status_code == 200:
                heard = letter_of(decode_file(answer.content)[0]) or self._letter
                # Opus does not keep a level to the twentieth part by which the loudest neighbours differ.
                is_near = heard in LETTERS and abs(LETTERS.index(heard) - LETTERS.index(self._letter)) <= 1
                self._evidence.voices.add(self._letter if is_near else heard)
                self._evidence.heard_again += 1

    async def _steal_entry(self) -> None:
        """Hear and rate what somebody else was told."""
        entry = self._world.stolen(self._world.entries, self._letter, self._chance)
        if entry is None:
            return
        await self._is_refused_at(f"/v1/conversations/{entry}/sound")
        self._note_refusal(await self._rest.put(f"/v1/conversations/{entry}/rating", json={"rating": "down"}))

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
