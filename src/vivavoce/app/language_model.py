"""The language model of this machine: a small one at once, the wanted one as soon as it is here.

Owns which model of ours answers now and the tasks that keep it running. Refuses to know how a reply is made, and the
servers among the providers (`app.providers.servers`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import anyio
import anyio.to_thread
import psutil
import structlog

from vivavoce.app.first_prompt import first_prompt
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.protocols import ReplyEngine
from vivavoce.engines.roster import Job
from vivavoce.errors import VivavoceError
from vivavoce.models.hub_models import hub_name, is_here

if TYPE_CHECKING:
    from anyio.abc import TaskGroup, TaskStatus

    from vivavoce.app.provision import Provisioner
    from vivavoce.engines.roster import ComponentState
    from vivavoce.models.store import ModelStore
    from vivavoce.providers import LlmBlock
    from vivavoce.settings import Settings

__all__ = ["FIRST_MODEL", "EmbeddedModel", "LanguageModel", "Succession", "block_here", "first_and_wanted"]

log = structlog.get_logger(__name__)

FIRST_MODEL = "smollm2-135m"
"""Answers while a better model is on its way: 98 MB, loaded in half a second."""

LARGE_MEMORY_BYTES = 6 * 1024**3
AUTO = "auto"


def block_here(settings: Settings) -> LlmBlock | None:
    """Return the provider of replies that runs on this machine; None when all are servers, or none is wanted."""
    if settings.engines == "instant":
        return None
    return next((block for block in settings.llm if not block.is_remote), None)


def first_and_wanted(block: LlmBlock) -> tuple[str, str]:
    """Return the names of the model that answers first and of the one that is wanted; auto goes by the memory."""
    if block.kind == "hub":
        name = hub_name(block.model, "llm")
        return name, name
    if block.model != AUTO:
        return block.model, block.model
    has_room = psutil.virtual_memory().total >= LARGE_MEMORY_BYTES
    return FIRST_MODEL, "qwen2.5-coder-1.5b" if has_room else "qwen2.5-coder-0.5b"


def shelf_folder(store: ModelStore) -> Path:
    """Return where models of this machine keep what they have read of prompts; it may be deleted at any time."""
    return store.root / "prompts"


class EmbeddedModel(ReplyEngine, Protocol):
    """A model that runs for as long as `run` does."""

    async def run(self, *, task_status: TaskStatus[None]) -> None:
        """Keep the model running; reports started when it can be asked."""
        ...


class Succession(Protocol):
    """Where the models go: the one that answers, and its successors."""

    @property
    def name(self) -> str | None:
        """The name of the model that answers; None before the first."""
        ...

    async def take_up(self, engine: ReplyEngine) -> None:
        """Let an engine answer from the next turn on, and close the one before it when it is no longer needed."""
        ...


EmbeddedMaker = Callable[..., EmbeddedModel]
"""Makes an embedded model of a GGUF file, and of the keywords `name`, `warm_prompt`, `warm_tools` and `shelf`."""


class LanguageModel:
    """Makes a language model of this machine answer, and a better one in its place.

    Making one raises ModelError for a hub name that names no language model, and InputError for a character or a file
    with tools that cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        store: ModelStore,
        provisioner: Provisioner,
        succession: Succession,
        embedded: EmbeddedMaker = EmbeddedChat,
    ) -> None:
        self._store = store
        self._provisioner = provisioner
        self._succession = succession
        self._embedded = embedded
        self._prompt = first_prompt(settings)
        block = block_here(settings)
        self._first, self._wanted = first_and_wanted(block) if block is not None else ("", "")
        is_file = self._first.lower().endswith(".gguf") and block is not None and block.kind != "hub"
        self._file = Path(self._first).expanduser() if is_file else None

    @property
    def is_embedded(self) -> bool:
        """Whether there is to be one, in a process of ours."""
        return bool(self._wanted)

    async def start(self, keep: TaskGroup) -> None:
        """Make the quickest model ready that is here; `keep` runs them for as long as it lasts."""
        self._keep = keep
        if not self._wanted:
            return
        if self._file is not None:
            await self._run(self._file, self._file.stem)
        elif is_here(self._store, self._first):
            await self._run(self._gguf(self._first), self._first)

    async def improve(self) -> None:
        """Fetch the wanted model if it is missing, and have it take over at the next turn."""
        if not self._wanted or self._file is not None:
            return
        if self._succession.name is None and self._first != self._wanted:
            await self._fetch_and_run(self._first)
        if self._succession.name != self._wanted:
            await self._fetch_and_run(self._wanted)

    async def _fetch_and_run(self, name: str) -> None:
        if await self._provisioner.fetch(Job.LLM, name, name):
            await self._run(self._gguf(name), name)

    async def _run(self, gguf: Path, name: str) -> None:
        """Start a model's server, and keep what there was when it cannot be."""
        engine = self._embedded(
            gguf,
            name=name,
            warm_prompt=self._prompt.text,
            warm_tools=self._prompt.tools,
            shelf=shelf_folder(self._store),
        )
        self._report(name, "loading", "It is being loaded.")
        try:
            await self._keep.start(self._supervise, engine)
        except VivavoceError as error:
            log.warning("engine_not_loaded", engine=name, code=error.code, reason=error.message)
            self._report(name, "missing", str(error))
            return
        self._report(name, "ready")
        await self._succession.take_up(engine)

    async def _supervise(
        self, engine: EmbeddedModel, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Run the model's process; one that dies for good later leaves the service degraded, never down."""
        started = False

        class _Status:
            def started(self, value: None = None) -> None:
                nonlocal started
                started = True
                task_status.started(value)

        try:
            await engine.run(task_status=_Status())
        except VivavoceError as error:
            if not started:
                raise
            self._report(engine.name, "degraded", str(error))

    def _gguf(self, name: str) -> Path:
        files = self._store.manifest.model(name).files
        return self._store.path(name, files[0].name)

    def _report(self, name: str, state: ComponentState, detail: str = "") -> None:
        self._provisioner.report(Job.LLM, name, state, detail)
