"""Every requirement has a test, and every test a requirement."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.interaction.requirements import REQUIREMENTS

HERE = Path(__file__).parent


def tagged_tests() -> dict[str, list[str]]:
    """Return the requirement ids of every test in this folder, by test."""
    tests: dict[str, list[str]] = {}
    for path in sorted(HERE.glob("test_*.py")):
        if path == Path(__file__):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                tests[f"{path.name}::{node.name}"] = [
                    mark.args[0].value
                    for mark in node.decorator_list
                    if isinstance(mark, ast.Call)
                    and ast.unparse(mark.func) == "pytest.mark.requirement"
                    and isinstance(mark.args[0], ast.Constant)
                    and isinstance(mark.args[0].value, str)
                ]
    return tests


def test_every_requirement_has_a_test() -> None:
    shown = {requirement for requirements in tagged_tests().values() for requirement in requirements}
    assert set(REQUIREMENTS) - shown == set()


def test_every_test_shows_a_requirement_that_there_is() -> None:
    tests = tagged_tests()
    assert len(tests) > 20
    assert {name for name, requirements in tests.items() if not requirements} == set()
    assert {requirement for requirements in tests.values() for requirement in requirements} - set(REQUIREMENTS) == set()
