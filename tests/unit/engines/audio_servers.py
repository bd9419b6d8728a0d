"""A real HTTP server on loopback that answers audio requests as it is told."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.deadlines import WAIT_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Reply:
    """One answer: pieces are sent one by one; `cuts` hangs up instead of ending well, `holds` never ends."""

    status: int = 200
    content_type: str = "application/json"
    pieces: tuple[bytes, ...] = ()
    cuts: bool = False
    holds: bool = False


@dataclass
class AudioServer:
    """Answers the n-th request with the n-th reply, and all others with the last."""

    replies: deque[Reply]
    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)


def event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


@contextmanager
def audio_server(*replies: Reply) -> Iterator[AudioServer]:
    """Serve on a free port while the context lasts."""
    served = AudioServer(deque(replies))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body: bytes) -> None:
            served.bodies.append(body)
            served.paths.append(self.path)
            reply = served.replies[0] if len(served.replies) == 1 else served.replies.popleft()
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for piece in reply.pieces:
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                self.wfile.flush()
            if reply.holds:
                served.release.wait(WAIT_SECONDS)
            if reply.cuts or reply.holds:
                self.close_connection = True
                return
            self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    served.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        served.release.set()
        server.shutdown()
        server.server_close()
        thread.join(WAIT_SECONDS)
