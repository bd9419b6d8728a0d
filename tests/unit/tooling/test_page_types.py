"""The page's types come from what the server speaks, and a file that lags behind is found and named."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from scripts import wire_schema
from vivavoce.realtime.wire.schema import protocol_schema

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def checked(monkeypatch: pytest.MonkeyPatch, schema: Path) -> int:
    monkeypatch.setattr(wire_schema, "ROOT", schema.parent)
    monkeypatch.setattr(wire_schema, "SCHEMA", schema)
    monkeypatch.setattr(sys, "argv", ["wire_schema", "--check"])
    return wire_schema.main()


def test_the_written_schema_is_the_servers_own_with_a_definition_a_line() -> None:
    text = wire_schema.schema_text()
    assert json.loads(text) == protocol_schema()
    assert len(text.splitlines()) == len(protocol_schema()["$defs"]) + 2


def test_a_schema_that_lags_behind_is_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(wire_schema.schema_text().replace("vivavoce.visemes", "vivavoce.lips"))
    assert checked(monkeypatch, schema) == 1
    assert "schema.json is not what the server speaks: run `make docs`" in capsys.readouterr().err
    assert "vivavoce.lips" in schema.read_text(), "a check writes nothing"
    schema.write_text(wire_schema.schema_text())
    assert checked(monkeypatch, schema) == 0
