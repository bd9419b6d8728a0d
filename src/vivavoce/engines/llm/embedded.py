"""Replies from a model on this machine: a supervised llama.cpp server, and a chat client over it.

Owns what makes the pair an engine for speech: short-reply sampling, a warm prompt, one slot a conversation, prompts
read while they grow, and plain errors while the server is being restarted. Refuses to know where weights come from and
what is said. The chat template is the one inside the GGUF file.
"""

from __future__ import annotations

from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import anyio
import httpx2
from anyio import TASK_STATUS_IGNORED

from vivavoce.engines.caller import Urgency, urgency
from vivavoce.engines.fair_gate import FairGate
from vivavoce.engines.llm.beginnings import Beginnings, beginning_of
from vivavoce.engines.llm.beginnings_shelf import BeginningsShelf
from vivavoce.engines.llm.chat_settings import SPOKEN, ChatDeadlines, ChatRetries, ChatSettings, Sampling
from vivavoce.engines.llm.llama_server import LlamaServer, LlamaState
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.llm.prompt_reading import PromptReader, in_slot
from vivavoce.engines.llm.readings import Readings
from vivavoce.engines.llm.slots import SlotTable
from vivavoce.engines.llm.tool_calling import constrained, read_calls, with_tools_told
from vivavoce.engines.llm.tool_calling_variants import as_asked
from vivavoce.engines.protocols import ChatMessage, ReplyRequest
from vivavoce.errors import CapacityError, EngineError, NetworkError, Stage
from vivavoce.resilience.fair_queue import QueueBounds, QueueFullError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
    from pathlib import Path

    from anyio.abc import TaskStatus

    from vivavoce.engines.fair_gate import GateStatistics, Place
    from vivavoce.engines.llm.llama_process import LlamaEndpoint
    from vivavoce.engines.llm.llama_source import LlamaSourceMaker
    from vivavoce.engines.protocols import ReplyDelta, ToolSpec

__all__ = ["EmbeddedChat"]

Result = TypeVar("Result")

_DEADLINES = ChatDeadlines(connect_seconds=2.0, first_token_seconds=60.0, between_tokens_seconds=20.0)
_WAITING_PER_SLOT = 8
_KEEP_SECONDS = 2.0
"""For what was read so far, once nobody waits for the rest: somebody waits for the slot."""
_WHO = "The embedded language model"


