"""The JSON schema of the wire, written for the page's types.

Run as `python -m scripts.wire_schema [--check]`; `npm run protocol` makes the types from the file. With `--check`
nothing is written, and a file that says something else than the code is an error.

Owns where the file lies. Refuses to know what the events are (`vivavoce.realtime.wire` does) and what becomes of them.
"""

from __future__ import annotations

import argparse
import json

from scripts.steps import ROOT, SetupError, fail, say
from vivavoce.realtime.wire.schema import protocol_schema

__all__ = ["SCHEMA", "schema_text", "write_schema"]

SCHEMA = ROOT / "web" / "src" / "protocol" / "schema.json"


def schema_text() -> str:
    """Return the file as it should be: a definition a line, so that a change of one is a change of its line."""
    schema = protocol_schema()
    definitions = [f"{json.dumps(name)}: {_line(shape)}" for name, shape in schema.pop("$defs").items()]
    head = _line(schema).removesuffix("}")
    return f'{head}, "$defs": {{\n' + ",\n".join(definitions) + "\n}}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def is_current() -> bool:
    """Whether the file says what the code says."""
    return SCHEMA.is_file() and SCHEMA.read_text(encoding="utf-8") == schema_text()


def write_schema() -> bool:
    """Write the file if it differs; tell whether it did."""
    if is_current():
        return False
    SCHEMA.write_text(schema_text(), encoding="utf-8")
    return True


def main() -> int:
    """Write or check, as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        stale = SetupError(f"{SCHEMA.relative_to(ROOT)} is not what the server speaks: run `make docs` and commit.")
        return 0 if is_current() else fail(stale)
    if write_schema():
        say(f"wrote {SCHEMA.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
