"""`make test` stops at the first stage that fails, and its last line counts."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import psutil
import pytest

from scripts import check
from scripts.beside import Beside
from scripts.check import Runner, Tally, count_report
from scripts.stages import FAST, MODELS_FOR_TESTS, STAGES, Stage, named
from tests.deadlines import WAIT_SECONDS
from vivavoce.models.manifest import load_manifest

if TYPE_CHECKING:
    from pathlib import Path


def python(name: str, code: str) -> Stage:
    return Stage(name=name, commands=(("python", "-c", code),))


def test_a_failing_stage_keeps_the_dearer_ones_from_running(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    runner = Runner()
    stages = (
        python("cheap", ""),
        python("broken", "raise SystemExit(1)"),
        python("dear", f"open({str(mark)!r}, 'w')"),
    )
    assert not runner.run_all(stages)
    assert not mark.exists()
    assert list(runner.tally.seconds) == ["cheap", "broken"]
    assert runner.tally.table().splitlines()[-1] == "1 passed, 1 failed"


def beside(name: str, code: str) -> Stage:
    return replace(python(name, code), takes_one_core=True)


def test_two_that_take_one_core_each_run_side_by_side_and_show_their_output_in_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(check, "LANES", 2)
    # Each ends only when the other has begun.
    code = """
import pathlib, time
print("{own} begins", flush=True)
pathlib.Path({folder!r}, "{own}").touch()
while not pathlib.Path({folder!r}, "{other}").exists():
    time.sleep(0.01)
print("{own} ends")
"""
    pair = [
        beside(own, code.format(own=own, other=other, folder=str(tmp_path)))
        for own, other in (("one", "two"), ("two", "one"))
    ]
    runner = Runner()
    assert runner.run_all(tuple(pair))
    said = capfd.readouterr().out
    assert "one begins\none ends\n" in said
    assert "two begins\ntwo ends\n" in said
    assert runner.tally.table().splitlines()[-1] == "2 passed, 0 failed"


def test_what_runs_beside_a_stage_that_fails_is_ended_and_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "LANES", 2)
    begun = str(tmp_path / "begun")
    forever = f"import pathlib, time\npathlib.Path({begun!r}).touch()\ntime.sleep(600)"
    broken = f"import pathlib, time\nwhile not pathlib.Path({begun!r}).exists(): time.sleep(0.01)\nraise SystemExit(1)"
    runner = Runner()
    assert not runner.run_all((beside("forever", forever), beside("broken", broken), beside("next", "")))
    assert "next" not in runner.tally.seconds
    assert runner.tally.table().splitlines()[-1] == "0 passed, 1 failed"


GRANDCHILD = """
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path({path!r}).write_text(str(child.pid))
pathlib.Path({path!r}).rename({path!r} + ".ready")
time.sleep(600)
"""


def test_what_a_command_has_started_is_ended_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "LANES", 2)
    ready = tmp_path / "pid.ready"
    npm_like = GRANDCHILD.format(path=str(tmp_path / "pid"))
    broken = (
        f"import pathlib, time\nwhile not pathlib.Path({str(ready)!r}).exists(): time.sleep(0.01)\nraise SystemExit(1)"
    )
    assert not Runner().run_all((beside("npm-like", npm_like), beside("broken", broken)))
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(ready.read_text())).wait(WAIT_SECONDS)


def test_nothing_begins_once_all_were_ended(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    commands = Beside()
    commands.end()
    assert commands.run(["touch", str(mark)], cwd=tmp_path, env={}) is None
    assert not mark.exists()


def test_an_interruption_ends_what_runs_and_is_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready = tmp_path / "pid.ready"

    class Interrupted(Runner):
        def _run_stage(self, stage: Stage) -> None:
            if stage.name != "interrupted":
                super()._run_stage(stage)
                return
            while not ready.exists():
                time.sleep(0.01)
            raise KeyboardInterrupt

    monkeypatch.setattr(check, "LANES", 2)
    forever = beside("forever", GRANDCHILD.format(path=str(tmp_path / "pid")))
    with pytest.raises(KeyboardInterrupt):
        Interrupted().run_all((beside("interrupted", ""), forever))
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(ready.read_text())).wait(WAIT_SECONDS)


def test_the_last_line_counts_tests_and_other_commands() -> None:
    tally = Tally()
    tally.count(passed=1, failed=0)
    tally.count(passed=40, failed=2, skipped=3)
    assert tally.table().splitlines()[-2:] == ["together         0.0 s, 3 skipped", "41 passed, 2 failed"]


REPORT = """<?xml version="1.0"?><testsuites name="pytest tests">
<testsuite name="pytest" errors="1" failures="2" skipped="3" tests="20" time="1.0"></testsuite></testsuites>"""


def test_tests_are_counted_from_pytest_s_own_report(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")
    assert count_report(report, 1) == (14, 3, 3)


def test_a_run_that_left_no_report_is_a_failure(tmp_path: Path) -> None:
    assert count_report(tmp_path / "absent.xml", 2) == (0, 1, 0)


def test_a_run_that_found_no_test_is_a_failure(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite errors="0" failures="0" skipped="0" tests="0"/></testsuites>', encoding="utf-8"
    )
    assert count_report(report, 5) == (0, 1, 0)


def test_stages_run_in_the_order_of_their_cost_however_they_are_named() -> None:
    assert [stage.name for stage in named(["unit", "lint"])] == ["lint", "unit"]
    assert named(["all"]) == STAGES
    assert tuple(stage.name for stage in named(["fast"])) == FAST


def test_an_unknown_stage_is_an_error() -> None:
    with pytest.raises(KeyError, match="lnit"):
        named(["lnit"])


def test_the_models_that_tests_need_are_in_the_manifest() -> None:
    assert set(MODELS_FOR_TESTS) <= set(load_manifest().names)
