from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from vivavoce.models.cli import app

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(quiet_network: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    quiet_network.setenv("VIVAVOCE_MODELS", str(tmp_path / "models"))
    quiet_network.setenv("PIP_NO_INDEX", "1")
    return tmp_path / "models"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def line_of(result: Result, name: str) -> str:
    return next(line for line in result.output.splitlines() if line.startswith(name))


def test_the_list_shows_job_size_licence_and_state(root: Path) -> None:
    result = run("list")
    assert result.exit_code == 0
    assert line_of(result, "smollm2-135m").split()[1:6] == ["llm", "98", "MB", "Apache-2.0", "missing"]


def test_an_installed_model_is_pulled_checked_and_listed(root: Path) -> None:
    pulled = run("pull", "hibari")
    assert pulled.exit_code == 0
    assert "hibari: 7.9 MB, Apache-2.0" in pulled.output
    assert "100 %" in pulled.output
    assert (root / "hibari" / "hibari.onnx").stat().st_size == 7_936_868
    assert "present" in line_of(run("list"), "hibari")
    assert run("verify").output == "hibari: whole\n"


def test_damage_is_found_by_verify_and_mended_by_pull(root: Path) -> None:
    run("pull", "hibari")
    with (root / "hibari" / "hibari.onnx").open("r+b") as file:
        file.write(b"damage")
    verified = run("verify", "hibari")
    assert verified.exit_code == 1
    assert "Run: vivavoce models pull hibari" in verified.output
    assert "damaged" in line_of(run("list"), "hibari")
    assert run("pull", "hibari").exit_code == 0
    assert run("verify", "hibari").exit_code == 0


def test_one_model_that_fails_does_not_keep_the_others_from_coming(root: Path) -> None:
    result = run("pull", "silero-vat", "silero-vad", "hibari")
    assert result.exit_code == 1
    assert "Did you mean silero-vad" in result.output
    assert "silero_vad.onnx of model silero-vad could not be had" in result.output
    assert (root / "hibari" / "hibari.onnx").exists()


def test_models_may_come_from_a_folder(root: Path, tmp_path: Path) -> None:
    run("pull", "hibari")
    (tmp_path / "stick").mkdir()
    (root / "hibari").rename(tmp_path / "stick" / "hibari")
    result = run("pull", "hibari", "--from", str(tmp_path / "stick"))
    assert result.exit_code == 0
    assert f"copying from {tmp_path / 'stick'}" in result.output


def test_where_prints_one_path_and_nothing_else(root: Path) -> None:
    assert run("where").output == f"{root}\n"
    assert run("where", "hibari").output == f"{root / 'hibari'}\n"
    unknown = run("where", "hibary")
    assert unknown.exit_code == 1
    assert "Did you mean hibari" in unknown.output
