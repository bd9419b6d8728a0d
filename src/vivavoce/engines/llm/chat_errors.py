"""What went wrong with a chat server, in plain words.

Owns the one mapping from the SDK's exceptions to typed errors, and what each allows: another try, another way to say
the same. Refuses to quote the server: its words may hold the key or the prompt. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2
import msgspec
import openai

from vivavoce.errors import EngineError, NetworkError, Stage, VivavoceError

__all__ = ["CHAT_EXCEPTIONS", "ChatFailure", "ChatTarget", "broken_stream", "explain"]

CHAT_EXCEPTIONS = (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, msgspec.ValidationError, ValueError)
"""All that the SDK and the reading of its events raise: bad JSON and bad UTF-8 are ValueErrors."""

_PLAIN_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CONTEXT_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error"})
_KEY_REMEDY = "Put a key that this server accepts into VIVAVOCE_LLM_API_KEY (or OPENAI_API_KEY)."
_BASE_URL_REMEDY = "Check the base URL; for an OpenAI-compatible server it usually ends in /v1."


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTarget:
    """Which server and model a request went to; the URL holds no credentials. `who` begins sentences about it."""

    url: str
    model: str
    who: str = ""

    def __post_init__(self) -> None:
        if not self.who:
            object.__setattr__(self, "who", f"The server at {self.url}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFailure:
    """A typed error, and what may be done about it before it is raised.

    `asked_seconds` is the wait the server asked for; `hung_up` tells that the connection broke, most often one kept
    from the turn before, so that another try need not wait; `refused_parameter` names a parameter that this server
    does not know.
    """

    error: VivavoceError
    asked_seconds: float = 0.0
    hung_up: bool = False
    refused_parameter: str = ""


def explain(raised: Exception, target: ChatTarget) -> ChatFailure:
    """Say what an exception out of `CHAT_EXCEPTIONS` means."""
    if isinstance(raised, openai.APIStatusError):
        return _explain_status(raised, target)
    if isinstance(raised, openai.APIConnectionError):
        return _explain_connection(raised.__cause__ or raised, target)
    if isinstance(raised, httpx2.HTTPError | httpx2.StreamError):
        return _explain_connection(raised, target)
    if isinstance(raised, openai.APIError):
        return ChatFailure(error=_server_failed(target, _code_of(raised)))
    return ChatFailure(error=broken_stream(target))


def broken_stream(target: ChatTarget) -> VivavoceError:
    """Return the error for an answer that is no chat stream."""
    return _engine_error(
        "llm_bad_stream",
        f"{target.who} answered with something that is no chat stream.",
        _BASE_URL_REMEDY,
        retryable=True,
    )


def _explain_connection(cause: BaseException, target: ChatTarget) -> ChatFailure:
    error: VivavoceError
    if isinstance(cause, httpx2.ConnectTimeout | httpx2.PoolTimeout):
        error = _network_error(
            "llm_connect_timeout",
            f"{target.who} did not accept the connection in time.",
            f"Is {target.url} reachable from this machine?",
        )
    elif isinstance(cause, httpx2.TimeoutException):
        error = _network_error("llm_timeout", f"{target.who} stopped answering.", "Try again, or restart that server.")
    elif isinstance(cause, httpx2.ConnectError):
        error = _network_error(
            "llm_unreachable",
            f"No connection to the language model's server at {target.url}.",
            f"Is the server at {target.url} running?",
        )
    elif isinstance(cause, httpx2.UnsupportedProtocol | httpx2.InvalidURL):
        error = _engine_error("llm_bad_url", f"{target.url} is no URL of a server.", _BASE_URL_REMEDY)
    else:
        error = _network_error(
            "llm_disconnected",
            f"{target.who} closed the connection before the reply was whole.",
            "Try again; if it goes on, see that server's own log.",
        )
        return ChatFailure(error=error, hung_up=True)
    return ChatFailure(error=error)


def _explain_status(raised: openai.APIStatusError, target: ChatTarget) -> ChatFailure:
    code = _code_of(raised)
    status = raised.status_code
    if status in (401, 403):
        message = f"{target.who} refused the API key."
        return ChatFailure(error=_engine_error("llm_unauthorised", message, _KEY_REMEDY))
    if status == 404:
        return ChatFailure(error=_not_found(raised, target))
    if status == 429:
        return _rate_limited(raised, target, code)
    if status in (408, 409, 425) or status >= 500:
        return ChatFailure(error=_server_failed(target, code or f"HTTP {status}"), asked_seconds=_retry_after(raised))
    if code in _CONTEXT_CODES:
        error = _engine_error(
            "llm_context_too_long",
            f"The conversation is longer than {target.model} can read.",
            "Start a new conversation, or give the model a larger context.",
        )
        return ChatFailure(error=error)
    error = _engine_error(
        "llm_bad_request",
        f"{target.who} refused the request ({code or f'HTTP {status}'}).",
        f"Check that it serves {target.model} for chat, and see that server's own log.",
    )
    return ChatFailure(error=error, refused_parameter=_refused_parameter(raised))


def _not_found(raised: openai.APIStatusError, target: ChatTarget) -> VivavoceError:
    # The words are only looked at: "model 'x' not found" (Ollama), "The model `x` does not exist" (OpenAI, vLLM).
    if "model" in str(raised.message).lower() or _code_of(raised) == "model_not_found":
        return _engine_error(
            "llm_model_not_found",
            f"{target.who} has no model {target.model}.",
            f"GET {target.url}/models lists what it has; put one after # in the URL.",
        )
    return _engine_error("llm_bad_url", f"{target.who} answers no chats there.", _BASE_URL_REMEDY)


def _rate_limited(raised: openai.APIStatusError, target: ChatTarget, code: str) -> ChatFailure:
    if code == "insufficient_quota":
        message = f"The account behind the key for {target.url} has no quota left."
        return ChatFailure(error=_engine_error("llm_quota_exhausted", message, "Top it up, or use another model."))
    asked = _retry_after(raised)
    message = f"{target.who} limits how often it is asked."
    remedy = f"Wait {asked:.0f} seconds and ask again." if asked else "Wait a little and ask again."
    return ChatFailure(error=_engine_error("llm_rate_limited", message, remedy, retryable=True), asked_seconds=asked)


def _server_failed(target: ChatTarget, detail: str) -> VivavoceError:
    message = f"{target.who} failed" + (f" ({detail})." if detail else ".")
    return _engine_error("llm_server_error", message, "Try again; see that server's own log.", retryable=True)


def _refused_parameter(raised: openai.APIStatusError) -> str:
    if raised.param:
        return str(raised.param)
    # vLLM, Mistral and others name the parameter only in their words.
    words = f"{raised.message} {raised.body}"
    return next((name for name in ("stream_options", "max_tokens") if name in words), "")


def _code_of(raised: openai.APIError) -> str:
    # llama.cpp puts its number into "code" and its name into "type".
    for code in (raised.code, raised.type):
        if isinstance(code, str) and _PLAIN_CODE.fullmatch(code) and not code.isdigit():
            return code
    return ""


def _retry_after(raised: openai.APIStatusError) -> float:
    try:
        return max(0.0, float(raised.response.headers.get("retry-after", "0")))
    except ValueError:  # an HTTP date: rare, and worth no parser
        return 0.0


def _engine_error(code: str, message: str, remedy: str, *, retryable: bool = False) -> EngineError:
    return EngineError(code, message, remedy=remedy, stage=Stage.LLM, retryable=retryable)


def _network_error(code: str, message: str, remedy: str) -> NetworkError:
    return NetworkError(code, message, remedy=remedy)
