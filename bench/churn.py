"""What is left of closed sessions: connects and disconnects, a fifth of them in mid-reply, a tenth by a cut socket.

Prints the server's tasks, threads, descriptors, children and memory before and after.

    python -m bench.churn [-n 100]
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import anyio
from websockets.asyncio.client import connect

from bench.machine import machine, write_results
from bench.server import RunningServer, running_server

WARM_UP = 20
AT_ONCE = 10
SETTLE_SECONDS = 3.0


def census(server: RunningServer) -> dict[str, float]:
    """Count what the server's process holds."""
    process = server.process
    return {
        "tasks": server.health()["process"]["tasks"],
        "threads": process.num_threads(),
        "descriptors": process.num_fds(),
        "children": len(process.children(recursive=True)),
        "memory_mb": round(process.memory_info().rss / 2**20, 1),
    }


async def one_session(url: str, number: int) -> None:
    """Open a session; every fifth leaves in mid-reply, every tenth by cutting the socket."""
    socket = await connect(url, compression=None, max_size=None, proxy=None)
    await socket.recv()
    if number % 5 == 0:
        text = {"type": "input_text", "text": "Tell me a long story about the sea."}
        item = {"type": "message", "role": "user", "content": [text]}
        await socket.send(json.dumps({"type": "conversation.item.create", "item": item}))
        await socket.send(json.dumps({"type": "response.create"}))
        while json.loads(await socket.recv())["type"] != "response.output_audio.delta":
            pass
    if number % 10 == 0:
        socket.transport.abort()
        return
    await socket.close()


async def churn(url: str, sessions: int) -> None:
    """Open and close that many sessions, a few at once."""
    for start in range(0, sessions, AT_ONCE):
        async with anyio.create_task_group() as group:
            for number in range(start, min(start + AT_ONCE, sessions)):
                group.start_soon(one_session, url, number)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=100)
    options = parser.parse_args()
    rows: dict[str, Any] = {}
    with running_server() as server:
        anyio.run(churn, server.url, WARM_UP)
        time.sleep(SETTLE_SECONDS)
        rows["before"] = census(server)
        anyio.run(churn, server.url, options.n)
        time.sleep(SETTLE_SECONDS)
        rows["after"] = census(server)
    print(f"\nchurn, {options.n} sessions\n{machine()}")
    for name in rows["before"]:
        print(f"  {name:12s} before {rows['before'][name]:8}  after {rows['after'][name]:8}")
    write_results("churn", rows)


if __name__ == "__main__":
    main()
