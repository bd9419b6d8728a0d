"""A chat server that behaves as Ollama's does, with a real model behind it, in a process that can be killed.

Model names carry tags, any key will do, only the OpenAI routes are there (no /tokenize, no slots), and an unknown model
is a 404 in Ollama's words. Run as `python -m tests.integration.ollama_shaped --gguf FILE --port PORT`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.deadlines import START_SECONDS, WAIT_SECONDS
from tests.ports import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request

MODEL = "smollm2:135m"


def serve(gguf: str, port: int, pace_seconds: float) -> None:
    """Serve until killed."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = gguf
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.ui = False
    params.n_parallel = 2
    params.n_ctx = 4096
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    llama = xllamacpp.Server(params)
    upstream = httpx2.AsyncClient(base_url=llama.listening_address, timeout=WAIT_SECONDS)

    asked = 0

    async def count(_: Request) -> Response:
        return JSONResponse(asked)

    async def models(_: Request) -> Response:
        listed = [{"id": MODEL, "object": "model", "created": 0, "owned_by": "library"}]
        return JSONResponse({"object": "list", "data": listed})

    async def chat(request: Request) -> Response:
        body: dict[str, Any] = await request.json()
        if body.get("model") != MODEL:
            message = f'model "{body.get("model")}" not found, try pulling it first'
            error = {"message": message, "type": "not_found_error", "param": None, "code": None}
            return JSONResponse({"error": error}, status_code=404)
        nonlocal asked
        asked += 1
        return StreamingResponse(answer(body), media_type="text/event-stream")

    async def answer(body: dict[str, Any]) -> AsyncIterator[bytes]:
        async with upstream.stream("POST", "/v1/chat/completions", json=body) as streamed:
            async for line in streamed.aiter_lines():
                if line:
                    await anyio.sleep(pace_seconds)
                    yield f"{line}\n\n".encode()

    routes = [Route("/asked", count), Route("/v1/models", models)]
    routes += [Route("/v1/chat/completions", chat, methods=["POST"])]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=port, log_level="error")


@dataclass
class OllamaShaped:
    """Such a server, which may be killed and started again at the same address."""

    gguf: Path
    port: int
    pace_seconds: float = 0.0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """What goes before the # in the setting."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def setting(self) -> str:
        """The one setting."""
        return f"{self.url}#{MODEL}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [sys.executable, "-m", "tests.integration.ollama_shaped", "--gguf", str(self.gguf)]
        command += ["--port", str(self.port), "--pace", str(self.pace_seconds)]
        self.processes.append(subprocess.Popen(command))
        deadline = time.monotonic() + START_SECONDS
        while not self._has_its_model():
            assert self.processes[-1].poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)

    def _has_its_model(self) -> bool:
        # It listens a moment before its model has a name.
        try:
            with urllib.request.urlopen(f"{self.url}/models", timeout=WAIT_SECONDS) as answer:
                return any(model["id"] == MODEL for model in json.load(answer)["data"])
        except OSError:
            return False

    def asked(self) -> int:
        """Return how many chats it was asked for since its start."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/asked", timeout=WAIT_SECONDS) as answer:
            return int(answer.read())

    def kill(self) -> None:
        """End it at once, as the system does when memory is short."""
        for process in self.processes:
            process.kill()
            process.wait(WAIT_SECONDS)


@contextmanager
def ollama_shaped(gguf: Path, *, pace_seconds: float = 0.0) -> Iterator[OllamaShaped]:
    """Run the server while the context lasts."""
    server = OllamaShaped(gguf, free_port(), pace_seconds)
    try:
        server.start()
        yield server
    finally:
        server.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--pace", type=float, default=0.0)
    given = parser.parse_args()
    serve(given.gguf, given.port, given.pace)
