"""MCP servers are written down as users know it, and a slip is told with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from vivavoce.errors import InputError
from vivavoce.tools.mcp.approval import ALL_TOOLS, Approval, ToolFilter, read_approval, read_filter
from vivavoce.tools.mcp.config import McpServerConfig, load_mcp_config, read_mcp_config, session_server

if TYPE_CHECKING:
    from pathlib import Path


def read(fields: dict[str, Any], environment: dict[str, str] | None = None) -> McpServerConfig:
    (server,) = read_mcp_config({"mcpServers": {"home": fields}}, environment or {})
    return server


def test_the_shape_that_other_programs_use_is_read(tmp_path: Path) -> None:
    document = {
        "mcpServers": {
            "time": {"command": "uvx", "args": ["mcp-server-time"], "env": {"TZ": "UTC"}, "autoApprove": []},
            "wiki": {"type": "http", "url": "https://example.org/mcp", "headers": {"Authorization": "Bearer ${KEY}"}},
            "off": {"command": "nothing", "disabled": True},
        }
    }
    path = tmp_path / "mcp.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert load_mcp_config(path, {"KEY": "secret"}) == (
        McpServerConfig(label="time", command="uvx", args=("mcp-server-time",), env={"TZ": "UTC"}),
        McpServerConfig(
            label="wiki", url="https://example.org/mcp", headers={"Authorization": "Bearer secret"}
        ),
    )  # fmt: skip


def test_our_own_fields_are_read_too() -> None:
    server = read(
        {
            "command": "x",
            "allowed_tools": ["read_*"],
            "require_approval": {"always": ["write"], "never": {"read_only": True}},
            "timeout_seconds": 5,
        }
    )
    assert server.allowed == ToolFilter(names=("read_*",))
    assert server.approval.always == ToolFilter(names=("write",))
    assert server.approval.never == ToolFilter(read_only=True)
    assert server.timeout_seconds == 5.0


def test_environment_variables_are_put_in_and_may_have_a_default() -> None:
    server = read({"command": "${BIN:-run}", "args": ["--key=${KEY}"], "cwd": "${HOME}"}, {"KEY": "k", "HOME": "/h"})
    assert (server.command, server.args, server.cwd) == ("run", ("--key=k",), "/h")


def test_keys_are_in_no_repr() -> None:
    assert "secret" not in repr(read({"url": "http://h/", "headers": {"X-Key": "secret"}}))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "either a 'command' to run or a 'url'"),
        ({"command": "x", "url": "http://h/"}, "either a 'command'"),
        ({"command": "x", "type": "http"}, "either a 'command'"),
        ({"url": "http://h/", "type": "sse"}, "can be stdio or http"),
        ({"command": "x", "args": "one two"}, "'args' must be a list"),
        ({"command": "x", "timeout_seconds": "5"}, "'timeout_seconds' must be a number"),
        ({"command": "x", "timeout_seconds": True}, "'timeout_seconds' must be a number"),
        ({"command": "x", "timeout_seconds": 0}, "more than 0"),
        ({"command": "x", "allowed_tool": ["a"]}, "'allowed_tool' that does not exist"),
        ({"command": "x", "allowed_tools": "a"}, "home.allowed_tools' must be a list"),
        ({"command": "x", "require_approval": "sometimes"}, "must be always, never"),
        ({"command": "x", "env": {"KEY": "${NOT_SET}"}}, "NOT_SET, which is not set"),
        ("x", "must have fields"),
    ],
)
def test_a_slip_is_told_with_the_server_and_the_field(fields: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read(fields)
    assert refused.value.code == "mcp_config_invalid"
    assert "home" in refused.value.message


@pytest.mark.parametrize("label", ["", "a b", "x" * 65, "vivavoce", "a.b"])
def test_a_label_that_could_not_be_told_apart_is_refused(label: str) -> None:
    with pytest.raises(InputError, match="MCP server"):
        read_mcp_config({"mcpServers": {label: {"command": "x"}}}, {})


@pytest.mark.parametrize("text", ["{", "[]", '{"servers": {}}'])
def test_a_file_without_servers_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mcp.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_mcp_config(path, {})
    assert refused.value.code == "mcp_config_invalid"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file") as refused:
        load_mcp_config(tmp_path / "no.json", {})
    assert refused.value.code == "mcp_config_not_found"


def test_a_session_names_a_server_in_the_words_of_the_protocol() -> None:
    server = session_server("home", "https://h/mcp", headers={"X": "1"}, authorization="token", allowed_tools=["a"])
    assert server.headers == {"X": "1", "Authorization": "Bearer token"}
    assert server.approval.is_needed("a", read_only=True, destructive=False)
    assert not session_server("home", "https://h/", require_approval="never").approval.is_needed(
        "a", read_only=False, destructive=True
    )


def test_a_session_cannot_write_headers_of_its_own_after_one() -> None:
    with pytest.raises(InputError, match="characters"):
        session_server("home", "https://h/mcp", headers={"X": "1\r\nHost: other"})


@pytest.mark.parametrize(
    ("rule", "read_only", "destructive", "needed"),
    [
        (None, False, False, False),
        (None, False, True, True),
        ("always", True, False, True),
        ("never", False, True, False),
        ({"always": ["delete"]}, True, False, True),
        ({"never": ["delete"]}, False, True, False),
        ({"never": {"read_only": True}}, False, True, True),
        ({"always": ["*"], "never": ["delete"]}, False, False, True),
    ],
)
def test_approval_follows_the_rules_and_then_the_servers_hints(
    rule: object, read_only: bool, destructive: bool, needed: bool
) -> None:
    approval = read_approval(rule, otherwise="when_destructive")
    assert approval.is_needed("delete", read_only=read_only, destructive=destructive) is needed


def test_no_rule_at_all_allows_everything_and_asks_for_nothing() -> None:
    assert read_filter(None, param="x") == ALL_TOOLS
    assert read_approval(None, otherwise="never") == Approval(otherwise="never")
