"""Every setting in the how-to pages on providers is one that vivavoce takes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from vivavoce.app.plan import plan_engines
from vivavoce.settings import load_settings

PAGES = Path(__file__).resolve().parents[3] / "docs" / "how-to"
NAMES = (
    "use-a-provider.md",
    "use-embedded-models.md",
    "use-openai.md",
    "use-ollama.md",
    "use-a-server-of-your-own.md",
    "use-a-hub-model.md",
)
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
IN_ENVIRONMENT = re.compile(r"^VIVAVOCE_(STT|LLM|TTS)=(?:'([^']*)'|(\S+))", re.MULTILINE)
OWN_FILES = ("/srv/", "/path/")


def blocks(kind: str) -> list[tuple[str, str]]:
    """Return the page and the text of every block of a kind."""
    found = []
    for name in NAMES:
        text = (PAGES / name).read_text(encoding="utf-8")
        found += [(name, body) for language, body in BLOCK.findall(text) if language == kind]
    return found


@pytest.mark.parametrize(("page", "text"), blocks("toml"))
def test_a_settings_file_on_a_page_is_understood(
    page: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in re.findall(r'api_key_env = "(\w+)"', text):
        monkeypatch.setenv(variable, "a key")
    file = tmp_path / "vivavoce.toml"
    file.write_text(text, encoding="utf-8")
    settings = load_settings({"models": tmp_path}, file)
    written = tomllib.loads(text)
    assert set(written) & {"stt", "llm", "tts"}, page
    for job in ("stt", "llm", "tts"):
        value = written.get(job)
        assert len(getattr(settings, job)) == (len(value) if isinstance(value, list) else 1)
    if not any(place in text for place in OWN_FILES):
        assert plan_engines(settings).providers


@pytest.mark.parametrize(("page", "text"), [pair for pair in blocks("sh") if IN_ENVIRONMENT.search(pair[1])])
def test_a_variable_on_a_page_is_understood(page: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for job, quoted, plain in IN_ENVIRONMENT.findall(text):
        monkeypatch.setenv(f"VIVAVOCE_{job}", quoted or plain)
        settings = load_settings({})
        assert any(block.is_remote for block in getattr(settings, job.lower())), page
        assert plan_engines(settings).providers


def test_every_page_shows_how() -> None:
    shown = {page for page, _ in (*blocks("toml"), *blocks("sh"))}
    assert shown == set(NAMES)
