"""Speech engines on another server that speaks OpenAI's audio API: the client they share, and its failures.

Owns the deadlines, the plain words, and the look at whether a server is well. Refuses to know what is transcribed or
spoken, and logs none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import httpx2
import openai

from vivavoce.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import TypeVar

    from vivavoce.errors import Stage, VivavoceError

    Piece = TypeVar("Piece")

__all__ = ["REMOTE_EXCEPTIONS", "Patience", "Remote"]

REMOTE_EXCEPTIONS = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, ValueError)
"""All that the SDK and the reading of its streams raise: what breaks in the middle is not its own kind of error."""

_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_LOOK_SECONDS = 5.0
_LESS_THAN_AN_ANSWER = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server may take, in seconds: for the connection, to the first piece of an answer, between two.

    `retries` counts the times a request is sent again, with growing waits, while nothing of the answer has come.
    """

    connect_seconds: float = 5.0
    first_seconds: float = 20.0
    between_seconds: float = 10.0
    retries: int = 1


class Remote:
    """A connection pool to one server, for one job; `api_key` empty for a server that needs none."""

    def __init__(self, base_url: str, api_key: str, *, stage: Stage, patience: Patience) -> None:
        self.base_url = base_url
        self.stage = stage
        self.patience = patience
        parts = urlsplit(base_url)
        timeout = httpx2.Timeout(patience.first_seconds + patience.between_seconds, connect=patience.connect_seconds)
        self.client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            max_retries=patience.retries,
            timeout=timeout,
            # Without TLS the certificates would be read for nothing (70 ms), and loopback goes through no proxy.
            http_client=httpx2.AsyncClient(
                trust_env=parts.hostname not in _LOOPBACK_HOSTS,
                verify=parts.scheme == "https",
                follow_redirects=parts.scheme == "https",
                timeout=timeout,
            ),
        )

    async def first(self, work: Awaitable[Piece]) -> Piece:
        """Wait for the first piece of an answer, retries included.

        Raises:
            EngineError: `*_timeout`.
        """
        return await self._within(self.patience.first_seconds, work)

    async def next(self, work: Awaitable[Piece]) -> Piece:
        """Wait for the next piece of an answer.

        Raises:
            EngineError: `*_timeout`.
        """
        return await self._within(self.patience.between_seconds, work)

    async def look(self) -> None:
        """Find out whether the server is there and takes the key; what it answers otherwise is no matter.

        Raises:
            EngineError: it is not, or does not.
        """
        try:
            await self._within(_LOOK_SECONDS, self.client.with_options(max_retries=0).get("/models", cast_to=object))
        except openai.APIStatusError as error:
            if error.status_code in (401, 403) or error.status_code >= _LESS_THAN_AN_ANSWER:
                raise self.failure(error) from None
        except REMOTE_EXCEPTIONS as error:
            raise self.failure(error) from None

    def failure(self, error: Exception) -> EngineError:
        """Return what went wrong in plain words, without what was said and without the key."""
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return self._error(
                "unauthorised",
                f"The server at {self.base_url} does not accept the key.",
                "Put one that it accepts into the provider's api_key, or into OPENAI_API_KEY.",
            )
        if isinstance(error, openai.APIStatusError):
            is_ours = error.status_code < _LESS_THAN_AN_ANSWER and error.status_code not in (404, 408, 409, 425, 429)
            return self._error(
                "bad_request" if is_ours else "server_error",
                f"The server at {self.base_url} answered with HTTP status {error.status_code}.",
                "Check the model's name after '#', and the server's log.",
                retryable=error.status_code >= 429,
            )
        return self._error(
            "unreachable",
            f"The server at {self.base_url} does not answer.",
            "Is it running? Check the URL.",
            retryable=True,
        )

    def nonsense(self, what: str) -> VivavoceError:
        """Return the error for an answer that is not what was asked for."""
        return self._error(
            "bad_answer",
            f"The server at {self.base_url} answered with something that is no {what}.",
            "Check the base URL; for an OpenAI-compatible server it usually ends in /v1.",
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()

    async def _within(self, seconds: float, work: Awaitable[Piece]) -> Piece:
        with anyio.move_on_after(seconds):
            return await work
        raise self._error(
            "timeout",
            f"The server at {self.base_url} did not answer within {seconds:g} seconds.",
            "Give it more time, or use a smaller model there.",
            retryable=True,
        )

    def _error(self, what: str, message: str, remedy: str, *, retryable: bool = False) -> EngineError:
        return EngineError(f"{self.stage}_{what}", message, remedy=remedy, stage=self.stage, retryable=retryable)
