"""Runs checks and tests stage by stage and stops at the first stage that fails, so that the cheap ones speak first.

Run as `python -m scripts.check all | fast | STAGE...`.

Owns running, timing and counting. What a stage is made of stands in `scripts.stages`. The last line printed is always
`N passed, N failed`: each test of pytest counts as one, and so does each other command.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from scripts import node_env, python_env, stages
from scripts.chromium import ensure_chromium
from scripts.mcp_server import ensure_mcp_server
from scripts.steps import CACHE, ROOT, SetupError, fail, one_at_a_time, say, tool_environment

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = CACHE / "reports"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What has passed and failed so far, and how long each stage took."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def count(self, *, passed: int, failed: int, skipped: int = 0) -> None:
        """Add to the counts."""
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def table(self) -> str:
        """Return the time of each stage, one a line, and the sum of all counts as the last line."""
        rows = [f"{name:<12} {seconds:7.1f} s" for name, seconds in self.seconds.items()]
        rows.append(f"{'together':<12} {sum(self.seconds.values()):7.1f} s, {self.skipped} skipped")
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
    """Runs stages one after the other with what they need: Node first on PATH, and a browser where one is asked for."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._uv = python_env.find_uv()

    def run_all(self, wanted: tuple[stages.Stage, ...]) -> bool:
        """Run the stages until one fails; True when all have passed."""
        return all(self._run_stage(stage) for stage in wanted)

    def _run_stage(self, stage: stages.Stage) -> bool:
        started = time.monotonic()
        try:
            env = self._environment(stage)
            passed = all(self._run_command(command, stage, env) for command in stage.commands)
        except SetupError as error:
            fail(error)
            self.tally.count(passed=0, failed=1)
            passed = False
        self.tally.seconds[stage.name] = time.monotonic() - started
        return passed

    def _environment(self, stage: stages.Stage) -> dict[str, str]:
        if not stage.needs_node:
            return tool_environment()
        with one_at_a_time():
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
        say(f"[{stage.name}] {shlex.join(command)}")
        if program == "pytest":
            return self._run_pytest(arguments, stage, env)
        folder = node_env.WEB if program == "npm" else ROOT
        path = program if program == "npm" else str(python_env.VENV / "bin" / program)
        status = subprocess.run([path, *arguments], cwd=folder, env=env, check=False).returncode
        self.tally.count(passed=int(status == 0), failed=int(status != 0))
        return status == 0

    def _run_pytest(self, arguments: list[str], stage: stages.Stage, env: dict[str, str]) -> bool:
        report = REPORTS / f"{stage.name}.xml"
        REPORTS.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        command = [str(python_env.VENV / "bin" / "pytest"), *arguments, f"--junitxml={report}"]
        status = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        passed, failed, skipped = count_report(report, status)
        self.tally.count(passed=passed, failed=failed, skipped=skipped)
        return status == 0


def main() -> int:
    """Run the stages named on the command line; return 0 when all have passed."""
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
