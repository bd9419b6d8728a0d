"""The real small language model, and the processes it runs in."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import anyio
import psutil

from tests.deadlines import WAIT_SECONDS
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.llm.restart import RestartPolicy
from vivavoce.engines.protocols import ChatMessage, ReplyRequest
from vivavoce.models.manifest import load_manifest
from vivavoce.models.pull import pull
from vivavoce.models.store import ModelStore, default_root

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

MODEL = "smollm2-135m"
CHILD_MODULE = "vivavoce.engines.llm.llama_child"
SETTINGS = LlamaSettings(
    slots=2,
    slot_context_tokens=1024,
    restarts=RestartPolicy(first_delay_seconds=0.05, longest_delay_seconds=0.2),
)


def small_model() -> Path:
    """Return the small model's file, fetched if it is not there."""
    store = ModelStore(default_root(), load_manifest())
    return pull(store, MODEL) / store.manifest.model(MODEL).files[0].name


def asking(words: str, *, max_tokens: int | None = None, conversation_id: str = "", system: str = "") -> ReplyRequest:
    instructions = (ChatMessage(role="system", content=system),) if system else ()
    return ReplyRequest(
        messages=(*instructions, ChatMessage(role="user", content=words)),
        max_tokens=max_tokens,
        conversation_id=conversation_id,
    )


def children(of_pid: int | None = None) -> list[psutil.Process]:
    """Return the model processes below a process (this one), living ones only."""
    found = psutil.Process(of_pid).children(recursive=True)
    return [child for child in found if child.status() != psutil.STATUS_ZOMBIE and CHILD_MODULE in child.cmdline()]


async def until(is_so: Callable[[], bool | Awaitable[bool]], *, within_seconds: float = WAIT_SECONDS) -> None:
    """Wait until it is so."""
    with anyio.fail_after(within_seconds):
        while True:
            answer = is_so()
            if answer if isinstance(answer, bool) else await answer:
                return
            await anyio.sleep(0.01)


async def is_idle(engine: EmbeddedChat) -> bool:
    """Whether the server computes for nobody."""
    return await busy_slots(engine) == 0


async def busy_slots(engine: EmbeddedChat) -> int:
    """Return how many slots the server computes for."""
    return sum(slot["is_processing"] for slot in await _slots(engine))


async def most_tokens(engine: EmbeddedChat) -> int:
    """Return how many tokens, read and written, the fullest slot holds."""
    most: int = max(slot.get("n_prompt_tokens", 0) for slot in await _slots(engine))
    return most


async def _slots(engine: EmbeddedChat) -> list[dict[str, Any]]:
    assert engine.endpoint is not None
    async with engine.endpoint.client(WAIT_SECONDS) as client:
        slots: list[dict[str, Any]] = (await client.get("/slots")).json()
    return slots


@asynccontextmanager
async def embedded(
    settings: LlamaSettings = SETTINGS, *, warm_prompt: str = "", shelf: Path | None = None
) -> AsyncIterator[EmbeddedChat]:
    """Run the small model while the context lasts."""
    engine = EmbeddedChat(small_model(), settings, warm_prompt=warm_prompt, shelf=shelf)
    async with anyio.create_task_group() as tasks:
        await tasks.start(engine.run)
        yield engine
        await engine.aclose()
