"""How long a prompt is to a chat server's model, asked of the server where it has a route for that.

Owns two dialects, llama.cpp's (`/props`, `/apply-template` and `/tokenize` at the root) and vLLM's (`/tokenize` takes
messages; `/v1/models` tells the longest context). A server that knows neither is asked once and no more. Refuses to
guess; whoever asks has other means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import httpx2
import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RemoteTokens"]

_DEADLINE_SECONDS = 2.0


class _Generation(msgspec.Struct, frozen=True):
    n_ctx: int = 0


class _Props(msgspec.Struct, frozen=True):
    default_generation_settings: _Generation = _Generation()


class _Rendered(msgspec.Struct, frozen=True):
    prompt: str


class _Counted(msgspec.Struct, frozen=True):
    """vLLM tells `count` and `max_model_len`, llama.cpp the tokens."""

    count: int | None = None
    max_model_len: int = 0
    tokens: tuple[object, ...] = ()


class RemoteTokens:
    """Counts prompts on the server at `base_url`, through somebody else's HTTP client."""

    def __init__(self, client: httpx2.AsyncClient, base_url: str, api_key: str) -> None:
        self._client = client
        self._root = base_url.rstrip("/").removesuffix("/v1")
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._is_llama: bool | None = None
        self._can_count = True
        self.context_tokens = 0

    async def count(self, body: Mapping[str, object]) -> int | None:
        """Return how many tokens the prompt of a chat request has; None where the server does not say."""
        if not self._can_count:
            return None
        try:
            with anyio.fail_after(_DEADLINE_SECONDS):
                if self._is_llama is None:
                    self._is_llama = await self._find_out()
                return await (self._by_llama(body) if self._is_llama else self._by_vllm(body))
        except httpx2.HTTPStatusError as error:
            self._can_count = error.response.status_code not in (404, 405, 501)
            return None
        except (httpx2.HTTPError, msgspec.MsgspecError, TimeoutError):
            return None

    async def _find_out(self) -> bool:
        """Whether this is llama.cpp's server, which says how long a context is."""
        response = await self._client.get(f"{self._root}/props", headers=self._headers)
        if response.is_server_error:
            # It may be loading its model: what it is, is found out when it is asked next.
            response.raise_for_status()
        if not response.is_success:
            return False
        self.context_tokens = msgspec.json.decode(response.content, type=_Props).default_generation_settings.n_ctx
        return self.context_tokens > 0

    async def _by_llama(self, body: Mapping[str, object]) -> int:
        rendered = msgspec.json.decode(await self._post("/apply-template", body), type=_Rendered).prompt
        asked = {"content": rendered, "add_special": True, "parse_special": True}
        return len(msgspec.json.decode(await self._post("/tokenize", asked), type=_Counted).tokens)

    async def _by_vllm(self, body: Mapping[str, object]) -> int | None:
        asked = {key: body[key] for key in ("model", "messages", "tools") if key in body}
        counted = msgspec.json.decode(await self._post("/tokenize", asked), type=_Counted)
        self.context_tokens = counted.max_model_len or self.context_tokens
        return counted.count

    async def _post(self, path: str, body: Mapping[str, object]) -> bytes:
        response = await self._client.post(f"{self._root}{path}", json=dict(body), headers=self._headers)
        response.raise_for_status()
        return response.content
