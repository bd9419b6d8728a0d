"""How a chat server is used: deadlines, retries, sampling.

Owns the numbers and their reasons. Refuses to know the server they are used on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["SPOKEN", "ChatDeadlines", "ChatRetries", "ChatSettings", "Sampling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatDeadlines:
    """How long a server may take.

    `first_token_seconds` covers everything before the first piece of the reply, retries included; it is long enough
    for a server that loads its model on the first request. Keep-alive comments do not count as progress.
    """

    connect_seconds: float = 5.0
    first_token_seconds: float = 30.0
    between_tokens_seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRetries:
    """How often a request is sent again while nothing of the reply has come: waits double, up to a longest one."""

    retries: int = 2
    first_delay_seconds: float = 0.25
    longest_delay_seconds: float = 2.0

    def delay_seconds(self, failures: int, asked_seconds: float = 0.0) -> float | None:
        """Return the wait after that many failures, at least what the server asked for; None when to give up."""
        if failures > self.retries or asked_seconds > self.longest_delay_seconds:
            return None
        doubled = self.first_delay_seconds * 2.0 ** (failures - 1)
        return max(asked_seconds, min(doubled, self.longest_delay_seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is drawn; None leaves a choice to the server.

    `repeat_penalty` is llama.cpp's name; other servers ignore or refuse it.
    """

    temperature: float | None = None
    top_p: float | None = None
    repeat_penalty: float | None = None
    max_tokens: int | None = None


SPOKEN = Sampling(temperature=0.4, top_p=0.9, repeat_penalty=1.1, max_tokens=200)
"""For small models that speak: close to the likeliest words, no loops, and an end within a minute of speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """Everything about a chat server but its address, model and key.

    `extra_body` is sent with every request, for fields that are the server's own. `keep_alive` False opens a
    connection a request: right for a server that closes after every reply and does not say so (llama.cpp's).
    `context_tokens` is what a prompt and its reply may have together; 0 leaves that to the server to tell, and some
    never do, but cut what is too long (Ollama).
    """

    deadlines: ChatDeadlines = ChatDeadlines()
    retries: ChatRetries = ChatRetries()
    sampling: Sampling = Sampling()
    extra_body: Mapping[str, object] = field(default_factory=dict)
    keep_alive: bool = True
    context_tokens: int = 0
