"""Replies from any server that speaks OpenAI's chat completions.

Owns one connection pool to one server: deadlines, retries before the first token, and the closing of a stream the
moment nobody listens. Refuses to know which server it is, who runs it, and what a conversation is. No key and no word
of a prompt goes into a log line or an error.
"""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import httpx2
import msgspec
import openai
import structlog

from vivavoce.engines.llm.chat_errors import CHAT_EXCEPTIONS, ChatFailure, ChatTarget, broken_stream, explain
from vivavoce.engines.llm.chat_settings import ChatSettings, Sampling
from vivavoce.engines.llm.chat_wire import ChatChunk, ChatDialect, ChunkReader, chat_body, parse_chunk
from vivavoce.engines.llm.remote_tokens import RemoteTokens
from vivavoce.engines.protocols import ReplyDelta
from vivavoce.errors import EngineError, Stage, VivavoceError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from vivavoce.engines.protocols import ReplyRequest

__all__ = ["OpenAiChat"]

_CLOSE_SECONDS = 1.0
_USAGE_SECONDS = 1.0
_MODELS_SECONDS = 10.0
_IDLE_CONNECTION_SECONDS = 300.0
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

_THERE = frozenset({"llm_bad_url", "llm_bad_stream", "llm_bad_request", "llm_model_not_found"})
"""What a server that is well may answer when it is asked for its models."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A stream whose first token is here."""

    stream: openai.AsyncStream[object]
    reader: ChunkReader
    first: tuple[ReplyDelta, ...]


