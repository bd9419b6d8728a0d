"""A process that holds conversations and writes their history, until it is killed.

Run as a module it is a nursery: for every line on its standard input it forks a child that talks, and prints its
process id. A child notes in a file what its client has been told and has played, and when; what a process has written
to a file outlives its kill.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from vivavoce.conversation import effects as fx
from vivavoce.conversation import events as ev
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.settings import ConversationSettings
from vivavoce.engines.llm.fake import ScriptedReplies, saying
from vivavoce.history.history import begin_history
from vivavoce.session.chronicle import Chronicle
from vivavoce.session.driver import Session
from vivavoce.session.listening import InputLimits
from vivavoce.session.mind import BareMind
from vivavoce.storage.database import database_url, open_engine
from vivavoce.testing.engines import fake_roster

if TYPE_CHECKING:
    from vivavoce.audio.pcm import Samples
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.history.history import History

__all__ = ["CONVERSATIONS", "NOTES", "REPORT_SECONDS"]

CONVERSATIONS = 3
NOTES = "told.jsonl"
REPORT_SECONDS = 0.1
"""Of the time in which the process has its turn: one that the machine lets wait reports less often."""

SPEECH_HZ = 24_000
_WORDS = ("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "knoll", "larch")


class Client:
    """Plays what it is told, reports it, and notes both; now and then it interrupts."""

    def __init__(self, name: str, notes: int, chance: random.Random) -> None:
        self.session: Session
        self._name = name
        self._notes = notes
        self._chance = chance
        self._sent: dict[str, int] = {}
        self._is_done = anyio.Event()

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        match news:
            case fx.ItemDone() if news.item.role == "user":
                self.note(item=news.item.id, words=news.item.content[0].text)
            case fx.OutputAudio():
                self._sent[news.item_id] = self._sent.get(news.item_id, 0) + news.samples
                self.note(item=news.item_id, clause=news.text, samples=news.samples)
            case fx.ReplyDone():
                self._is_done.set()
            case _:
                pass

    def note(self, **what: object) -> None:
        line = json.dumps({"at": time.monotonic(), "conversation": self._name, **what})
        os.write(self._notes, f"{line}\n".encode())

    async def talk(self) -> None:
        turn = 0
        while True:
            turn += 1
            self._is_done = anyio.Event()
            words = f"Question {turn} {' '.join(self._chance.choices(_WORDS, k=4))}?"
            part = ContentPart(kind="input_text", text=words)
            self.session.create_item(ev.ItemCreateRequested(item=Item(id="", content=(part,))), None)
            self.session.dispatch(ev.ReplyRequested())
            await self._play()

    async def _play(self) -> None:
        """Play the newest reply in real time, to its end or until the user has had enough."""
        played, enough = 0, self._chance.uniform(0.3, 2.0) if self._chance.random() < 0.4 else 1_000.0
        while True:
            await anyio.sleep(REPORT_SECONDS)
            item_id = next(reversed(self._sent), "")
            if not item_id:
                continue
            played = min(self._sent[item_id], played + round(REPORT_SECONDS * SPEECH_HZ))
            buffered = self._sent[item_id] - played
            self.session.dispatch(ev.PlayoutReported(item_id=item_id, played_samples=played, buffered_samples=buffered))
            self.note(item=item_id, played=played)
            if played / SPEECH_HZ > enough:
                self.session.dispatch(ev.ReplyCancelRequested(response_id=None))
            if played / SPEECH_HZ > enough or (not buffered and self._is_done.is_set()):
                self._sent.clear()
                return


class Scribe(BareMind):
    """Has it written down."""

    chronicle: Chronicle

    def tell(self, news: fx.News, audio: Samples | None) -> None:
        self.chronicle.tell(news, audio)


async def _converse(name: str, history: History, roster: EngineRoster, notes: int, chance: random.Random) -> None:
    client, scribe = Client(name, notes, chance), Scribe(roster)
    settings = ConversationSettings(playout_reports=True)
    client.session = Session(
        session_id=name, settings=settings, roster=roster, client=client, limits=InputLimits(), mind=scribe
    )
    scribe.chronicle = Chronicle(
        history.store,
        client.session.machine,
        conversation_id=name,
        user_id="ann",
        wall_clock=time.time,  # noqa: TID251 - a date
    )
    async with anyio.create_task_group() as group:
        await group.start(client.session.run)
        group.start_soon(scribe.chronicle.run)
        group.start_soon(client.talk)


async def _talk(folder: Path, name: str, seed: int) -> None:
    chance = random.Random(seed)
    notes = os.open(folder / NOTES, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    async with open_engine(database_url("", folder)) as engine, anyio.create_task_group() as group:
        history = await begin_history(engine, folder=folder)
        for number in range(CONVERSATIONS):
            sentence = " ".join(chance.choices(_WORDS, k=12)).capitalize()
            replies = ScriptedReplies(saying(f"{sentence}. " * 2, every=0.02))
            group.start_soon(
                _converse,
                f"{name}-{number}",
                history,
                fake_roster(replies=replies),
                notes,
                random.Random(seed + number),
            )


def main() -> None:
    """Fork a talking child for every line on the standard input."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            anyio.run(_talk, Path(order["folder"]), order["name"], order["seed"])
            os._exit(1)
        os.write(1, f"{child}\n".encode())


if __name__ == "__main__":
    main()
