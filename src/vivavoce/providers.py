"""Who does the hearing, the answering and the speaking, as users write it: lists of provider blocks.

Owns the blocks' fields, what each means, and the short form of one line (`http://127.0.0.1:11434/v1#qwen3`, a name, a
file). Refuses to know whether a server, a file or a model exists, and how any of them is used.

A list is in order of preference: when the first fails, the next goes on within the turn. With a list only what is in it
counts; `auto` may stand in it, as a last resort on this machine.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode

__all__ = [
    "AUTO",
    "LlmBlock",
    "LlmProviders",
    "ProviderBlock",
    "ProviderKind",
    "SttBlock",
    "SttProviders",
    "TtsBlock",
    "TtsProviders",
    "hub_spec",
]

ProviderKind = Literal["embedded", "openai", "hub"]

AUTO = {"kind": "embedded", "model": "auto"}
"""The block of whoever chooses nothing."""
_HUB_PREFIXES = ("hub:", "hf:")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SERVER = "the URL of an OpenAI-compatible server (http://127.0.0.1:11434/v1#qwen3)"


class ProviderBlock(BaseModel):
    """One provider of a job. An unset time or count follows from whether another provider stands behind this one."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    kind: ProviderKind = Field(
        description="embedded: on this machine; openai: a server; hub: weights off the hub. Follows from the others."
    )
    model: str = Field("", description="Name in the manifest, file or folder; the server's name for it; or hub name.")
    name: str = Field("", description="What it is called in reports; empty for its model and address.")
    base_url: str = Field("", description="Where the server's API begins, most often ending in /v1.")
    api_key: SecretStr | None = Field(None, description="The server's key; never shown.")
    api_key_env: str = Field("", description="Environment variable that holds the key, so that no file has to.")
    connect_seconds: float | None = Field(None, gt=0, description="For the connection (2 with another behind, else 5).")
    first_seconds: float | None = Field(
        None, gt=0, description="To the first token, word or sound, before the next is asked (6 with another behind)."
    )
    between_seconds: float = Field(10.0, gt=0, description="Between two pieces of an answer.")
    retries: int | None = Field(
        None, ge=0, le=10, description="Times a failed request is sent again (0 with another behind, else 2)."
    )
    check_seconds: float = Field(30.0, ge=1.0, description="Between two looks at whether the server is well.")

    @model_validator(mode="before")
    @classmethod
    def _infer_kind(cls, values: object) -> object:
        if not isinstance(values, dict) or "kind" in values:
            return values
        if values.get("base_url"):
            return {"kind": "openai", **values}
        is_hub = str(values.get("model", "")).startswith(_HUB_PREFIXES)
        return {"kind": "hub" if is_hub else "embedded", **values}

    @field_validator("base_url")
    @classmethod
    def _whole_url(cls, url: str) -> str:
        """Add the path at which such servers answer, where none is given."""
        if not url:
            return url
        _check_url(url)
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"

    @model_validator(mode="after")
    def _check(self) -> ProviderBlock:
        if self.kind == "openai" and not self.base_url:
            raise ValueError("a provider of kind openai needs a base_url")
        if self.kind == "openai":
            return self
        if self.base_url:
            raise ValueError(f"a provider of kind {self.kind} has no base_url; use kind = 'openai'")
        if not self.model:
            raise ValueError(f"a provider of kind {self.kind} needs a model")
        return self

    @property
    def is_remote(self) -> bool:
        """Whether it is a server."""
        return self.kind == "openai"

    @property
    def address(self) -> str:
        """Host and port of the server; empty for what runs here. Holds no secrets."""
        return urlsplit(self.base_url).netloc

    @property
    def title(self) -> str:
        """What reports call it."""
        if self.name:
            return self.name
        if not self.is_remote:
            return self.model
        return f"{self.model}@{self.address}" if self.model else self.address

    def __str__(self) -> str:
        if self.kind == "hub":
            return f"hub:{hub_spec(self.model)}"
        if self.kind == "embedded":
            return self.model
        return f"{self.base_url}#{self.model}" if self.model else self.base_url


class SttBlock(ProviderBlock):
    """A provider of speech recognition."""

    languages: tuple[str, ...] = Field((), description="Languages it is asked for (ISO 639-1); empty for all it knows.")
    stream: bool = Field(True, description="Whether words are asked for as they are recognised, where a server can.")


