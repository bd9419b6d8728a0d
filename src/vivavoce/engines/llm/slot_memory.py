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

_DEADLINE_SECONDS = 10.0

_log = structlog.get_logger(__name__)


async def share_slot_memory(endpoint: LlamaEndpoint, slots: int) -> bool:
    """Let the other `slots` - 1 of ours know what the first has read; False, with a log line, when the server cannot.

    Without it everything works, but a second conversation's first reply begins later.
    """
    first = endpoint.first_slot
    # Several processes may do this at once, each with its own slots.
    file_name = f"warm-{first}.bin"
    try:
        async with endpoint.client(_DEADLINE_SECONDS) as client:
            await _slot_action(client, first, "save", file_name)
            for slot in range(first + 1, first + slots):
                await _slot_action(client, slot, "restore", file_name)
    except httpx2.HTTPError as error:
        _log.warning("llama_slots_not_shared", error=type(error).__name__)
        return False
    finally:
        await anyio.Path(endpoint.slot_folder / file_name).unlink(missing_ok=True)
    return True


async def _slot_action(client: httpx2.AsyncClient, slot: int, action: str, file_name: str) -> None:
    response = await client.post(f"/slots/{slot}", params={"action": action}, json={"filename": file_name})
    response.raise_for_status()
