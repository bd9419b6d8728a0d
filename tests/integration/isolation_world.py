"""Many sessions of many users on one real server, and the evidence of what each of them was told.

Owns the server with everything a conversation thinks with, and the comparing of what its visitors were told
(`isolation_visitor` is what they do). Refuses to know what is to come out.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from tests.deadlines import WAIT_SECONDS
from tests.integration.isolation_engines import secret, secrets_in
from vivavoce.app.service import open_service
from vivavoce.app.serving import server_settings
from vivavoce.server.run import serve
from vivavoce.settings import exact_settings

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from vivavoce.engines.roster import EngineRoster

__all__ = ["Evidence", "World", "findings", "open_world"]

RATING_OF_THIEVES = '"rating":"down"'
"""Everyone is content with their own replies, and with nobody else's."""

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

    `thrown_out` counts the sessions that the server ended unasked, as it does when the conversation is taken over;
    `stolen` are addresses that were answered although they are somebody else's; `rated` and `heard_again` count the
    replies of their own that were rated, and the recordings that were heard.
    """

    letter: str
    told: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    voices: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    replies: int = 0
    refusals: int = 0
    thrown_out: int = 0
    stolen: list[str] = field(default_factory=list)
    rated: int = 0
    heard_again: int = 0

    @property
    def secrets(self) -> set[str]:
        """Every secret that was told."""
        return set().union(*map(secrets_in, self.told))


@dataclass(slots=True)
class World:
    """A server, and the ids that could be stolen, by whose they are; those of entries as addresses have them."""

    url: str
    items: dict[str, list[str]] = field(default_factory=dict)
    entries: dict[str, list[str]] = field(default_factory=dict)
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
            "record_audio": True,
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


def findings(evidence: Sequence[Evidence]) -> list[str]:
    """Return a sentence for everything that somebody was told which was not theirs."""
    found: list[str] = []
    for one in evidence:
        foreign = {word for word in one.secrets if not word.startswith(f"zq{one.letter}zq")}
        if foreign:
            found.append(f"{one.letter} was told {sorted(foreign)[:5]}")
        if one.voices - {one.letter}:
            found.append(f"{one.letter} heard {sorted(one.voices)}")
        if any(RATING_OF_THIEVES in told for told in one.told):
            found.append(f"{one.letter} has a rating that is not theirs")
        if one.stolen:
            found.append(f"{one.letter} got at {one.stolen[:5]}")
        if one.thrown_out:
            found.append(f"{one.letter} was thrown out {one.thrown_out} times")
    for place, one in enumerate(evidence):
        others = [(other, one.ids & other.ids) for other in evidence[place + 1 :]]
        found += [f"{one.letter} and {other.letter} both know {sorted(both)[:5]}" for other, both in others if both]
    return found
