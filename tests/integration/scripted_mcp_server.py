"""A small MCP server over stdio that does as its first argument says; standard library only, to start at once.

well: answers; mute: never says a word; deaf: answers, and goes on when its input ends or it is told to terminate;
failing: complains and exits; parent: answers, and has started a program of its own that is deaf.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

HOW = sys.argv[1]
TOOLS = [
    {"name": "echo", "description": "Say it again.", "inputSchema": {"type": "object"}},
    {"name": "hang", "description": "Never answer.", "inputSchema": {"type": "object"}},
    {"name": "die", "description": "Exit in the middle.", "inputSchema": {"type": "object"}},
    {"name": "grow", "description": "Have one more tool.", "inputSchema": {"type": "object"}},
    {"name": "environment", "description": "Tell it.", "inputSchema": {"type": "object"}},
]
FOREVER = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)"


def say(message: dict[str, object]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def note(line: str) -> None:
    if "NOTES" in os.environ:
        with Path(os.environ["NOTES"]).open("a", encoding="utf-8") as notes:
            notes.write(line + "\n")


def call(name: str) -> str | None:
    if name == "hang":
        note("hanging")
        return None
    if name == "die":
        os._exit(3)
    if name == "grow":
        TOOLS.append({"name": "new", "description": "", "inputSchema": {"type": "object"}})
        say({"method": "notifications/tools/list_changed"})
    return json.dumps(dict(os.environ)) if name == "environment" else f"{name} of {os.getpid()}"


def answer(message: dict[str, object]) -> dict[str, object] | None:
    params = message.get("params")
    told = params if isinstance(params, dict) else {}
    match message["method"]:
        case "initialize":
            return {
                "protocolVersion": told["protocolVersion"],
                "capabilities": {"tools": {"listChanged": True}},
                "serverInfo": {"name": "scripted", "version": "1"},
            }
        case "tools/list":
            return {"tools": TOOLS}
        case "tools/call":
            text = call(told["name"])
            return None if text is None else {"content": [{"type": "text", "text": text}]}
    return {}


def main() -> None:
    if HOW == "failing":
        sys.stderr.write("The moon is in the wrong house.\n")
        sys.exit(4)
    if HOW in {"deaf", "mute"}:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if HOW == "parent":
        subprocess.Popen([sys.executable, "-I", "-S", "-c", FOREVER])
    for line in sys.stdin:
        message = json.loads(line)
        if HOW == "mute":
            continue
        if "id" not in message:
            note(message["method"])
        elif message["method"] == "server/discover":
            say({"id": message["id"], "error": {"code": -32601, "message": "Method not found"}})
        elif (result := answer(message)) is not None:
            say({"id": message["id"], "result": result})
    while HOW in {"deaf", "mute"}:
        time.sleep(1)


main()