class TtsBlock(ProviderBlock):
    """A provider of voices."""

    languages: tuple[str, ...] = Field((), description="Languages it is asked for (ISO 639-1); empty for all it knows.")
    voices: dict[str, str] = Field(
        {}, description="The server's voice for each of ours, for a language, or for all others (`*`)."
    )
    sample_rate_hz: int = Field(24_000, ge=8_000, le=48_000, description="Rate of the PCM that the server sends.")


class LlmBlock(ProviderBlock):
    """A provider of replies."""

    temperature: float | None = Field(None, ge=0, le=2, description="How freely words are drawn; unset for its own.")
    max_tokens: int | None = Field(None, ge=1, description="Tokens of a reply at most; unset for its own bound.")
    context_tokens: int | None = Field(
        None, ge=512, description="Tokens that a server takes for prompt and reply together; unset for what it tells."
    )
    body: dict[str, object] = Field({}, description="Fields sent with each request beside the standard ones.")

    @model_validator(mode="after")
    def _check_model(self) -> LlmBlock:
        if self.context_tokens is not None and not self.is_remote:
            raise ValueError("context_tokens is for servers; a model on this machine tells its own")
        is_file = self.model.lower().endswith(".gguf")
        if self.kind == "embedded" and not is_file and not _PLAIN_NAME.fullmatch(self.model):
            raise ValueError(
                f"{self.model!r} names no language model; give a model's name (smollm2-135m), the path of a .gguf "
                f"file, a hub name (hub:OWNER/REPO:Q4_K_M), or {_SERVER}"
            )
        return self


Block = TypeVar("Block", bound=ProviderBlock)


def hub_spec(model: str) -> str:
    """Return a hub name without the prefix that marks it as one."""
    for prefix in _HUB_PREFIXES:
        model = model.removeprefix(prefix)
    return model


def _read(value: object) -> object:
    """Return a list of blocks from whatever a list may be written as."""
    if isinstance(value, str):
        text = value.strip()
        if text.startswith(("[", "{")):
            try:
                return _read(json.loads(text))
            except json.JSONDecodeError as error:
                raise ValueError(f"it is no JSON: {error.msg}") from None
        return [_line(part) for part in text.split(",")]
    if isinstance(value, dict | ProviderBlock):
        return [value]
    if isinstance(value, list | tuple):
        return [_line(item) if isinstance(item, str) else item for item in value]
    raise ValueError("give names, files and URLs parted by commas, or blocks")


def _line(text: str) -> dict[str, str]:
    """Return the block that one line stands for."""
    text = text.strip()
    if not text:
        raise ValueError(f"nothing is named; give auto, a model's name, a file, or {_SERVER}")
    if "://" not in text:
        return {"model": text}
    address, _, model = text.partition("#")
    return {"base_url": address, "model": unquote(model)}


def _check_url(url: str) -> None:
    """Refuse what is no address of a server, without quoting it: it may hold a secret."""
    try:
        parts = urlsplit(url)
        has_port = parts.port != 0
    except ValueError:
        raise ValueError("the server's URL cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not has_port:
        raise ValueError("the server's URL must begin with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("a URL must not hold a user name or a password; use api_key or api_key_env")
    if parts.query or parts.fragment:
        raise ValueError("a base_url ends with its path (.../v1): no query, and the model stands in its own field")


def _told_apart(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    if not blocks:
        raise ValueError("a list of providers must not be empty")
    titles = [block.title for block in blocks]
    if len(set(titles)) < len(titles):
        raise ValueError("two providers have the same name; give one of them another with name")
    return blocks


def _one_here(blocks: tuple[LlmBlock, ...]) -> tuple[LlmBlock, ...]:
    if sum(not block.is_remote for block in blocks) > 1:
        raise ValueError("only one language model runs on this machine; the others have to be servers")
    return blocks


SttProviders = Annotated[tuple[SttBlock, ...], NoDecode, BeforeValidator(_read), AfterValidator(_told_apart)]
LlmProviders = Annotated[
    tuple[LlmBlock, ...], NoDecode, BeforeValidator(_read), AfterValidator(_told_apart), AfterValidator(_one_here)
]
TtsProviders = Annotated[tuple[TtsBlock, ...], NoDecode, BeforeValidator(_read), AfterValidator(_told_apart)]