class EmbeddedChat:
    """A `ReplyEngine` whose model runs in a child process of ours.

    `run` has to be running somewhere for replies to come; while the child is being restarted, requests fail at once
    with a retryable `llm_restarting`. `warm_prompt` is a system prompt that every slot has read before it is needed,
    `warm_tools` are told of in it. A model too small to call tools is told of none. `shelf` is a folder in which the
    beginnings of prompts outlast the server.
    `server` makes what keeps the model running: a child of ours, or a server that another process of ours keeps.
    """

    def __init__(
        self,
        gguf: Path,
        settings: LlamaSettings | None = None,
        *,
        name: str = "",
        sampling: Sampling = SPOKEN,
        warm_prompt: str = "",
        warm_tools: tuple[ToolSpec, ...] = (),
        shelf: Path | None = None,
        server: LlamaSourceMaker = LlamaServer,
    ) -> None:
        self._name = name or gguf.stem
        self._settings = settings or LlamaSettings()
        self._sampling = sampling
        self._warm = ReplyRequest(
            messages=(ChatMessage(role="system", content=warm_prompt),) if warm_prompt else (), tools=warm_tools
        )
        self._gguf = gguf
        self._shelf = shelf
        self._calls_tools = self._chains_calls = False
        self._server = server(gguf, self._settings, alias=self._name, on_ready=self._connect)
        self._chat: OpenAiChat | None = None
        self._reader: PromptReader | None = None
        self._beginnings: Beginnings | None = None
        self._readings = Readings()
        self._first_slot = 0
        self._table = SlotTable(self._settings.slots)
        waiting = self._settings.slots * _WAITING_PER_SLOT
        self._gate = FairGate(self._settings.slots, QueueBounds(per_key=waiting // 2, total=waiting))

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def state(self) -> LlamaState:
        """Where the server is in its life."""
        return self._server.state

    @property
    def endpoint(self) -> LlamaEndpoint | None:
        """Where the server answers, for what is not chat."""
        return self._server.endpoint

    @property
    def can_read_ahead(self) -> bool:
        """Whether the server is there."""
        return self._server.endpoint is not None

    @property
    def calls_tools(self) -> bool:
        """Whether the model is large enough to tell when to call a tool; known once its server has started."""
        return self._calls_tools

    @property
    def context_tokens(self) -> int:
        """How many tokens a prompt and its reply may have together."""
        return self._settings.slot_context_tokens

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        """Return how many tokens the prompt has; None while the server is not there."""
        if self._reader is None or self._server.endpoint is None:
            return None
        return await self._reader.count(with_tools_told(self._offered(request)))

    async def look(self) -> None:
        """Return when the server is there.

        Raises:
            EngineError: it is being restarted, or gone.
        """
        self._connected()

    def statistics(self) -> GateStatistics:
        """Return how many replies are computed and how many wait for a slot."""
        return self._gate.statistics()

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Keep the server running until cancelled or closed; reports started when a reply can be had. Once.

        Raises:
            ModelError: the weights are missing or no GGUF file.
            EngineError: the first start failed, or the process crashed too often; `state` is `failed` then.
        """
        await self._server.run(task_status=task_status)

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply; the last delta is a `ReplyEnd`. Closing the iterator stops the generation at once.

        A reply begun on the chance gives its slot up when a confirmed one waits and none is idle.

        Raises:
            EngineError: the server is gone, being restarted, or failed; `llm_preempted` when the slot was given up;
                `llm_call_cut` when a call was not finished.
            CapacityError: too many replies wait already.
        """
        self._connected()
        offered = as_asked(self._offered(request))
        told, bounds = with_tools_told(offered), constrained(offered, chains=self._chains_calls)
        words = self._sampling.max_tokens if "max_tokens" in bounds else None
        await self._readings.end(request.conversation_id)
        async with (
            self._slot(offered) as (slot, place),
            aclosing(self._connected().reply(told, extra_body={**in_slot(slot), **bounds})) as raw,
            aclosing(read_calls(raw, most_pieces=words) if bounds else raw) as deltas,
        ):
            try:
                while (delta := await _unless_wanted(place, anext(deltas, None))) is not None:
                    yield delta
            except NetworkError:
                raise self._gone() from None

    async def read_ahead(self, request: ReplyRequest) -> None:
        """Read a prompt whose last message may go on, so that a reply to it, or to more of it, starts sooner.

        It ends when a reply of the same conversation is asked for. While the user has said nothing yet, no other
        conversation loses its slot to this one.

        Raises:
            EngineError: as `reply`; `llm_preempted` when someone more urgent needed the slot.
            CapacityError: as `reply`.
        """
        conversation_id = request.conversation_id
        await self._readings.end(conversation_id)
        is_speaking = bool(request.messages) and request.messages[-1].role == "user"
        if not is_speaking and not self._table.has_room_for(conversation_id, anyio.current_time()):
            return
        with self._readings.of(conversation_id), urgency(Urgency.BACKGROUND):
            offered = as_asked(self._offered(request))
            async with self._slot(offered) as (slot, place):
                reader = self._reader
                if reader is None or self._server.endpoint is None:
                    raise self._gone()
                try:
                    await _unless_wanted(place, reader.read(with_tools_told(offered), slot=slot))
                except httpx2.HTTPError:
                    raise self._gone() from None

    async def learn_beginning(self, request: ReplyRequest) -> None:
        """Read the instructions and tools of a request, and keep them: conversations with the same begin at once.

        Once for each is enough; it is done behind everything else. Where it is cancelled, what was read so far is kept.

        Raises:
            EngineError: as `reply`; `llm_preempted` when someone more urgent needed the slot.
            CapacityError: as `reply`.
        """
        whole = self._offered(replace(request, messages=request.messages[:1], conversation_id=""))
        with urgency(Urgency.BACKGROUND):
            for offered in (replace(whole, tools=()), whole) if whole.tools else (whole,):
                await self._learn(offered)

    async def _learn(self, offered: ReplyRequest) -> None:
        beginning = beginning_of(offered)
        async with self._slot(offered) as (slot, place):
            reader, beginnings = self._reader, self._beginnings
            if reader is None or beginnings is None or self._server.endpoint is None:
                raise self._gone()
            if await beginnings.has(beginning):
                return
            with beginnings.reading(beginning):
                is_whole = False
                try:
                    await _unless_wanted(place, reader.read(with_tools_told(offered), slot=slot))
                    is_whole = True
                except httpx2.HTTPError:
                    raise self._gone() from None
                finally:
                    if self._server.endpoint is not None:
                        with anyio.CancelScope(shield=True), anyio.move_on_after(_KEEP_SECONDS):
                            await beginnings.keep(beginning, slot=slot, is_whole=is_whole)

    async def aclose(self) -> None:
        """Stop the server and wait until its process is gone; replies under way end with an error."""
        await self._server.stop()
        await self._disconnect()

    async def _disconnect(self) -> None:
        if self._chat is not None:
            await self._chat.aclose()
        if self._reader is not None:
            await self._reader.aclose()
        if self._beginnings is not None:
            await self._beginnings.aclose()

    async def _connect(self, endpoint: LlamaEndpoint) -> None:
        """Greet a new server: let go of the old one's clients, and have every slot read the warm prompt."""
        await self._disconnect()
        self._reader = PromptReader(endpoint)
        shelf = BeginningsShelf(self._shelf, self._gguf, self._settings) if self._shelf is not None else None
        self._beginnings = Beginnings(endpoint, shelf)
        self._chat = OpenAiChat(
            endpoint.base_url,
            self._name,
            endpoint.api_key,
            settings=ChatSettings(
                deadlines=_DEADLINES,
                retries=ChatRetries(retries=0),
                sampling=self._sampling,
                keep_alive=False,
            ),
            who=_WHO,
        )
        self._table.forget()
        self._first_slot = endpoint.first_slot
        weights = await anyio.Path(self._gguf).stat()
        self._calls_tools = weights.st_size >= self._settings.small_model_bytes
        self._chains_calls = weights.st_size >= self._settings.chaining_model_bytes
        try:
            await self._read_warm(self._reader, self._beginnings)
        except httpx2.HTTPError:
            raise self._gone() from None

    async def _read_warm(self, reader: PromptReader, beginnings: Beginnings) -> None:
        """Have the first slot begin as most conversations will; the others take it up when they are needed."""
        # Without tools, of which most turns need none; they are learned when a conversation may need them.
        warm = replace(self._warm, tools=())
        beginning = beginning_of(warm)
        is_known = bool(warm.messages) and await beginnings.has(beginning)
        if is_known and await beginnings.take_up(beginning, slot=self._first_slot):
            return
        await reader.read(with_tools_told(warm), slot=self._first_slot)
        if warm.messages:
            await beginnings.keep(beginning, slot=self._first_slot)

    @asynccontextmanager
    async def _slot(self, request: ReplyRequest) -> AsyncIterator[tuple[int, Place]]:
        """Hold a slot, waiting for one in turn; it begins as the request's prompt does, if that was kept."""
        beginning = beginning_of(request)
        if self._beginnings is not None:
            await self._beginnings.read(beginning)
        try:
            place = await self._gate.enter(patience_seconds=_DEADLINES.first_token_seconds)
        except (QueueFullError, TimeoutError):
            raise _busy() from None
        try:
            slot = self._table.take(request.conversation_id, anyio.current_time())
            try:
                if self._beginnings is not None:
                    await self._beginnings.take_up(beginning, slot=self._first_slot + slot)
                yield self._first_slot + slot, place
            finally:
                self._table.release(slot, anyio.current_time())
        finally:
            place.leave()

    def _offered(self, request: ReplyRequest) -> ReplyRequest:
        return request if self._calls_tools else replace(request, tools=())

    def _connected(self) -> OpenAiChat:
        if self._server.endpoint is None or self._chat is None:
            raise self._gone()
        return self._chat

    def _gone(self) -> EngineError:
        if self._server.state in (LlamaState.FAILED, LlamaState.STOPPED):
            remedy = "Restart vivavoce, or choose a smaller model."
            return EngineError("llm_gone", f"{_WHO} has stopped for good.", remedy=remedy, stage=Stage.LLM)
        return EngineError(
            "llm_restarting",
            f"{_WHO} is being restarted.",
            remedy="Ask again in a moment.",
            stage=Stage.LLM,
            retryable=True,
        )


async def _unless_wanted(place: Place, work: Awaitable[Result]) -> Result:
    """Return what the work gives, unless someone more urgent wants the place meanwhile.

    Raises:
        EngineError: `llm_preempted`.
    """
    with anyio.CancelScope() as scope:
        place.offer(scope.cancel)
        return await work
    raise EngineError("llm_preempted", f"{_WHO} was needed for a more urgent reply.", stage=Stage.LLM, retryable=True)


def _busy() -> CapacityError:
    return CapacityError(
        "llm_busy", f"{_WHO} has more replies to compute than it can.", remedy="Ask again in a moment.", stage=Stage.LLM
    )
