"""Runs checks and tests stage by stage and stops at the first stage that fails, so that the cheap ones speak first.

What takes one core only runs beside another of its kind; its output is shown in one piece when it is over.

Run as `python -m scripts.check all | fast | STAGE...`.

Owns running, timing and counting. What a stage is made of stands in `scripts.stages`. The last line printed is always
`N passed, N failed`: each test of pytest counts as one, and so does each other command.
"""

from __future__ import annotations

import os
import shlex
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from scripts import node_env, python_env, stages
from scripts.beside import Beside
from scripts.chromium import ensure_chromium
from scripts.mcp_server import ensure_mcp_server
from scripts.steps import CACHE, ROOT, SetupError, fail, one_at_a_time, say, tool_environment

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = CACHE / "reports"
LANES = min(2, os.cpu_count() or 1)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What has passed and failed so far, and how long each stage took."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def count(self, *, passed: int, failed: int, skipped: int = 0) -> None:
        """Add to the counts."""
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def table(self) -> str:
        """Return the time of each stage, one a line, and the sum of all counts as the last line."""
        rows = [f"{name:<12} {seconds:7.1f} s" for name, seconds in self.seconds.items()]
        rows.append(f"{'together':<12} {time.monotonic() - self.began:7.1f} s, {self.skipped} skipped")
        return "\n".join([*rows, f"{self.passed} passed, {self.failed} failed"])


def count_report(report: Path, status: int) -> tuple[int, int, int]:
    """Return (passed, failed, skipped) of a JUnit report; a run that broke off without one is one failure."""
    if not report.is_file():
        return (0, 1, 0)
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    tests, failures, errors, skipped = (
        sum(int(suite.get(key, "0")) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    passed = max(tests - failures - errors - skipped, 0)
    # pytest can fail without a failed test, as when it finds none or is stopped.
    failed = max(failures + errors, int(status != 0))
    return (passed, failed, skipped)


class Runner:
    """Runs stages with what they need: Node first on PATH, and a browser where one is asked for."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._uv = python_env.find_uv()
        self._setting_up = threading.Lock()
        self._has_failed = False
        self._beside = Beside()

    def run_all(self, wanted: tuple[stages.Stage, ...]) -> bool:
        """Run the stages until one fails; True when all have passed."""
        for takes_one_core, group in groupby(wanted, key=lambda stage: stage.takes_one_core):
            with ThreadPoolExecutor(LANES if takes_one_core else 1) as lanes:
                try:
                    list(lanes.map(self._run_stage, group))
                except BaseException:
                    # Ctrl-C reaches this process only.
                    self._has_failed = True
                    self._beside.end()
                    raise
        return not self._has_failed

    def _run_stage(self, stage: stages.Stage) -> None:
        if self._has_failed:
            return
        started = time.monotonic()
        try:
            env = self._environment(stage)
            passed = all(self._run_command(command, stage, env) for command in stage.commands)
        except SetupError as error:
            fail(error)
            self.tally.count(passed=0, failed=1)
            passed = False
        self.tally.seconds[stage.name] = time.monotonic() - started
        if not passed:
            self._has_failed = True
            self._beside.end()

    def _environment(self, stage: stages.Stage) -> dict[str, str]:
        if not stage.needs_node:
            return tool_environment()
        with self._setting_up, one_at_a_time():
            node = node_env.find_node(self._uv)
            node_env.ensure_web_packages(node)
            if stage.needs_page:
                node_env.ensure_page(node)
            env = node.environment()
            if stage.needs_browser:
                env["CHROMIUM"] = str(ensure_chromium(node))
            if stage.needs_mcp_server:
                env["MCP_EVERYTHING"] = str(ensure_mcp_server(node))
        return env

    def _run_command(self, command: tuple[str, ...], stage: stages.Stage, env: dict[str, str]) -> bool:
        program, *arguments = command
        if program == "pytest":
            return self._run_pytest(arguments, stage, env)
        folder = node_env.WEB if program == "npm" else ROOT
        path = program if program == "npm" else str(python_env.VENV / "bin" / program)
        status = self._run([path, *arguments], stage, folder, env)
        if status is not None:
            self.tally.count(passed=int(status == 0), failed=int(status != 0))
        return status == 0

    def _run_pytest(self, arguments: list[str], stage: stages.Stage, env: dict[str, str]) -> bool:
        report = REPORTS / f"{stage.name}.xml"
        REPORTS.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        command = [str(python_env.VENV / "bin" / "pytest"), *arguments, f"--junitxml={report}"]
        status = self._run(command, stage, ROOT, env)
        if status is not None:
            passed, failed, skipped = count_report(report, status)
            self.tally.count(passed=passed, failed=failed, skipped=skipped)
        return status == 0

    def _run(self, command: list[str], stage: stages.Stage, folder: Path, env: dict[str, str]) -> int | None:
        """Run a command, and return its status; None when it was ended because another stage had failed."""
        title = f"[{stage.name}] {shlex.join([command[0].rpartition('/')[2], *command[1:]])}"
        is_alone = not stage.takes_one_core
        if is_alone:
            say(title)
        done = self._beside.run(command, cwd=folder, env=env, is_shown=is_alone)
        if done is None:
            return None
        status, output = done
        if not is_alone:
            say(f"{title}\n{output.rstrip()}".rstrip())
        return status


def main() -> int:
    """Run the stages named on the command line; return 0 when all have passed."""
    # As Ctrl-C does: what was begun is ended.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        wanted = stages.named(sys.argv[1:] or ["all"])
        runner = Runner()
    except KeyError as error:
        return fail(SetupError(f"there is no stage {error}; there are: " + ", ".join(s.name for s in stages.STAGES)))
    except SetupError as error:
        return fail(error)
    passed = runner.run_all(wanted)
    print(runner.tally.table(), flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
