"""The commands a person and the continuous integration type."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

from scripts.stages import FORMATTERS, STAGES
from scripts.steps import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z0-9-]+):", MAKEFILE, re.MULTILINE))


def run_make(*arguments: str) -> str:
    make = shutil.which("make")
    assert make
    # Inside `make test` the outer make's flags would reach this one.
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run([make, *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout


def test_make_alone_lists_every_target() -> None:
    listed = {line.split()[1] for line in run_make().splitlines()}
    assert listed == TARGETS


def test_no_target_is_taken_for_a_file() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS


@pytest.mark.parametrize("target", ["check", "fmt", "lint", "types", "layers", "web", "unit", "interaction", "e2e"])
def test_a_target_names_stages_that_exist(target: str) -> None:
    command = run_make("--dry-run", target).splitlines()[-1]
    names = command.partition("scripts.check ")[2].split()
    assert names
    assert set(names) <= {stage.name for stage in (*STAGES, FORMATTERS)} | {"fast"}


def test_the_continuous_integration_runs_what_a_person_runs() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.splitlines()[-1].startswith("exec make test")
