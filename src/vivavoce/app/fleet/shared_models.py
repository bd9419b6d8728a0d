"""The language models that another process keeps, as a worker uses them.

Owns the worker's engines over the slots it was given, and the news of where their servers are. Refuses to start any
process.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from vivavoce.app.succession import RosterSuccession
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.llm.llama_process import LlamaEndpoint
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.llm.llama_source import HandedServer
from vivavoce.engines.roster import Job

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from anyio.abc import TaskGroup

    from vivavoce.app.first_prompt import FirstPrompt
    from vivavoce.app.fleet.messages import ModelAt, ModelStatuses
    from vivavoce.engines.fallback import Provider
    from vivavoce.engines.roster import EngineRoster

__all__ = ["SharedModels"]

START_SECONDS = 60.0
MAX_MODELS_WAITING = 16


class SharedModels:
    """Lets the models answer in a worker's roster.

    Their slots begin with `prompt`; what they have read outlasts them in the folder `shelf`.
    """

    def __init__(self, prompt: FirstPrompt, *, shelf: Path) -> None:
        self._prompt = prompt
        self._shelf = shelf
        self._servers: dict[str, HandedServer] = {}
        self._news_in, self._news_out = anyio.create_memory_object_stream["ModelAt"](MAX_MODELS_WAITING)
        self._roster: EngineRoster | None = None
        self._statuses: ModelStatuses | None = None
        self._reported: set[str] = set()
        self._taken_up = anyio.Event()

    def announce(self, model: ModelAt) -> None:
        """A model answers, or answers at another place; nothing happens once the worker ends."""
        with contextlib.suppress(anyio.ClosedResourceError):
            self._news_in.send_nowait(model)

    def report(self, statuses: ModelStatuses) -> None:
        """Tell the roster how the models are; of servers among the providers it hears from elsewhere."""
        self._statuses = statuses
        if self._roster is None:
            return
        named = {component.name for component in statuses.components}
        for gone in self._reported - named:
            self._roster.forget(Job.LLM, gone)
        self._reported = named
        for component in statuses.components:
            self._roster.report(component)

    def join(self, roster: EngineRoster, provider: Provider) -> None:
        """Let the models answer in this roster, for this provider."""
        self._roster = roster
        self._succession = RosterSuccession(roster, provider)
        if self._statuses is not None:
            self.report(self._statuses)

    async def start(self, keep: TaskGroup) -> None:
        """Take up a model that was announced before; `keep` follows those that come."""
        has_models = self._news_out.statistics().current_buffer_used > 0
        keep.start_soon(self._follow, keep)
        if has_models:
            with anyio.move_on_after(START_SECONDS):
                await self._taken_up.wait()

    async def improve(self) -> None:
        """A better model is announced when there is one."""

    async def _follow(self, keep: TaskGroup) -> None:
        with self._news_in, self._news_out:
            async for model in self._news_out:
                self._take(model, keep)

    def _take(self, model: ModelAt, keep: TaskGroup) -> None:
        endpoint = LlamaEndpoint(
            root_url=model.root_url,
            api_key=model.api_key,
            slot_folder=Path(model.slot_folder),
            first_slot=model.first_slot,
        )
        if model.name in self._servers:
            self._servers[model.name].arrive(endpoint)
            return
        engine = EmbeddedChat(
            Path(model.gguf),
            LlamaSettings(slots=model.slots),
            name=model.name,
            warm_prompt=self._prompt.text,
            warm_tools=self._prompt.tools,
            shelf=self._shelf,
            server=self._hand,
        )
        self._servers[model.name].arrive(endpoint)
        keep.start_soon(self._adopt, engine, keep)

    async def _adopt(self, engine: EmbeddedChat, keep: TaskGroup) -> None:
        await keep.start(engine.run)
        self._taken_up.set()
        await self._succession.take_up(engine)

    def _hand(
        self,
        gguf: Path,
        settings: LlamaSettings,
        *,
        alias: str,
        on_ready: Callable[[LlamaEndpoint], Awaitable[None]],
    ) -> HandedServer:
        del gguf, settings
        server = self._servers[alias] = HandedServer(alias, on_ready)
        return server
