"""A Realtime client without a network: an in-memory socket on virtual time.

Owns the check that every event is one the published types know. Refuses to know what is tested.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from vivavoce.realtime.connection import ConnectionSettings, RealtimeConnection

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.engines.roster import EngineRoster
    from vivavoce.mind.conversation import ConversationMind

__all__ = ["StockClient", "stock_client"]

ADAPTER: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
WAIT_SECONDS = 100.0


class StockClient:
    """A `Socket`, and the client behind it."""

    def __init__(self, *, extensions: bool = False) -> None:
        self._extensions = extensions
        self.told: list[dict[str, Any]] = []
        self._to_server, self._from_client = anyio.create_memory_object_stream[str](1_000)
        self._more = anyio.Event()

    async def receive(self) -> str | bytes | None:
        """Return what the client says next."""
        try:
            return await self._from_client.receive()
        except anyio.EndOfStream:
            return None

    async def send(self, data: str | bytes) -> None:
        """Take one event, which must be one that the published types know, or one of the extension if that is on."""
        if isinstance(data, bytes):
            assert self._extensions
            return
        event = json.loads(data)
        is_extra = self._extensions and event["type"].startswith("vivavoce.")
        assert is_extra or ADAPTER.validate_python(event).type == event["type"], event
        self.told.append(event)
        self._more.set()
        self._more = anyio.Event()

    async def close(self, code: int, reason: str) -> None:
        """The server has hung up."""
        self._from_client.close()

    def leaves(self) -> None:
        """Close the socket."""
        self._to_server.close()

    def says(self, kind: str, **fields: object) -> None:
        """Send an event."""
        self._to_server.send_nowait(json.dumps({"type": kind, **fields}))

    def types(self, text: str) -> None:
        """Send a typed message and ask for the reply."""
        content = [{"type": "input_text", "text": text}]
        self.says("conversation.item.create", item={"type": "message", "role": "user", "content": content})
        self.says("response.create")

    async def hears(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait until an event of a kind has come `count` times, and return the last of them."""
        with anyio.fail_after(WAIT_SECONDS):
            while len(self.all(kind)) < count:
                await self._more.wait()
        return self.all(kind)[count - 1]

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Return all events of a kind."""
        return [event for event in self.told if event["type"] == kind]

    def kinds(self, *, about: str) -> list[str]:
        """Return the kinds of all events about one item, in order."""
        return [
            event["type"]
            for event in self.told
            if event.get("item_id") == about or event.get("item", {}).get("id") == about
        ]


@asynccontextmanager
async def stock_client(
    roster: EngineRoster, mind: ConversationMind | None = None, *, extensions: bool = False
) -> AsyncGenerator[StockClient, None]:
    """Connect a client, by default one that knows no extension."""
    client = StockClient(extensions=extensions)
    connection = RealtimeConnection(
        client, session_id="sess_t", roster=roster, settings=ConnectionSettings(), extensions=extensions, mind=mind
    )
    async with anyio.create_task_group() as group:
        group.start_soon(connection.run)
        await client.hears("session.created")
        yield client
        client.leaves()
