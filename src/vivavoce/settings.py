"""The server's settings: one record, from the command line, the environment, a file and the defaults, in that order.

Owns every setting's name, meaning, unit, range and default, and knows where each value came from. Refuses to know what
is done with them; `app` wires.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import to_jsonable_python
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from vivavoce.errors import InputError
from vivavoce.providers import AUTO, LlmBlock, LlmProviders, SttBlock, SttProviders, TtsBlock, TtsProviders

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONFIG_FILE", "Origin", "Settings", "exact_settings", "load_settings", "origins", "revealed"]

CONFIG_FILE = "vivavoce.toml"

_MAY_BE_SECRET = {"api_key", "api_key_env", "base_url", "llm_api_key", "users", "database"}

_Listed = Annotated[
    tuple[str, ...],
    NoDecode,  # in the environment a list is written with commas, not as JSON
    BeforeValidator(lambda value: [part.strip() for part in value.split(",")] if isinstance(value, str) else value),
]

Origin = Literal["command line", "environment", "file", "default"]


class Settings(BaseSettings):
    """Everything that can be set: `VIVAVOCE_NAME` in the environment, `name` in the file, some of it on commands."""

    config_file: ClassVar[Path] = Path(CONFIG_FILE)
    model_config = SettingsConfigDict(
        env_prefix="VIVAVOCE_", extra="forbid", frozen=True, validate_default=False, hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on; any but loopback needs an API key.")
    port: int = Field(8765, ge=0, le=65_535, description="Port to listen on; 0 takes a free one.")
    tls: bool = Field(False, description="Serve https, with a certificate made for this machine.")
    tls_cert: Path | None = Field(None, description="Your own certificate for https (PEM, with its chain).")
    tls_key: Path | None = Field(None, description="The key of tls_cert (PEM, without a password).")
    api_key: SecretStr | None = Field(None, description="Key that clients must show.")
    allowed_origins: tuple[str, ...] = Field((), description="Web origins besides our own that may connect.")
    language: str = Field("en", description="Language of sessions that name none: an ISO 639-1 code, or auto.")
    engines: Literal["embedded", "instant"] = Field(
        "embedded",
        description="instant: engines that cost nothing, for measuring the server itself; embedded: real ones.",
    )
    stt: SttProviders = Field(
        (SttBlock.model_validate(AUTO),),
        description="Speech recognisers in order of preference: auto (by language), NAME, FOLDER, hub:NAME, URL#MODEL.",
    )
    llm: LlmProviders = Field(
        (LlmBlock.model_validate(AUTO),),
        description="Language models in order of preference: auto, NAME, FILE.gguf, hub:NAME, URL#MODEL.",
    )
    tts: TtsProviders = Field(
        (TtsBlock.model_validate(AUTO),),
        description="Voice engines in order of preference: auto (by language), NAME, FILE.onnx, hub:NAME, URL#MODEL.",
    )
    voice: str = Field("", description="Voice of sessions that name none; empty lets the language choose.")
    instructions: str = Field("", description="System prompt of sessions that bring none; empty for our own.")
    llm_api_key: SecretStr | None = Field(None, description="Key for the language model's server; never leaves here.")
    max_sessions: int = Field(100, ge=1, le=10_000, description="Sessions served at once; more are refused.")
    workers: Annotated[int, Field(ge=1, le=64)] | Literal["auto"] = Field(
        1, description="Processes that serve; auto: one for every two cores. They share one language model."
    )
    max_first_audio_ms: float = Field(
        5_000.0, gt=0, description="Milliseconds to first audio (p95) that are not to be reached: sessions are refused."
    )
    max_queue_delay_ms: float = Field(
        2_000.0, gt=0, description="Milliseconds of waiting for an engine (p95) that are not to be reached, likewise."
    )
    max_loop_lag_ms: float = Field(
        400.0, gt=0, description="Milliseconds the event loop is late (p99) that are not to be reached, likewise."
    )
    idle_seconds: float = Field(300.0, gt=0, description="Silence of a client, in seconds, that ends its session.")
    input_max_bytes: int = Field(10_000_000, ge=64_000, description="Bytes of unheard input a session may hold.")
    input_max_chunks: int = Field(1_000, ge=10, description="Chunks of unheard input a session may hold.")
    data: Path | None = Field(None, description="Folder of what is kept: database, memory; unset for the user's own.")
    database: SecretStr = Field(
        SecretStr(""),
        description="URL of the database (postgresql+asyncpg://...); empty for an SQLite file in the data folder.",
    )
    users: dict[str, SecretStr] = Field({}, description="Users by name, each with a key of their own.")
    persona: str = Field("viva", description="Character of sessions that name none.")
    personas: Path | None = Field(None, description="Folder of your own characters (YAML), beside those that ship.")
    reply_engine: str = Field("chat_engine", description="What makes replies: chat_engine, mem0_proxy, or one added.")
    memory: bool = Field(True, description="Whether users are remembered from one conversation to the next.")
    history: bool = Field(True, description="Whether conversations are kept, as text.")
    retention_days: float | None = Field(
        None, gt=0, description="Days after which a conversation leaves the history; unset for never."
    )
    history_max_bytes: int | None = Field(
        None, ge=100_000, description="Bytes that all conversations may take; the oldest leave. Unset for no limit."
    )
    history_archive: Path | None = Field(
        None, description="Folder that conversations move to when they leave the history; unset to delete them."
    )
    record_audio: bool = Field(
        False, description="Whether the sound of conversations is kept with them; everybody is told when it is."
    )
    mcp_config: Path | None = Field(None, description="File with the MCP servers to use, under mcpServers.")
    session_mcp: Literal["public", "any", "refuse"] = Field(
        "public",
        description="MCP servers that clients may name in their sessions: on the open internet, anywhere, or none.",
    )
    tools: _Listed = Field((), description="Python files or modules with your own tools, parted by commas.")
    record: Path | None = Field(None, description="Folder for event logs, which hold what is said; unset for none.")
    models: Path | None = Field(None, description="Folder of the weights; unset for the user's cache folder.")
    offline: bool = Field(False, description="Never fetch weights; what is missing stays missing.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="Least level logged.")
    log_format: Literal["console", "json"] = Field("console", description="Shape of log lines.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the command line first, then the environment, then the file that `load_settings` found."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, cls.config_file))


def load_settings(overrides: Mapping[str, object], config_file: Path | None = None) -> Settings:
    """Return the settings in force; `overrides` come from the command line, None meaning not given.

    Without `config_file`, a `vivavoce.toml` in the working folder is read if there is one.

    Raises:
        InputError: `config_not_found`, or `settings_invalid`, naming the setting and what it may be.
    """
    source = _reading(config_file)
    try:
        return source(**_given(overrides))  # type: ignore[arg-type] # pydantic checks what the command line gave
    except ValidationError as error:
        raise _invalid(error) from error
    except (OSError, ValueError) as error:
        raise InputError(
            "settings_invalid",
            f"The configuration file '{source.config_file}' cannot be read: {error}.",
            remedy="Mend the file, or name another with --config.",
        ) from error


def revealed(settings: Settings) -> dict[str, object]:
    """Return every setting as JSON can carry it, keys in the clear: for a process of ours, never for a log."""
    values: dict[str, object] = to_jsonable_python(_in_the_clear(settings.model_dump()))
    return values


def exact_settings(values: Mapping[str, object]) -> Settings:
    """Return the settings that `revealed` told, whatever this process's environment and files say."""
    return _with_file(Path(os.devnull))(**values)  # type: ignore[arg-type] # pydantic checks them


