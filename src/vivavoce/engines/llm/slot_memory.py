"""What a slot of the embedded server has read, handed to the other slots.

Owns the use of llama.cpp's routes for saving and restoring slots. Refuses to know what was read. A prompt of 240 tokens
takes 0.9 s to read (SmolLM2-135M), and 3 ms to hand on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import httpx2
import structlog

if TYPE_CHECKING:
    from vivavoce.engines.llm.llama_process import LlamaEndpoint

__all__ = ["share_slot_memory"]

_FILE_NAME = "warm.bin"
_DEADLINE_SECONDS = 10.0

_log = structlog.get_logger(__name__)


async def share_slot_memory(endpoint: LlamaEndpoint, slots: int) -> bool:
    """Let slots 1 to n-1 know what slot 0 has read; False, with a word in the log, when the server cannot.

    Without it everything works, but a second conversation's first reply begins later.
    """
    try:
        async with endpoint.client(_DEADLINE_SECONDS) as client:
            await _slot_action(client, 0, "save")
            for slot in range(1, slots):
                await _slot_action(client, slot, "restore")
    except httpx2.HTTPError as error:
        _log.warning("llama_slots_not_shared", error=type(error).__name__)
        return False
    finally:
        await anyio.Path(endpoint.slot_folder / _FILE_NAME).unlink(missing_ok=True)
    return True


async def _slot_action(client: httpx2.AsyncClient, slot: int, action: str) -> None:
    response = await client.post(f"/slots/{slot}", params={"action": action}, json={"filename": _FILE_NAME})
    response.raise_for_status()
