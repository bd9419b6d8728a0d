import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bench import __main__ as benches
from bench import wire_codec
from vivavoce.cli import app, bench
from vivavoce.errors import InputError


def test_the_command_lists_every_bench_when_it_is_given_no_name() -> None:
    listed = CliRunner().invoke(app, ["bench"]).stdout
    assert {line.split()[0] for line in listed.splitlines() if line.startswith("  ")} >= set(benches.BENCHES)


def test_what_stands_behind_the_name_is_the_benchs_own_options_too(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    monkeypatch.setattr(sys, "argv", ["pytest"])
    monkeypatch.setattr(wire_codec, "main", given.append)
    done = CliRunner().invoke(app, ["bench", "wire-codec", "--help", "-n", "100", "word", "--flag"])
    assert done.exit_code == 0
    assert given == [["--help", "-n", "100", "word", "--flag"]]


def test_an_unknown_bench_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(SystemExit, match=r"no bench 'speed'.*latency.*wire-codec"):
        benches.main(["speed"])


def test_outside_a_clone_the_command_says_to_clone_the_repository(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bench, "_CHECKOUT", tmp_path)
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["bench", "latency"])
    assert isinstance(refused.exception, InputError)
    assert refused.exception.code == "bench_not_here"
    assert "Clone the repository" in str(refused.exception)
