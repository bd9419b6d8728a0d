"""Which language model the user asks for: a name in the manifest, a file, or a server.

Owns the reading of `--llm`. Refuses to know whether the model, the file or the server exists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LlmSpec", "ModelFile", "ModelName", "ModelServer", "parse_llm_spec"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_KEY_VARIABLES = ("VIVAVOCE_LLM_API_KEY", "OPENAI_API_KEY")
_REMEDY = (
    "Give a model's name (smollm2-135m), the path of a .gguf file, or the URL of an OpenAI-compatible server "
    "(http://127.0.0.1:11434/v1#qwen3)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A model in the manifest."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A GGUF file on this machine."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServer:
    """An OpenAI-compatible server; `model` empty leaves the choice to it, `api_key` empty means it needs none."""

    base_url: str
    model: str
    api_key: str = field(repr=False)


LlmSpec = ModelName | ModelFile | ModelServer


def parse_llm_spec(text: str, environment: Mapping[str, str]) -> LlmSpec:
    """Read what `--llm` says; a server's key comes from VIVAVOCE_LLM_API_KEY, else from OPENAI_API_KEY.

    A URL without a path gets /v1, where such servers answer.

    Raises:
        InputError: `llm_spec_invalid`.
    """
    text = text.strip()
    if "://" in text:
        return _server(text, environment)
    if text.lower().endswith(".gguf"):
        return ModelFile(path=Path(text).expanduser())
    if _NAME.fullmatch(text):
        return ModelName(name=text)
    raise _invalid(f"'{text}' names no language model.")


def _server(text: str, environment: Mapping[str, str]) -> ModelServer:
    try:
        parts = urlsplit(text)
        has_port = parts.port != 0
    except ValueError:
        raise _invalid("The URL of the language model's server cannot be read.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not has_port:
        raise _invalid("The URL of the language model's server must begin with http:// or https:// and name a host.")
    if parts.username is not None or parts.password is not None:
        # Not quoted: it holds a secret.
        raise _invalid("A URL must not hold a user name or a password; put the key into VIVAVOCE_LLM_API_KEY.")
    if parts.query:
        raise _invalid("The URL of the language model's server must not have a query (?...).")
    path = parts.path.rstrip("/") or "/v1"
    key = next((environment[name] for name in _KEY_VARIABLES if environment.get(name)), "")
    return ModelServer(base_url=f"{parts.scheme}://{parts.netloc}{path}", model=unquote(parts.fragment), api_key=key)


def _invalid(message: str) -> InputError:
    return InputError("llm_spec_invalid", message, remedy=_REMEDY, param="llm")
