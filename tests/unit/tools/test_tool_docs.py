"""What the pages about tools show is run here, word for word."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from vivavoce.settings import Settings
from vivavoce.tools.definition import StartTimer
from vivavoce.tools.files import load_tool_files
from vivavoce.tools.mcp.config import read_mcp_config, session_server
from vivavoce.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from tests.unit.tools.callers import RecordedCaller

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).resolve().parents[3] / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


async def test_the_tutorial_s_file_gives_the_tools_it_says(tmp_path: Path, caller: RecordedCaller) -> None:
    page = blocks("tutorial/your-own-tools.md", "python")
    (tmp_path / "my_tools.py").write_text("\n\n".join(page), encoding="utf-8")
    toolbox = Toolbox([load_tool_files([str(tmp_path / "my_tools.py")])])
    assert {one.name: (one.changes_things, one.needs_approval) for one in toolbox.offered()} == {
        "room_temperature": (False, False),
        "water_level": (False, False),
        "set_lamp": (True, False),
        "open_door": (True, True),
        "boil_eggs": (False, False),
    }
    assert (await toolbox.call("room_temperature", '{"room": "厨房"}', caller)).output == "21.5 degrees"
    missing = await toolbox.call("room_temperature", '{"room": "attic"}', caller)
    assert "There is no room 'attic'" in missing.output
    assert (await toolbox.call("water_level", "", caller)).output == "140.0"
    assert (await toolbox.call("set_lamp", '{"room": "kitchen", "state": "dim"}', caller)).error_code
    await toolbox.call("boil_eggs", '{"soft": false}', caller)
    assert caller.actions == [StartTimer(timer_id="eggs", seconds=540, label="eggs")]


def test_the_how_to_s_servers_are_read() -> None:
    configuration, of_a_session = blocks("how-to/mcp-servers.md", "json")
    time, home = read_mcp_config(json.loads(configuration), {"HOME_KEY": "k"})
    assert (time.label, time.command) == ("time", "uvx")
    assert home.headers == {"Authorization": "Bearer k"}
    assert home.approval.is_needed("set_light", read_only=False, destructive=False)
    told = json.loads(of_a_session)
    assert told.pop("type") == "mcp"
    assert session_server(told.pop("server_label"), told.pop("server_url"), **told).headers


@pytest.mark.parametrize("page", ["tutorial/your-own-tools.md", "how-to/mcp-servers.md"])
def test_the_settings_that_a_page_names_exist(page: str) -> None:
    named = {name.lower() for block in blocks(page, "bash") for name in re.findall(r"VIVAVOCE_(\w+)=", block)}
    assert named
    assert named <= Settings.model_fields.keys()
