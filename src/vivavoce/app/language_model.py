"""The language model: a small one at once, the wanted one as soon as it is here.

Owns which model answers now and the tasks that keep embedded ones running. Refuses to know how a reply is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import anyio
import anyio.to_thread
import psutil
import structlog

from vivavoce.dialogue.prompts import default_instructions
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.llm.spec import ModelFile, ModelName, ModelServer, parse_llm_spec
from vivavoce.engines.protocols import ReplyEngine
from vivavoce.engines.roster import Job
from vivavoce.errors import VivavoceError

if TYPE_CHECKING:
    from pathlib import Path

    from anyio.abc import TaskGroup, TaskStatus

    from vivavoce.app.provision import Provisioner
    from vivavoce.engines.roster import ComponentState
    from vivavoce.models.store import ModelStore
    from vivavoce.settings import Settings

__all__ = ["FIRST_MODEL", "EmbeddedModel", "LanguageModel", "Succession", "wanted_model"]

log = structlog.get_logger(__name__)

FIRST_MODEL = "smollm2-135m"
"""Answers while a better model is on its way: 98 MB, loaded in half a second."""

LARGE_MEMORY_BYTES = 6 * 1024**3


def wanted_model(spec: str) -> str:
    """Return the model that `spec` stands for; auto chooses by this machine's memory."""
    if spec != "auto":
        return spec
    return "qwen2.5-coder-1.5b" if psutil.virtual_memory().total >= LARGE_MEMORY_BYTES else "qwen2.5-coder-0.5b"


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
"""Makes an embedded model of a GGUF file, and of the keywords `name` and `warm_prompt`."""


class LanguageModel:
    """Makes a language model answer, and a better one in its place.

    Making one raises InputError for a setting that names no language model.
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
        self._settings = settings
        self._store = store
        self._provisioner = provisioner
        self._succession = succession
        self._embedded = embedded
        self._prompt = settings.instructions or default_instructions(settings.language)
        environment = dict(os.environ)
        if settings.llm_api_key is not None:
            environment["VIVAVOCE_LLM_API_KEY"] = settings.llm_api_key.get_secret_value()
        is_wanted = settings.engines != "instant"
        self._spec = parse_llm_spec(wanted_model(settings.llm), environment) if is_wanted else None

    @property
    def is_embedded(self) -> bool:
        """Whether the model runs on this machine, in a process of ours."""
        return isinstance(self._spec, ModelFile | ModelName)

    async def start(self, keep: TaskGroup) -> None:
        """Make the quickest model ready that is here; `keep` runs embedded ones for as long as it lasts."""
        self._keep = keep
        match self._spec:
            case None:
                return
            case ModelServer() as server:
                engine = OpenAiChat(server.base_url, server.model, server.api_key)
                await self._succession.take_up(engine)
                self._report(engine.name, "ready")
            case ModelFile(path=path):
                await self._run(path, path.stem)
            case ModelName(name=name):
                first = FIRST_MODEL if self._settings.llm == "auto" else name
                if self._store.is_present(first):
                    await self._run(self._gguf(first), first)

    async def improve(self) -> None:
        """Fetch the wanted model if it is missing, and have it take over at the next turn."""
        if not isinstance(self._spec, ModelName):
            return
        if self._succession.name is None and self._settings.llm == "auto":
            await self._fetch_and_run(FIRST_MODEL)
        if self._succession.name != self._spec.name:
            await self._fetch_and_run(self._spec.name)

    async def _fetch_and_run(self, name: str) -> None:
        if await self._provisioner.fetch(Job.LLM, name, name):
            await self._run(self._gguf(name), name)

    async def _run(self, gguf: Path, name: str) -> None:
        """Start a model's server, and keep what there was when it cannot be."""
        engine = self._embedded(gguf, name=name, warm_prompt=self._prompt)
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
