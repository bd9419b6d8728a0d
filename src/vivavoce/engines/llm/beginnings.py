"""Beginnings of prompts that the embedded server has read once: any slot can begin with one without reading it.

Owns the files that slots are saved to, how many are kept, and which slot begins with what. Refuses to know what is in a
beginning. A character with its tools is some thousand tokens, which Qwen2.5 1.5B reads in 15 s and a slot takes up from
its file in about 10 ms.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

import anyio
import httpx2
import msgspec
import structlog

if TYPE_CHECKING:
    from vivavoce.engines.llm.llama_process import LlamaEndpoint
    from vivavoce.engines.protocols import ReplyRequest

__all__ = ["Beginnings", "beginning_of"]

MOST_KEPT = 8
"""Some 16 MB each, in the server's own folder."""
_DEADLINE_SECONDS = 10.0

_log = structlog.get_logger(__name__)


def beginning_of(request: ReplyRequest) -> str:
    """Return what tells the beginning of a prompt from others: its instructions and tools."""
    instructions = request.messages[0].content if request.messages and request.messages[0].role == "system" else ""
    tools = msgspec.json.encode([(tool.name, tool.description, tool.parameters) for tool in request.tools])
    return hashlib.blake2b(instructions.encode("utf-8", "replace") + b"\x00" + tools, digest_size=12).hexdigest()


class Beginnings:
    """The beginnings that one server has read, and its slots."""

    def __init__(self, endpoint: LlamaEndpoint) -> None:
        self._client = endpoint.client(_DEADLINE_SECONDS)
        self._folder = endpoint.slot_folder
        self._prefix = f"beginning-{endpoint.first_slot}-"
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._in_slot: dict[int, str] = {}

    def knows(self, beginning: str) -> bool:
        """Whether it was kept."""
        return beginning in self._kept

    async def keep(self, beginning: str, *, slot: int) -> None:
        """Keep what a slot has just read; nothing happens where the server cannot."""
        name = f"{self._prefix}{beginning}.bin"
        if not await self._act(slot, "save", name):
            return
        self._kept[beginning] = name
        self._in_slot[slot] = beginning
        while len(self._kept) > MOST_KEPT:
            _, oldest = self._kept.popitem(last=False)
            await anyio.Path(self._folder / oldest).unlink(missing_ok=True)

    async def take_up(self, beginning: str, *, slot: int) -> None:
        """Have a slot begin like this, if that is known and the slot begins otherwise; what it held is lost."""
        before, self._in_slot[slot] = self._in_slot.get(slot), beginning
        if before == beginning or beginning not in self._kept:
            return
        self._kept.move_to_end(beginning)
        if not await self._act(slot, "restore", self._kept[beginning]):
            del self._kept[beginning]

    async def aclose(self) -> None:
        """Close every connection; the files go with the server's folder."""
        await self._client.aclose()

    async def _act(self, slot: int, action: str, name: str) -> bool:
        try:
            response = await self._client.post(f"/slots/{slot}", params={"action": action}, json={"filename": name})
            response.raise_for_status()
        except httpx2.HTTPError as error:
            _log.warning("llama_beginning_lost", action=action, error=type(error).__name__)
            return False
        return True
