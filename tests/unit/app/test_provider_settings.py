"""How providers are written, on one line and in blocks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from vivavoce.app.providers.keys import key_for
from vivavoce.app.providers.servers import add_chat_servers
from vivavoce.cli import app
from vivavoce.dialogue.token_budget import BudgetSettings, TokenBudget
from vivavoce.engines.roster import EngineRoster
from vivavoce.errors import InputError
from vivavoce.settings import exact_settings, load_settings, revealed

if TYPE_CHECKING:
    from pathlib import Path

TOML = """
language = "zh"

[[llm]]
base_url = "http://127.0.0.1:11434/v1"
model = "qwen3:8b"
first_seconds = 4
body = { reasoning_effort = "none" }

[[llm]]
kind = "embedded"
model = "auto"

[[tts]]
base_url = "https://api.openai.com/v1"
model = "gpt-4o-mini-tts"
api_key_env = "SPEECH_KEY"
languages = ["en"]
voices = { af_heart = "nova", "*" = "alloy" }
"""


def llm(text: object) -> list[str]:
    return [str(block) for block in load_settings({"llm": text}).llm]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("VIVAVOCE_LLM", "VIVAVOCE_LLM_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("auto", ["auto"]),
        (" smollm2-135m ", ["smollm2-135m"]),
        ("models/tiny.gguf", ["models/tiny.gguf"]),
        ("/srv/Tiny Model.GGUF", ["/srv/Tiny Model.GGUF"]),
        ("http://127.0.0.1:11434/v1#qwen3", ["http://127.0.0.1:11434/v1#qwen3"]),
        ("http://127.0.0.1:11434/v1/", ["http://127.0.0.1:11434/v1"]),
        ("http://127.0.0.1:11434", ["http://127.0.0.1:11434/v1"]),
        ("http://[::1]:8000/v1#a", ["http://[::1]:8000/v1#a"]),
        ("https://host/openai/v1#org/model:7b", ["https://host/openai/v1#org/model:7b"]),
        ("https://host/v1#a%20b", ["https://host/v1#a b"]),
        ("hub:Qwen/Qwen3-4B-GGUF:Q4_K_M", ["hub:Qwen/Qwen3-4B-GGUF:Q4_K_M"]),
        ("hf:Qwen/Qwen3-4B-GGUF/q4.gguf", ["hub:Qwen/Qwen3-4B-GGUF/q4.gguf"]),
        ("http://one:1#a, http://two:2#a, auto", ["http://one:1/v1#a", "http://two:2/v1#a", "auto"]),
        (["http://one:1#a", {"model": "auto"}], ["http://one:1/v1#a", "auto"]),
        ('[{"base_url": "http://one:1", "model": "a"}, "auto"]', ["http://one:1/v1#a", "auto"]),
    ],
)
def test_names_files_servers_and_hub_names_are_told_apart(text: object, blocks: list[str]) -> None:
    assert llm(text) == blocks


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "auto,",
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
        "smollm2-135m,qwen2.5-coder-0.5b",
        "http://one:1#a,http://one:1#a",
        "[nonsense",
        '[{"base_url": "http://one:1", "modle": "a", "api_key": "secret"}]',
        '[{"kind": "openai", "model": "a", "api_key": "secret"}]',
        '[{"kind": "embedded", "model": "auto", "base_url": "http://one:1", "api_key": "secret"}]',
        '[{"kind": "hub"}]',
        '[{"kind": "cloud", "model": "a"}]',
        '[{"base_url": "http://one:1", "retries": -1}]',
        '[{"model": "auto", "context_tokens": 4096}]',
        '[{"base_url": "http://one:1", "api_key": ["secret"]}]',
        "[]",
        "[7]",
    ],
)
def test_nonsense_is_refused_in_plain_words_and_without_its_secrets(text: str) -> None:
    with pytest.raises(InputError) as caught:
        load_settings({"llm": text})
    assert caught.value.code == "settings_invalid"
    assert (caught.value.param or "").startswith("llm")
    assert "secret" not in str(caught.value)
    assert "secret" not in str(caught.value.__cause__)


def test_one_setting_in_the_environment_replaces_the_language_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVAVOCE_LLM", "http://127.0.0.1:11434/v1#llama3")
    (block,) = load_settings({}).llm
    assert (block.kind, block.base_url, block.model) == ("openai", "http://127.0.0.1:11434/v1", "llama3")
    assert block.title == "llama3@127.0.0.1:11434"


def test_blocks_stand_in_the_file_in_order(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(TOML, encoding="utf-8")
    settings = load_settings({}, file)
    first, second = settings.llm
    assert (first.kind, first.first_seconds, first.body) == ("openai", 4.0, {"reasoning_effort": "none"})
    assert (second.kind, second.model) == ("embedded", "auto")
    (voice,) = settings.tts
    assert voice.voices == {"af_heart": "nova", "*": "alloy"}
    assert load_settings({"llm": "auto"}, file).llm == (second,), "the command line comes first"


@pytest.mark.anyio
@pytest.mark.parametrize(("more", "context"), [({}, BudgetSettings().context_tokens), ({"context_tokens": 4096}, 4096)])
async def test_prompts_fit_what_a_server_takes_that_does_not_say_so(more: dict[str, int], context: int) -> None:
    roster = EngineRoster()
    add_chat_servers(roster, load_settings({"llm": [{"base_url": "http://one:1", "model": "a", **more}]}))
    assert TokenBudget(roster.reply_engine).limit() == context - BudgetSettings().reply_tokens
    await roster.reply_engine().aclose()


def test_what_belongs_to_another_job_is_refused() -> None:
    with pytest.raises(InputError, match=r"llm\.0\.voices"):
        load_settings({"llm": [{"base_url": "http://one:1", "voices": {}}]})


def test_keys_reach_a_worker_and_are_printed_nowhere(tmp_path: Path) -> None:
    settings = load_settings({"llm": [{"base_url": "http://one:1", "model": "a", "api_key": "hunter2"}]})
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings.llm[0])
    (again,) = exact_settings(json.loads(json.dumps(revealed(settings)))).llm
    assert again.api_key is not None
    assert again.api_key.get_secret_value() == "hunter2"
    file = tmp_path / "vivavoce.toml"
    file.write_text('[[llm]]\nbase_url = "http://one:1"\nmodel = "a"\napi_key = "hunter2"\n', encoding="utf-8")
    for arguments in (["config", "--config", str(file)], ["config", "--json", "--config", str(file)]):
        printed = CliRunner().invoke(app, arguments).output
        assert "hunter2" not in printed
        assert "http://one:1/v1#a" in printed.replace("\n", "")


def test_a_key_of_its_own_goes_before_one_that_is_meant_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "general")
    monkeypatch.setenv("OWN_KEY", "named")
    own = {"base_url": "http://one:1", "api_key": "own"}
    named = {"base_url": "http://two:2", "api_key_env": "OWN_KEY"}
    settings = load_settings({"llm": [own, named], "stt": "http://one:1", "llm_api_key": "minds"})
    assert [key_for(block, settings.llm, settings) for block in settings.llm] == ["own", "named"]
    assert key_for(settings.stt[0], settings.stt, settings) == "general"
    alone = load_settings({"llm": "http://one:1,auto", "llm_api_key": "minds"})
    assert key_for(alone.llm[0], alone.llm, alone) == "minds"


def test_the_general_key_goes_to_no_server_it_may_not_be_meant_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "general")
    settings = load_settings({"llm": "http://one:1,https://api.openai.com/v1#gpt-5-mini,auto"})
    assert [key_for(block, settings.llm, settings) for block in settings.llm[:2]] == ["", "general"]


def test_a_key_that_is_not_where_it_should_be_is_missed_at_once() -> None:
    settings = load_settings({"stt": [{"base_url": "http://one:1", "api_key_env": "NO_SUCH_KEY"}]})
    with pytest.raises(InputError, match="NO_SUCH_KEY"):
        key_for(settings.stt[0], settings.stt, settings)
