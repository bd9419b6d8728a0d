"""A chat server of OpenAI's kind on loopback whose replies a test decides, so that it knows how long they last."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["STORY", "ScriptedChat", "scripted_chat"]

STORY = (
    "The sea covers most of the earth. It is deep and wide and never still. Every river ends in it one day. "
    "Whales sing to each other across a thousand miles of it. Some of its fish make their own light. "
    "Its tides follow the moon, twice every day. Sailors once found their way over it by the stars alone. "
    "And nobody has ever seen all of its floor."
)
"""Takes some twenty seconds to say."""

HOLD_SECONDS = 60.0

ASKED_BY_THE_MEMORY = "<said>"
NOTHING_TO_KEEP = '{"facts": []}'


class ScriptedChat:
    """Answers every request of a conversation with `reply`.

    What the memory asks about something that was said, whenever nobody speaks, is no part of a conversation: it is told
    that there is nothing to keep.

    Attributes:
        reply: what is answered from now on.
        asked: the messages of every request, as (role, text).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._may_answer = threading.Event()
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what was asked, and answer with the story."""
        self.reply = STORY
        self.asked: list[list[tuple[str, str]]] = []
        self._may_answer.set()

    def hold(self) -> None:
        """Answer nobody until `release`: the page sees a model that thinks."""
        self._may_answer.clear()

    def release(self) -> None:
        self._may_answer.set()

    def answer(self, body: dict[str, Any]) -> str:
        """Take a request, and return the reply once it may be given."""
        messages = [(message["role"], message["content"]) for message in body["messages"]]
        if messages[-1][1].startswith(ASKED_BY_THE_MEMORY):
            return NOTHING_TO_KEEP
        self.asked.append(messages)
        self._may_answer.wait(HOLD_SECONDS)
        return self.reply


class _Server(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.chat = ScriptedChat(f"http://127.0.0.1:{self.server_port}/v1#scripted")


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        reply = self.server.chat.answer(body)
        # Whoever was interrupted does not wait for the rest.
        with contextlib.suppress(ConnectionError):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for piece in re.findall(r"\S+\s*", reply):
                self._send({"index": 0, "delta": {"content": piece}, "finish_reason": None})
            self._send({"index": 0, "delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: what was asked is in `ScriptedChat.asked`."""

    def _send(self, choice: dict[str, object]) -> None:
        self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())


@contextmanager
def scripted_chat() -> Iterator[ScriptedChat]:
    """Serve while the context is open."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, name="scripted chat")
        thread.start()
        try:
            yield server.chat
        finally:
            server.chat.release()
            server.shutdown()
            thread.join()
