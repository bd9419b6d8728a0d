"""Beginnings of prompts that the embedded server has read once: any slot can begin with one without reading it.

Owns the files that slots are saved to, how many are kept, which are whole, which slot begins with what, and which
beginning is being read just now. Refuses to know what is in one. A character with its tools is some thousand tokens,
which Qwen2.5 1.5B reads in 15 s and a slot takes up from its file in about 10 ms.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from contextlib import contextmanager
from typing import TYPE_CHECKING

import anyio
import httpx2
import msgspec
import structlog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vivavoce.engines.llm.beginnings_shelf import BeginningsShelf
    from vivavoce.engines.llm.llama_process import LlamaEndpoint
    from vivavoce.engines.protocols import ReplyRequest

__all__ = ["Beginnings", "beginning_of"]

MOST_KEPT = 8
"""Some 16 MB each, in the server's own folder."""
_DEADLINE_SECONDS = 10.0
_READING_SECONDS = 30.0

_log = structlog.get_logger(__name__)


def beginning_of(request: ReplyRequest) -> str:
    """Return what tells the beginning of a prompt from others: its instructions and tools."""
    instructions = request.messages[0].content if request.messages and request.messages[0].role == "system" else ""
    tools = msgspec.json.encode([(tool.name, tool.description, tool.parameters) for tool in request.tools])
    return hashlib.blake2b(instructions.encode("utf-8", "replace") + b"\x00" + tools, digest_size=12).hexdigest()


class Beginnings:
    """The beginnings that one server has read, and its slots; `shelf` has those of earlier servers."""

    def __init__(self, endpoint: LlamaEndpoint, shelf: BeginningsShelf | None = None) -> None:
        self._client = endpoint.client(_DEADLINE_SECONDS)
        self._folder = endpoint.slot_folder
        # Several processes may share the server, each with slots of its own.
        self._prefix = f"beginning-{endpoint.first_slot}-"
        self._shelf = shelf
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._unfinished: set[str] = set()
        self._in_slot: dict[int, str] = {}
        self._being_read: dict[str, anyio.Event] = {}

    async def has(self, beginning: str) -> bool:
        """Whether it need not be read."""
        if beginning in self._kept and beginning not in self._unfinished:
            return True
        name = self._name(beginning)
        if self._shelf is None or not await self._shelf.fetch(beginning, self._folder / name):
            return False
        await self._add(beginning, name)
        return True

    @contextmanager
    def reading(self, beginning: str) -> Iterator[None]:
        """Read it in this context; those who need it wait."""
        has_ended = self._being_read[beginning] = anyio.Event()
        try:
            yield
        finally:
            has_ended.set()
            if self._being_read.get(beginning) is has_ended:
                del self._being_read[beginning]

    async def read(self, beginning: str) -> None:
        """Wait for it to be read, if it is being read just now: to read it twice at once takes twice as long."""
        if (under_way := self._being_read.get(beginning)) is not None:
            with anyio.move_on_after(_READING_SECONDS):
                await under_way.wait()

    async def keep(self, beginning: str, *, slot: int, is_whole: bool = True) -> None:
        """Keep what a slot has just read, or has read of it so far; nothing happens where the server cannot."""
        name = self._name(beginning)
        if not await self._act(slot, "save", name):
            return
        self._in_slot[slot] = beginning
        await self._add(beginning, name)
        if not is_whole:
            self._unfinished.add(beginning)
        elif self._shelf is not None:
            await self._shelf.put(beginning, self._folder / name)

    async def take_up(self, beginning: str, *, slot: int) -> bool:
        """Have a slot begin like this, and tell whether it does; what it held is lost where it began otherwise."""
        before, self._in_slot[slot] = self._in_slot.get(slot), beginning
        if before == beginning:
            return True
        if beginning not in self._kept:
            return False
        self._kept.move_to_end(beginning)
        if await self._act(slot, "restore", self._kept[beginning]):
            return True
        del self._kept[beginning], self._in_slot[slot]
        if self._shelf is not None:
            await self._shelf.discard(beginning)
        return False

    async def aclose(self) -> None:
        """Close every connection; the files go with the server's folder."""
        await self._client.aclose()

    async def _add(self, beginning: str, name: str) -> None:
        self._kept[beginning] = name
        self._unfinished.discard(beginning)
        while len(self._kept) > MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            await anyio.Path(self._folder / oldest).unlink(missing_ok=True)

    def _name(self, beginning: str) -> str:
        return f"{self._prefix}{beginning}.bin"

    async def _act(self, slot: int, action: str, name: str) -> bool:
        try:
            response = await self._client.post(f"/slots/{slot}", params={"action": action}, json={"filename": name})
            response.raise_for_status()
        except httpx2.HTTPError as error:
            _log.warning("llama_beginning_lost", action=action, error=type(error).__name__)
            return False
        return True