def origins(overrides: Mapping[str, object], config_file: Path | None = None) -> dict[str, Origin]:
    """Return where each setting's value comes from."""
    source = _reading(config_file)
    by_origin: dict[Origin, set[str]] = {
        "command line": set(_given(overrides)),
        "environment": set(EnvSettingsSource(source)()),
        "file": set(TomlConfigSettingsSource(source, source.config_file)()),
    }
    return {
        name: next((origin for origin, names in by_origin.items() if name in names), "default")
        for name in Settings.model_fields
    }


def _in_the_clear(value: object) -> object:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case dict():
            return {name: _in_the_clear(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_in_the_clear(inner) for inner in value]
        case _:
            return value


def _given(overrides: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in overrides.items() if value is not None}


def _reading(config_file: Path | None) -> type[Settings]:
    """Return the settings class that reads this file."""
    if config_file is None:
        return Settings
    if not config_file.is_file():
        raise InputError(
            "config_not_found",
            f"There is no configuration file '{config_file}'.",
            remedy="Check the path after --config.",
        )
    return _with_file(config_file)


def _with_file(config_file: Path) -> type[Settings]:
    return type("Settings", (Settings,), {"__module__": __name__, "config_file": config_file})


def _invalid(error: ValidationError) -> InputError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    given = first.get("input")
    # A block is not quoted, and neither is what may be or hold a key.
    is_plain = isinstance(given, str | int | float) and not _MAY_BE_SECRET & {*first["loc"]}
    shown = f" {given!r}" if is_plain and "://" not in str(given) and "{" not in str(given) else " that"
    return InputError(
        "settings_invalid",
        f"The setting '{name}' cannot be{shown}: {first['msg'].removeprefix('Value error, ')}.",
        remedy="Run 'vivavoce config' to see every setting, what it means and where it comes from.",
        param=name,
    )
