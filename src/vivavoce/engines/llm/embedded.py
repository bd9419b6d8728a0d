"""Replies from a model on this machine: a supervised llama.cpp server, and a chat client over it.

Owns what makes the pair an engine for speech: short-reply sampling, a warm prompt, one slot a conversation, and plain
errors while the server is being restarted. Refuses to know where weights come from and what is said. The chat template
is the one inside the GGUF file.
"""

from __future__ import annotations

import dataclasses
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import anyio
from anyio import TASK_STATUS_IGNORED

from vivavoce.engines.caller import Urgency, urgency
from vivavoce.engines.fair_gate import FairGate
from vivavoce.engines.llm.chat_settings import SPOKEN, ChatDeadlines, ChatRetries, ChatSettings, Sampling
from vivavoce.engines.llm.llama_server import LlamaServer, LlamaState
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.llm.slot_memory import share_slot_memory
from vivavoce.engines.llm.slots import SlotTable
from vivavoce.engines.protocols import ChatMessage, ReplyRequest
from vivavoce.errors import CapacityError, EngineError, NetworkError, Stage
from vivavoce.resilience.fair_queue import QueueBounds, QueueFullError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
    from pathlib import Path

    from anyio.abc import TaskStatus

    from vivavoce.engines.fair_gate import GateStatistics, Place
    from vivavoce.engines.llm.llama_process import LlamaEndpoint
    from vivavoce.engines.protocols import ReplyDelta

__all__ = ["EmbeddedChat"]

Result = TypeVar("Result")

_DEADLINES = ChatDeadlines(connect_seconds=2.0, first_token_seconds=60.0, between_tokens_seconds=20.0)
_WAITING_PER_SLOT = 8
_WHO = "The embedded language model"


class EmbeddedChat:
    """A `ReplyEngine` whose model runs in a child process of ours.

    `run` has to be running somewhere for replies to come; while the child is being restarted, requests fail at once
    with a retryable `llm_restarting`. `warm_prompt` is a system prompt that every slot has read before it is needed.
    """

    def __init__(
        self,
        gguf: Path,
        settings: LlamaSettings | None = None,
        *,
        name: str = "",
        sampling: Sampling = SPOKEN,
        warm_prompt: str = "",
    ) -> None:
        self._name = name or gguf.stem
        self._settings = settings or LlamaSettings()
        self._sampling = sampling
        self._warm_prompt = warm_prompt
        self._server = LlamaServer(gguf, self._settings, alias=self._name, on_ready=self._connect)
        self._chat: OpenAiChat | None = None
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
        """Where the server answers, for what is not chat: the probability that the user's turn ends comes from here."""
        return self._server.endpoint

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
            EngineError: the server is gone, being restarted, or failed; `llm_preempted` when the slot was given up.
            CapacityError: too many replies wait already.
        """
        self._connected()
        async with (
            self._slot(request.conversation_id) as (slot, place),
            aclosing(self._connected().reply(request, extra_body=_in_slot(slot))) as deltas,
        ):
            try:
                while (delta := await _unless_wanted(place, anext(deltas, None))) is not None:
                    yield delta
            except NetworkError:
                raise self._gone() from None

    async def prefill(self, request: ReplyRequest) -> None:
        """Read a prompt without answering it, so that a reply to it, or to anything that begins like it, starts sooner.

        Raises:
            EngineError: as `reply`.
            CapacityError: as `reply`.
        """
        with urgency(Urgency.BACKGROUND):
            async with self._slot(request.conversation_id) as (slot, place):
                try:
                    await _unless_wanted(place, _read_prompt(self._connected(), request, slot=slot))
                except NetworkError:
                    raise self._gone() from None

    async def aclose(self) -> None:
        """Stop the server and wait until its process is gone; replies under way end with an error."""
        await self._server.stop()
        if self._chat is not None:
            await self._chat.aclose()

    async def _connect(self, endpoint: LlamaEndpoint) -> None:
        """Greet a new server: let go of the old one's client, and have every slot read the warm prompt."""
        if self._chat is not None:
            await self._chat.aclose()
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
        system = ChatMessage(role="system", content=self._warm_prompt)
        user = ChatMessage(role="user", content="Hello.")
        messages = (system, user) if self._warm_prompt else (user,)
        await _read_prompt(self._chat, ReplyRequest(messages=messages), slot=0)
        await share_slot_memory(endpoint, self._settings.slots)

    @asynccontextmanager
    async def _slot(self, conversation_id: str) -> AsyncIterator[tuple[int, Place]]:
        """Hold a slot, waiting for one in turn."""
        try:
            place = await self._gate.enter(patience_seconds=_DEADLINES.first_token_seconds)
        except (QueueFullError, TimeoutError):
            raise _busy() from None
        try:
            slot = self._table.take(conversation_id)
            try:
                yield slot, place
            finally:
                self._table.release(slot)
        finally:
            place.leave()

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


def _in_slot(slot: int) -> dict[str, object]:
    # Progress is asked for because the server learns of a closed connection only by writing to it: without progress, a
    # prompt that nobody waits for any more is read to its end (measured: 6.4 s for 700 tokens; with it, one batch).
    return {"id_slot": slot, "cache_prompt": True, "return_progress": True}


async def _read_prompt(chat: OpenAiChat, request: ReplyRequest, *, slot: int) -> None:
    # One token is the least that llama.cpp generates, whatever it is asked.
    shortest = dataclasses.replace(request, max_tokens=1)
    async with aclosing(chat.reply(shortest, extra_body=_in_slot(slot))) as deltas:
        async for _ in deltas:
            pass


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
