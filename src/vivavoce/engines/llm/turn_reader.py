"""The probability that a turn is over, read off the words so far by a small language model.

Owns a llama.cpp server of its own for that, which no reply has to wait for, and the reading of its probabilities.
Refuses to know pauses, sound, and what is made of the probability. A model that has seen many conversations expects the
end of the user's message, or of the sentence, where a sentence is whole: E. Ekstedt, G. Skantze, "TurnGPT: a
Transformer-based Language Model for Predicting Turn-taking in Spoken Dialog", EMNLP 2020.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import anyio
import httpx2
import msgspec
import structlog
from anyio import TASK_STATUS_IGNORED

from vivavoce.engines.llm.llama_server import LlamaServer
from vivavoce.engines.llm.llama_settings import LlamaSettings
from vivavoce.engines.llm.prompt_reading import in_slot
from vivavoce.engines.llm.readings import Readings
from vivavoce.engines.llm.slots import SlotTable

if TYPE_CHECKING:
    from pathlib import Path

    from anyio.abc import TaskStatus

    from vivavoce.engines.llm.llama_process import LlamaEndpoint

__all__ = ["LlamaTurnReader", "as_asked", "end_probability"]

_SETTINGS = LlamaSettings(slots=4, slot_context_tokens=256, compact_context=False, repack_weights=False)
"""Its weights are mapped from the file, and so shared with every other process that does so."""

_DEADLINE_SECONDS = 0.15
_ALTERNATIVES = 40
"""Next words that are looked at: behind a whole sentence they hold 95 % of the probability."""

_USER = "<|im_start|>user\n"
_WORDS_AT_A_TIME = 32
_LAST_LATIN = "\u024f"

_log = structlog.get_logger(__name__)


class LlamaTurnReader:
    """An `EndOfTurnReader` for English, by a small model that speaks ChatML (SmolLM2); `run` has to be running.

    A word more takes 8 ms, ten words that it has not seen before 50 ms.
    """

    def __init__(self, gguf: Path, settings: LlamaSettings = _SETTINGS) -> None:
        self._server = LlamaServer(gguf, settings, alias="turn-reader", on_ready=self._connect)
        self._client: httpx2.AsyncClient | None = None
        self._table = SlotTable(settings.slots)
        self._readings = Readings()

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Keep the server running until cancelled or closed; reports started when it can be asked. Once.

        Raises:
            ModelError: the weights are missing or no GGUF file.
            EngineError: the first start failed, or the process crashed too often.
        """
        await self._server.run(task_status=task_status)

    async def turn_end_probability(self, words: str, *, conversation_id: str) -> float | None:
        """Return P(the turn ends after `words`), or None: for other scripts than Latin, and when it would take long.

        To be asked with part of the words before makes it quicker. A later question about the same conversation ends
        an earlier one.
        """
        prompt = as_asked(words)
        await self._readings.end(conversation_id)
        if prompt is None or self._client is None or self._server.endpoint is None:
            return None
        with self._readings.of(conversation_id), anyio.move_on_after(_DEADLINE_SECONDS):
            try:
                return await self._ask(self._client, prompt, conversation_id)
            except (httpx2.HTTPError, msgspec.MsgspecError) as error:
                _log.debug("turn_not_read", error=type(error).__name__)
        return None

    async def aclose(self) -> None:
        """Stop the server and wait until its process is gone."""
        await self._server.stop()
        if self._client is not None:
            await self._client.aclose()

    async def _connect(self, endpoint: LlamaEndpoint) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = endpoint.client(_DEADLINE_SECONDS)
        self._table.forget()

    async def _ask(self, client: httpx2.AsyncClient, prompt: str, conversation_id: str) -> float | None:
        try:
            slot = self._table.take(conversation_id, anyio.current_time())
        except LookupError:
            return None
        try:
            body = {"prompt": prompt, "n_predict": 1, "n_probs": _ALTERNATIVES, "temperature": 0, **in_slot(slot)}
            response = await client.post("/completion", json=body)
        finally:
            self._table.release(slot, anyio.current_time())
        response.raise_for_status()
        return end_probability(response.content)


class _Alternative(msgspec.Struct, frozen=True):
    token: str
    logprob: float


class _Step(msgspec.Struct, frozen=True):
    top_logprobs: tuple[_Alternative, ...]


class _Completion(msgspec.Struct, frozen=True):
    completion_probabilities: tuple[_Step, ...]


def as_asked(words: str) -> str | None:
    """Return the prompt whose next token is looked at; None where the model cannot tell.

    Case and punctuation are the recogniser's guesses, and would give away what it thinks. Of many words the last are
    enough; they leave by the dozen, so that most of what was read can be used again.
    """
    plain = words.lower().replace("’", "'").rstrip(" .?!,;:…-").split()
    if not plain or any(letter.isalpha() and letter > _LAST_LATIN for word in plain for letter in word):
        return None
    leaving = max(0, len(plain) // _WORDS_AT_A_TIME - 1) * _WORDS_AT_A_TIME
    return _USER + " ".join(plain[leaving:])


def end_probability(completion: bytes) -> float | None:
    """Return how likely the message, or a sentence of it, ends here, from llama.cpp's answer to `/completion`.

    Raises:
        MsgspecError: it is no such answer.
    """
    steps = msgspec.json.decode(completion, type=_Completion).completion_probabilities
    if not steps:
        return None
    return min(1.0, math.fsum(math.exp(next_.logprob) for next_ in steps[0].top_logprobs if _is_end(next_.token)))


def _is_end(token: str) -> bool:
    # Control tokens, <|im_end|> among them, are shown as empty text.
    return not token or "\n" in token or token.lstrip()[:1] in (".", "?", "!")
