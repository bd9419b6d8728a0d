"""No model process outlives the one that started it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.deadlines import WAIT_SECONDS
from tests.integration.llm_engines import children, small_model

PARENT = """
import sys, pathlib, anyio
from vivavoce.engines.llm.llama_server import LlamaServer
from vivavoce.engines.llm.llama_settings import LlamaSettings

async def main():
    async with anyio.create_task_group() as tasks:
        server = LlamaServer(pathlib.Path(sys.argv[1]), LlamaSettings(slots=1, slot_context_tokens=512))
        await tasks.start(server.run)
        print("READY", server.endpoint.slot_folder, flush=True)
        await anyio.sleep_forever()

anyio.run(main, backend_options={"use_uvloop": True})
"""


def are_gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=WAIT_SECONDS)
    return not alive


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT], ids=["kill -9", "terminate", "Ctrl-C"])
def test_the_child_goes_with_its_parent(how: signal.Signals) -> None:
    command = [sys.executable, "-c", PARENT, str(small_model())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        folder = Path(next(line for line in parent.stdout if line.startswith("READY")).split()[1])
        orphans = children(parent.pid)
        assert len(orphans) == 1
        assert folder.is_dir()
        parent.send_signal(how)
        parent.wait(timeout=WAIT_SECONDS)
        assert are_gone(orphans)
        assert not folder.exists()


def test_the_child_imports_nothing_from_the_working_folder(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('imported from the working folder')", encoding="utf-8")
    # -P keeps the parent, whose own imports are not the matter here, from doing the same.
    command = [sys.executable, "-P", "-c", PARENT, str(small_model())]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tmp_path
    ) as parent:
        assert parent.stdout is not None
        assert any(line.startswith("READY") for line in parent.stdout)
        parent.kill()


def test_the_child_goes_when_its_parent_dies_before_the_model_is_loaded() -> None:
    command = [sys.executable, "-c", PARENT, str(small_model())]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as parent:
        deadline = time.monotonic() + WAIT_SECONDS
        while not (orphans := children(parent.pid)):
            assert time.monotonic() < deadline
        parent.kill()
    assert are_gone(orphans)