class OpenAiChat:
    """A `ReplyEngine` over one OpenAI-compatible server.

    Requests go through the SDK's low-level `post` with plain JSON in and out: its typed `create` walks every message
    of the history against its type hints and builds a pydantic model a token, which was measured to bring the first
    token 2.6 ms later for a history of 22 messages.
    """

    def __init__(
        self,
        base_url: str,
        model: str = "",
        api_key: str = "",
        *,
        settings: ChatSettings | None = None,
        name: str = "",
        who: str = "",
    ) -> None:
        self._settings = settings or ChatSettings()
        self._target = ChatTarget(url=base_url.rstrip("/"), model=model, who=who)
        self._name = name or model or urlsplit(base_url).netloc
        self._dialect = ChatDialect()
        http_client = _http_client(self._target.url, self._settings)
        self._client = openai.AsyncOpenAI(
            base_url=self._target.url, api_key=api_key or "none", max_retries=0, http_client=http_client
        )
        self._tokens = RemoteTokens(http_client, self._target.url, api_key)

    @property
    def name(self) -> str:
        """The model's name; the server's address when the server chooses the model."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """How many tokens a prompt and its reply may have together: as was set, else 0 until a count has found out."""
        return self._settings.context_tokens or self._tokens.context_tokens

    async def count_tokens(self, request: ReplyRequest) -> int | None:
        """Return how many tokens the prompt has; None where the server has no route that tells."""
        body = chat_body(request, model=self._target.model, sampling=Sampling(), dialect=self._dialect)
        return await self._tokens.count(body)

    async def reply(
        self, request: ReplyRequest, *, extra_body: Mapping[str, object] | None = None
    ) -> AsyncGenerator[ReplyDelta, None]:
        """Stream the reply; the last delta is a `ReplyEnd`. Closing the iterator closes the HTTP stream at once.

        `extra_body` joins the request's body, over the settings' own.

        Raises:
            EngineError: the server refused, failed, stalled, or sent nonsense.
            NetworkError: the server cannot be reached, or hung up.
        """
        opened = await self._start(request, extra_body or {})
        try:
            for delta in opened.first:
                yield delta
            while (chunk := await self._next_chunk(opened)) is not None:
                for delta in opened.reader.read(chunk):
                    yield delta
        finally:
            await _close(opened.stream)
        yield opened.reader.end()

    async def models(self) -> tuple[str, ...]:
        """Return the names of the models the server offers. Leaves a warm connection behind.

        Raises:
            EngineError: the server refused or has no list.
            NetworkError: the server cannot be reached.
        """
        try:
            with anyio.fail_after(_MODELS_SECONDS):
                listed = await self._client.get("/models", cast_to=object)
            return tuple(entry.id for entry in msgspec.convert(listed, _ModelList).data)
        except TimeoutError:
            raise self._too_late("llm_timeout", "did not list its models in time") from None
        except CHAT_EXCEPTIONS as raised:
            raise explain(raised, self._target).error from None

    async def look(self) -> None:
        """Find out whether the server is there and takes the key; a server without a list of models is well, too.

        Raises:
            EngineError: it is not well.
            NetworkError: it cannot be reached.
        """
        try:
            await self.models()
        except VivavoceError as error:
            if error.code not in _THERE:
                raise

    async def aclose(self) -> None:
        """Close every connection; replies under way end with an error."""
        await self._client.close()

    async def _start(self, request: ReplyRequest, extra_body: Mapping[str, object]) -> _Opened:
        """Send the request, again if need be, until the first token is here."""
        failures = 0
        try:
            with anyio.fail_after(self._settings.deadlines.first_token_seconds):
                if not self._target.model:
                    self._target = dataclasses.replace(self._target, model=await self._only_model())
                while True:
                    outcome = await self._attempt(request, extra_body)
                    if isinstance(outcome, _Opened):
                        return outcome
                    if self._learned(outcome.refused_parameter):
                        continue
                    failures += 1
                    await self._wait_or_raise(outcome, failures)
        except TimeoutError:
            raise self._too_late("llm_first_token_timeout", "did not begin to answer in time") from None

    async def _attempt(self, request: ReplyRequest, extra_body: Mapping[str, object]) -> _Opened | ChatFailure:
        settings = self._settings
        body = chat_body(request, model=self._target.model, sampling=settings.sampling, dialect=self._dialect)
        async with contextlib.AsyncExitStack() as cleanup:
            try:
                stream = await self._client.post(
                    "/chat/completions",
                    cast_to=object,
                    body={**body, **settings.extra_body, **extra_body},
                    stream=True,
                    stream_cls=openai.AsyncStream[object],
                )
                cleanup.push_async_callback(_close, stream)
                reader = ChunkReader()
                while not (reader.is_generating or reader.is_finished):
                    chunk = await _read_chunk(stream)
                    if chunk is None:
                        return ChatFailure(error=broken_stream(self._target))
                    first = tuple(reader.read(chunk))
            except CHAT_EXCEPTIONS as raised:
                return explain(raised, self._target)
            cleanup.pop_all()
            return _Opened(stream, reader, first)

    async def _next_chunk(self, opened: _Opened) -> ChatChunk | None:
        """Return the next chunk; None at the end. What fails after the last word no longer matters."""
        is_finished = opened.reader.is_finished
        try:
            with anyio.fail_after(_USAGE_SECONDS if is_finished else self._settings.deadlines.between_tokens_seconds):
                return await _read_chunk(opened.stream)
        except TimeoutError:
            if is_finished:
                return None
            raise self._too_late("llm_stalled", "stopped in the middle of the reply") from None
        except CHAT_EXCEPTIONS as raised:
            if is_finished:
                return None
            raise explain(raised, self._target).error from None

    async def _wait_or_raise(self, failure: ChatFailure, failures: int) -> None:
        if not failure.error.retryable:
            raise failure.error
        if failure.hung_up and failures == 1 and self._settings.keep_alive:
            return  # most likely a connection kept from the turn before
        delay = self._settings.retries.delay_seconds(failures, failure.asked_seconds)
        if delay is None:
            raise failure.error
        _log.debug("llm_retry", engine=self._name, code=failure.error.code, delay_seconds=delay)
        await anyio.sleep(delay)

    def _learned(self, refused_parameter: str) -> bool:
        """Whether the refusal taught another way to say the same; each lesson is learned once."""
        dialect = self._dialect.without(refused_parameter)
        if dialect is None:
            return False
        self._dialect = dialect
        return True

    async def _only_model(self) -> str:
        names = await self.models()
        if names:
            return names[0]
        raise EngineError(
            "llm_model_not_found",
            f"{self._target.who} names no model.",
            remedy=f"Load one there, or name it after # as in {self._target.url}#MODEL.",
            stage=Stage.LLM,
        )

    def _too_late(self, code: str, what: str) -> EngineError:
        return EngineError(
            code,
            f"{self._target.who} {what}.",
            remedy="Try again, or use a smaller model.",
            stage=Stage.LLM,
            retryable=True,
        )


class _ModelEntry(msgspec.Struct, frozen=True):
    id: str


class _ModelList(msgspec.Struct, frozen=True):
    data: tuple[_ModelEntry, ...]


async def _read_chunk(stream: openai.AsyncStream[object]) -> ChatChunk | None:
    try:
        return parse_chunk(await anext(stream))
    except StopAsyncIteration:
        return None


async def _close(stream: openai.AsyncStream[object]) -> None:
    """Close the stream, also when its reader is being cancelled: the server stops generating when the socket closes."""
    with anyio.move_on_after(_CLOSE_SECONDS, shield=True), contextlib.suppress(httpx2.HTTPError):
        await stream.close()


def _http_client(url: str, settings: ChatSettings) -> httpx2.AsyncClient:
    """Return a client that keeps connections between turns and never sends loopback traffic to a proxy."""
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    deadlines = settings.deadlines
    return httpx2.AsyncClient(
        trust_env=parts.hostname not in _LOOPBACK_HOSTS,
        # Without TLS the certificates would be read for nothing (70 ms); so that nothing can lead from there into
        # unverified TLS, plain connections follow no redirects.
        verify=is_secure,
        follow_redirects=is_secure,
        timeout=httpx2.Timeout(
            deadlines.first_token_seconds + deadlines.between_tokens_seconds, connect=deadlines.connect_seconds
        ),
        limits=httpx2.Limits(
            max_connections=1000,
            max_keepalive_connections=100 if settings.keep_alive else 0,
            keepalive_expiry=_IDLE_CONNECTION_SECONDS,
        ),
    )
