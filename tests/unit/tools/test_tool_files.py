"""A user's own tools are loaded from files and modules, and what is wrong with them is told plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vivavoce.errors import InputError
from vivavoce.tools.files import load_tool_files

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '''
from vivavoce.tools.functions import tool

@tool
def {name}(x: int) -> int:
    """Double."""
    return 2 * x
'''


def write(folder: Path, name: str, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder / name)


def test_every_tool_of_every_file_is_there(tmp_path: Path) -> None:
    first = write(tmp_path / "a", "tools.py", GOOD.format(name="one"))
    second = write(tmp_path / "b", "tools.py", GOOD.format(name="two"))
    assert [definition.name for definition in load_tool_files([first, second]).tools()] == ["one", "two"]


def test_a_module_is_named_without_its_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "tools_of_this_test.py", GOOD.format(name="one"))
    monkeypatch.syspath_prepend(tmp_path)
    assert len(load_tool_files(["tools_of_this_test"]).tools()) == 1


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("def f(:", "tools_unreadable", "line 1"),
        ("\n\n1 / 0", "tools_unreadable", "line 3 cannot be loaded: ZeroDivisionError: division by zero"),
        ("import no_such_module_here", "tools_unreadable", "no_such_module_here"),
        ("def f(x: int): ...", "tools_not_found", "no tool"),
        (GOOD.format(name="one").replace("x: int", "x"), "tool_invalid", "'x'"),
        (
            "from __future__ import annotations" + GOOD.format(name="one").replace("x: int", "x: Nowhere"),
            "tool_invalid",
            "Nowhere",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_line(tmp_path: Path, text: str, code: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        load_tool_files([write(tmp_path, "mine.py", text)])
    assert refused.value.code == code


@pytest.mark.parametrize("place", ["nowhere.py", "no_such_module_here", "no_such_module_here.tools"])
def test_a_file_or_module_that_is_not_there_is_named(place: str) -> None:
    with pytest.raises(InputError, match=place) as refused:
        load_tool_files([place])
    assert refused.value.code == "tools_not_found"
