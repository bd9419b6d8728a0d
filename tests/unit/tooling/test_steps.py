"""The set-up leaves out what is done, and only that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from scripts.steps import SetupError, Step, digest, digest_tree, output_of, run

if TYPE_CHECKING:
    from pathlib import Path


def step_in(folder: Path, inputs: str) -> Step:
    return Step(title="A step", stamp=folder / ".stamp", inputs=inputs, output=folder / "made")


def do(step: Step) -> None:
    with step.work():
        step.output.touch()


def test_a_step_is_done_once_for_the_same_inputs(tmp_path: Path) -> None:
    step = step_in(tmp_path, "a")
    assert not step.is_done()
    do(step)
    assert step_in(tmp_path, "a").is_done()


def test_other_inputs_make_a_step_due_again(tmp_path: Path) -> None:
    do(step_in(tmp_path, "a"))
    assert not step_in(tmp_path, "b").is_done()


def test_a_missing_output_makes_a_step_due_again(tmp_path: Path) -> None:
    step = step_in(tmp_path, "a")
    do(step)
    step.output.unlink()
    assert not step.is_done()


def test_a_step_that_breaks_off_is_not_done_even_where_an_older_one_was(tmp_path: Path) -> None:
    do(step_in(tmp_path, "a"))
    with pytest.raises(ZeroDivisionError), step_in(tmp_path, "b").work():
        _ = 1 / 0
    assert not step_in(tmp_path, "a").is_done()
    assert not step_in(tmp_path, "b").is_done()


def test_a_step_that_makes_nothing_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="made is not there"), step_in(tmp_path, "a").work():
        pass
    assert not step_in(tmp_path, "a").is_done()


def test_the_boundary_between_two_parts_counts_in_a_digest() -> None:
    assert digest("ab", "c") != digest("a", "bc")


@pytest.mark.parametrize("change", ["content", "name", "new file"])
def test_the_digest_of_a_folder_follows_its_files(tmp_path: Path, change: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_text("1", encoding="utf-8")
    before = digest_tree(tmp_path, without=[])
    match change:
        case "content":
            (tmp_path / "deep" / "file").write_text("2", encoding="utf-8")
        case "name":
            (tmp_path / "deep" / "file").rename(tmp_path / "deep" / "other")
        case _:
            (tmp_path / "new").touch()
    assert digest_tree(tmp_path, without=[]) != before


def test_the_digest_of_a_folder_leaves_out_what_it_is_told_to(tmp_path: Path) -> None:
    (tmp_path / "source").touch()
    before = digest_tree(tmp_path, without=["node_modules", "*.tsbuildinfo"])
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "package").touch()
    (tmp_path / "app.tsbuildinfo").touch()
    assert digest_tree(tmp_path, without=["node_modules", "*.tsbuildinfo"]) == before


def test_a_command_that_fails_is_named_with_its_task() -> None:
    with pytest.raises(SetupError, match="Building the page failed"):
        run("Building the page", sys.executable, "-c", "raise SystemExit(3)")


def test_a_command_that_does_not_exist_is_a_plain_line_too(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="does not run"):
        run("Building the page", tmp_path / "absent")


def test_the_output_of_an_absent_or_failing_command_is_none(tmp_path: Path) -> None:
    assert output_of(tmp_path / "absent") is None
    assert output_of(sys.executable, "-c", "raise SystemExit(1)") is None
    assert output_of(sys.executable, "-c", "print(' 7 ')") == "7"
