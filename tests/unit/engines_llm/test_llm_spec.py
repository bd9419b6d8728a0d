"""What --llm may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.engines.llm.spec import LlmSpec, ModelFile, ModelName, ModelServer, parse_llm_spec
from vivavoce.errors import InputError


def server(base_url: str, model: str = "", api_key: str = "") -> ModelServer:
    return ModelServer(base_url=base_url, model=model, api_key=api_key)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("smollm2-135m", ModelName(name="smollm2-135m")),
        (" qwen2.5-coder-1.5b ", ModelName(name="qwen2.5-coder-1.5b")),
        ("models/tiny.gguf", ModelFile(path=Path("models/tiny.gguf"))),
        ("/srv/Tiny Model.GGUF", ModelFile(path=Path("/srv/Tiny Model.GGUF"))),
        ("~/tiny.gguf", ModelFile(path=Path.home() / "tiny.gguf")),
        ("http://127.0.0.1:11434/v1#qwen3", server("http://127.0.0.1:11434/v1", "qwen3")),
        ("http://127.0.0.1:11434/v1/", server("http://127.0.0.1:11434/v1")),
        ("http://127.0.0.1:11434", server("http://127.0.0.1:11434/v1")),
        ("http://[::1]:8000/v1#a", server("http://[::1]:8000/v1", "a")),
        ("https://host/openai/v1#org/model:7b", server("https://host/openai/v1", "org/model:7b")),
        ("https://host/v1#a%20b", server("https://host/v1", "a b")),
    ],
)
def test_names_files_and_servers_are_told_apart(text: str, spec: LlmSpec) -> None:
    assert parse_llm_spec(text, {}) == spec


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "two words",
        "org/model",
        "-rf",
        "ftp://host/v1",
        "http://",
        "http:///v1",
        "http://host:port/v1",
        "http://host:99999/v1",
        "http://host:0/v1",
        "http://[::1/v1",
        "http://me:secret@host/v1",
        "http://host/v1?key=secret",
    ],
)
def test_nonsense_is_refused_with_a_remedy_and_without_its_secrets(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_llm_spec(text, {})
    assert caught.value.code == "llm_spec_invalid"
    assert caught.value.param == "llm"
    assert ".gguf" in caught.value.remedy
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("environment", "key"),
    [
        ({}, ""),
        ({"OPENAI_API_KEY": "general"}, "general"),
        ({"OPENAI_API_KEY": "general", "VIVAVOCE_LLM_API_KEY": "own"}, "own"),
        ({"OPENAI_API_KEY": "general", "VIVAVOCE_LLM_API_KEY": ""}, "general"),
    ],
)
def test_the_key_comes_from_the_environment_our_own_variable_first(environment: dict[str, str], key: str) -> None:
    spec = parse_llm_spec("https://host/v1#m", environment)
    assert spec == server("https://host/v1", "m", key)
    assert not key or key not in repr(spec)
