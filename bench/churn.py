"""What is left of closed sessions: connects and disconnects, a fifth of them in mid-reply, a tenth by a killed socket.

Prints the server's tasks, threads, descriptors, children and memory before and after, and plots its memory on the way.
Every session sends some audio, so that its detectors have run; the first sessions, which make what stays, do not count.

    vivavoce bench churn [-n 500] [--engines embedded]
"""

from __future__ import annotations

import argparse
import base64
import json
import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import anyio
import numpy as np
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bench.report import Report
from bench.server import RunningServer, running_server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from websockets.asyncio.client import ClientConnection

WARM_UP = 60
AT_ONCE = 10
LOOK_EVERY = 100
SETTLE_SECONDS = 5.0
DEADLINE_SECONDS = 120.0
RETRY_SECONDS = 0.5
MEMORY_LIMIT_MB = 10.0
AUDIO_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class Tally:
    """How the sessions ended."""

    closed: int = 0
    in_reply: int = 0
    killed: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=500, help="how many sessions")
    parser.add_argument("--engines", choices=("instant", "embedded"), default="embedded")
    options = parser.parse_args(arguments)
    report = Report("churn", f"Churn: what {options.n} sessions leave behind, {options.engines} engines")
    tally, memory = Tally(), []
    with running_server("--engines", options.engines) as server:
        _visit(server, WARM_UP, Tally())
        before = _census(server)
        for done in range(0, options.n, LOOK_EVERY):
            _visit(server, min(LOOK_EVERY, options.n - done), tally)
            memory.append(_census(server)["memory, MB"])
        after = _census(server)
    report.table(("", "before", "after"), [(name, before[name], after[name]) for name in before])
    report.table(
        ("sessions", "of them in mid-reply", "killed", "refused at first"),
        [(tally.closed, tally.in_reply, tally.killed, tally.refused)],
    )
    for failure in tally.failures[:5]:
        print(f"  {failure}")
    report.figure("sessions that failed", len(tally.failures), "", 0)
    for name in ("tasks", "threads", "descriptors", "children"):
        report.figure(f"{name} left", after[name] - before[name], "", 0)
    report.figure("memory left", after["memory, MB"] - before["memory, MB"], "MB", MEMORY_LIMIT_MB)
    report.plot(partial(_draw, [before["memory, MB"], *memory]), "churn")
    report.save({"before": before, "after": after, "memory_mb": memory})


def _visit(server: RunningServer, sessions: int, tally: Tally) -> None:
    anyio.run(_churn, server.url, sessions, tally)
    time.sleep(SETTLE_SECONDS)


def _census(server: RunningServer) -> dict[str, float]:
    """Count what the server's process holds; of its children, who they are and what they hold."""
    process = server.process
    children = process.children(recursive=True)
    return {
        "tasks": server.health()["process"]["tasks"],
        "threads": process.num_threads(),
        "descriptors": process.num_fds(),
        "children": len(children),
        "memory, MB": round(process.memory_info().rss / 2**20, 1),
        "children's memory, MB": round(sum(child.memory_info().rss for child in children) / 2**20, 1),
    }


async def _churn(url: str, sessions: int, tally: Tally) -> None:
    """Open and close that many sessions, a few at once."""
    for start in range(0, sessions, AT_ONCE):
        async with anyio.create_task_group() as group:
            for number in range(start, min(start + AT_ONCE, sessions)):
                group.start_soon(_one_session, url, number, tally)


async def _one_session(url: str, number: int, tally: Tally) -> None:
    """Open a session and leave it: every fifth in mid-reply, a tenth by killing the socket, some in both ways."""
    try:
        with anyio.fail_after(DEADLINE_SECONDS):
            socket = await _admitted(url, tally)
            await socket.send(_audio())
            if number % 5 == 0:
                await _reach_mid_reply(socket)
                tally.in_reply += 1
            if number % 20 in (0, 3):
                socket.transport.abort()
                tally.killed += 1
            else:
                await socket.close()
    except (OSError, TimeoutError, ConnectionClosed, ValueError) as error:
        tally.failures.append(f"session {number}: {error!r}")
    else:
        tally.closed += 1


async def _admitted(url: str, tally: Tally) -> ClientConnection:
    """Connect, again where the server says that it has enough to do."""
    while True:
        socket = await connect(url, compression=None, max_size=None, proxy=None)
        if json.loads(await socket.recv())["type"] == "session.created":
            return socket
        tally.refused += 1
        await socket.close()
        await anyio.sleep(RETRY_SECONDS)


async def _reach_mid_reply(socket: ClientConnection) -> None:
    text = {"type": "input_text", "text": "Tell me a long story about the sea."}
    item = {"type": "message", "role": "user", "content": [text]}
    await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
    await socket.send(json.dumps({"type": "response.create"}))
    while (event := json.loads(await socket.recv()))["type"] != "response.output_audio.delta":
        if event["type"] == "response.done":
            raise ValueError(f"no audio came: {event['response']['status_details']}")


def _audio() -> str:
    """Return a loud half second, enough for the detectors and too little to be answered."""
    noise = np.random.default_rng(0).normal(0, 3_000, round(24_000 * AUDIO_SECONDS)).astype("<i2")
    return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(noise.tobytes()).decode()})


def _draw(memory_mb: list[float], axes: Axes) -> None:
    axes.plot([LOOK_EVERY * look for look in range(len(memory_mb))], memory_mb, marker="o")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("sessions")
    axes.set_ylabel("memory of the server's process, MB")


if __name__ == "__main__":
    main()
