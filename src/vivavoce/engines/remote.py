"""Speech engines on another server that speaks OpenAI's audio API: the client they share, and its failures.

Owns the deadlines and the plain words. Refuses to know what is transcribed or spoken, and logs none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai

from vivavoce.errors import EngineError

if TYPE_CHECKING:
    from vivavoce.errors import Stage

__all__ = ["remote_client", "remote_failure"]

ANSWER_SECONDS = 20.0


def remote_client(base_url: str, api_key: str) -> openai.AsyncOpenAI:
    """Return a client for the server; `api_key` empty for one that needs none."""
    return openai.AsyncOpenAI(base_url=base_url, api_key=api_key or "none", max_retries=1, timeout=ANSWER_SECONDS)


def remote_failure(error: Exception, *, stage: Stage, base_url: str) -> EngineError:
    """Return what went wrong in plain words, without what was said and without the key."""
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return EngineError(
            f"{stage}_unauthorised",
            f"The server at {base_url} does not accept the key.",
            remedy="Set OPENAI_API_KEY to one that it accepts.",
            stage=stage,
        )
    if isinstance(error, openai.APIStatusError):
        return EngineError(
            f"{stage}_server_error",
            f"The server at {base_url} answered with HTTP status {error.status_code}.",
            remedy="Check the model's name after '#', and the server's log.",
            stage=stage,
            retryable=error.status_code >= 429,
        )
    return EngineError(
        f"{stage}_unreachable",
        f"The server at {base_url} does not answer.",
        remedy="Is it running? Check the URL.",
        stage=stage,
        retryable=True,
    )
