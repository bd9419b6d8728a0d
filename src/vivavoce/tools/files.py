"""A user's own tools: Python files, or modules by their names, and every tool in them.

Owns finding and loading them, and the plain error when that fails. Refuses to know what the tools do.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vivavoce.errors import InputError
from vivavoce.tools.functions import FunctionTool, FunctionTools

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

__all__ = ["load_tool_files"]


def load_tool_files(places: Iterable[str]) -> FunctionTools:
    """Run each file (`my_tools.py`) or import each module (`my_package.tools`), and return the tools found in them.

    Raises:
        InputError: `tools_not_found`: no such file or module, or there is no tool in it; `tools_unreadable`: it fails,
            with the line at fault; `tool_invalid`.
    """
    functions: list[FunctionTool[..., Any]] = []
    for place in places:
        module = _loaded(place)
        found = [value for value in vars(module).values() if isinstance(value, FunctionTool)]
        if not found:
            raise InputError(
                "tools_not_found", f"There is no tool in '{place}'.", remedy="Write @tool above a function."
            )
        functions += [function for function in found if function not in functions]
    return FunctionTools(functions)


def _loaded(place: str) -> ModuleType:
    path = Path(place)
    is_file = path.suffix == ".py"
    if is_file and not path.is_file():
        raise _missing(place)
    try:
        return _run_file(path) if is_file else importlib.import_module(place)
    except ModuleNotFoundError as error:
        if not is_file and place.startswith(error.name or "\0"):
            raise _missing(place) from error
        raise _unreadable(place, error) from error
    except InputError:
        raise
    except Exception as error:
        # Another's code may fail in any way; whoever starts the server is told where.
        raise _unreadable(place, error) from error


def _run_file(path: Path) -> ModuleType:
    whole = path.resolve()
    # A name of its own for each file: two folders may have a `tools.py`, and none may hide a real module.
    name = f"vivavoce_own_tools_{whole.stem}_{hashlib.sha256(bytes(whole)).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, whole)
    if spec is None or spec.loader is None:
        raise _missing(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # type hints are looked up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _missing(place: str) -> InputError:
    return InputError("tools_not_found", f"There is no file or module '{place}'.", remedy="Check the setting 'tools'.")


def _unreadable(place: str, error: Exception) -> InputError:
    line = error.lineno if isinstance(error, SyntaxError) else _line_in(place, error)
    where = f"'{place}', line {line}" if line else f"'{place}'"
    said = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
    return InputError("tools_unreadable", f"The tools in {where} cannot be loaded: {said}.", remedy="Mend the file.")


def _line_in(place: str, error: Exception) -> int | None:
    """Return the last line of that file on the way to the error."""
    trace, line = error.__traceback__, None
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).name == Path(place).name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
