"""A chat server of OpenAI's kind on loopback that has one answer: what is to be spoken.

Owns the little of the protocol that a reply takes. Refuses to understand what it is asked.
"""

from __future__ import annotations

import contextlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["reciting"]


@contextmanager
def reciting(text: str) -> Iterator[str]:
    """Serve while the context is open; yields what `--llm` takes."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            # A server that has hung up does not wait for the rest.
            with contextlib.suppress(ConnectionError):
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for piece in re.findall(r"\S+\s*", text):
                    self._send({"index": 0, "delta": {"content": piece}, "finish_reason": None})
                self._send({"index": 0, "delta": {}, "finish_reason": "stop"})
                self.wfile.write(b"data: [DONE]\n\n")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def _send(self, choice: dict[str, object]) -> None:
            self.wfile.write(f"data: {json.dumps({'choices': [choice]})}\n\n".encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, name="recital")
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1#recital"
        finally:
            server.shutdown()
            thread.join()
