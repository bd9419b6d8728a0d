"""The embedded language model: how soon the first token comes, and how fast the rest.

Prints the first token's milliseconds for a prompt nobody has read (cold), for one whose first 200 tokens were read
before (warm), and turn by turn for conversations that take turns; tokens a second; how soon an abandoned prompt stops
costing; and what the chat client adds to a bare HTTP client against a server that answers at once.

    python -m bench.llm_first_token [--model FILE.gguf] [--rounds 9]
"""

from __future__ import annotations

import argparse
import json
import secrets
import time
from contextlib import aclosing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import anyio
import httpx2
import structlog
from anyio.abc import SocketAttribute
from anyio.streams.buffered import BufferedByteReceiveStream

from bench.machine import machine
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.llm.openai_chat import OpenAiChat
from vivavoce.engines.protocols import ChatMessage, ReplyEnd, ReplyRequest, TextDelta
from vivavoce.models.manifest import load_manifest
from vivavoce.models.store import ModelStore, default_root

if TYPE_CHECKING:
    from anyio.abc import SocketStream

    from vivavoce.engines.protocols import ReplyEngine

PERSONA = "You are Viva, a warm and attentive voice assistant. You are heard, not read, so answer in short sentences. "
PERSONA_REPEATS = 8
QUESTIONS = ("Tell me about foxes.", "What do they eat?", "Where do they sleep?", "How long do they live?")
CONVERSATIONS = 3


def _asked(persona: str, question: str, conversation_id: str, *, max_tokens: int = 40) -> ReplyRequest:
    messages = (ChatMessage(role="system", content=persona), ChatMessage(role="user", content=question))
    return ReplyRequest(messages=messages, max_tokens=max_tokens, conversation_id=conversation_id)


class _Timed:
    """One reply: what it said and when."""

    def __init__(self) -> None:
        self.first_ms = 0.0
        self.tokens_a_second = 0.0
        self.text = ""
        self.end = ReplyEnd()

    @classmethod
    async def of(cls, engine: ReplyEngine, request: ReplyRequest) -> _Timed:
        """Take one reply's time."""
        timed = cls()
        began = time.perf_counter()
        async for delta in engine.reply(request):
            if isinstance(delta, ReplyEnd):
                timed.end = delta
            elif isinstance(delta, TextDelta):
                timed.first_ms = timed.first_ms or (time.perf_counter() - began) * 1000
                timed.text += delta.text
        generating = time.perf_counter() - began - timed.first_ms / 1000
        timed.tokens_a_second = (timed.end.output_tokens - 1) / generating
        return timed


def _row(name: str, values: list[float], unit: str, note: str = "") -> None:
    ordered = sorted(values)
    print(f"  {name:<44} {median(ordered):8.1f} {unit:<9} {ordered[0]:8.1f} .. {ordered[-1]:<8.1f} {note}")


async def _measure_prompts(engine: EmbeddedChat, rounds: int) -> None:
    cold: list[_Timed] = []
    warm: list[_Timed] = []
    speed: list[float] = []
    for number in range(rounds):
        # A fresh beginning shares nothing with any prompt before it.
        persona = f"{secrets.token_hex(4)} {PERSONA * PERSONA_REPEATS}"
        cold.append(await _Timed.of(engine, _asked(persona, "Why is the sky blue?", f"cold {number}")))
        warm.append(await _Timed.of(engine, _asked(persona, "How do birds fly?", f"cold {number}", max_tokens=100)))
        speed.append(warm[-1].tokens_a_second)
    tokens, known = warm[-1].end.input_tokens, warm[-1].end.cached_tokens
    _row("first token, cold prefix", [timed.first_ms for timed in cold], "ms", f"{cold[-1].end.input_tokens} tokens")
    _row("first token, warm prefix", [timed.first_ms for timed in warm], "ms", f"{tokens} tokens, {known} known")
    _row("then", speed, "tokens/s")


async def _measure_turns(engine: EmbeddedChat) -> None:
    persona = PERSONA * PERSONA_REPEATS
    histories: list[list[ChatMessage]] = [[ChatMessage(role="system", content=persona)] for _ in range(CONVERSATIONS)]
    for history in histories:
        await engine.read_ahead(ReplyRequest(messages=tuple(history), conversation_id=str(id(history))))
    first = []
    for question in QUESTIONS:
        for history in histories:
            history.append(ChatMessage(role="user", content=question))
            request = ReplyRequest(messages=tuple(history), max_tokens=40, conversation_id=str(id(history)))
            timed = await _Timed.of(engine, request)
            history.append(ChatMessage(role="assistant", content=timed.text))
            first.append(timed.first_ms)
    _row(f"first token, {CONVERSATIONS} conversations of {len(QUESTIONS)} turns", first, "ms")


async def _measure_abandoning(engine: EmbeddedChat, rounds: int) -> None:
    assert engine.endpoint is not None
    idle_ms = []
    async with engine.endpoint.client(60.0) as client:
        for number in range(rounds):
            prompt = _asked(f"{secrets.token_hex(4)} {PERSONA * PERSONA_REPEATS * 5}", "Why?", f"left {number}")
            with anyio.move_on_after(0.5):
                await engine.read_ahead(prompt)
            left_at = time.perf_counter()
            # The loop that computes answers this, between one batch and the next.
            while any(slot["is_processing"] for slot in (await client.get("/slots")).json()):
                pass
            idle_ms.append((time.perf_counter() - left_at) * 1000)
    _row("an abandoned prompt stops costing after", idle_ms, "ms")


async def _answer_at_once(socket: SocketStream) -> None:
    """Answer every request with 20 tokens that were ready before it came."""
    events = [{"choices": [{"index": 0, "delta": {"content": f" {number}"}}]} for number in range(20)]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    stream = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = f"{head}{len(stream):x}\r\n{stream}\r\n0\r\n\r\n".encode()
    async with socket:
        incoming = BufferedByteReceiveStream(socket)
        while True:
            try:
                request = (await incoming.receive_until(b"\r\n\r\n", 65536)).decode("latin-1").lower()
                length = request.partition("content-length:")[2].split("\r\n")[0]
                await incoming.receive_exactly(int(length))
                await socket.send(answer)
            except (anyio.IncompleteRead, anyio.BrokenResourceError):
                return


async def _measure_client(rounds: int) -> None:
    question = ChatMessage(role="user", content="word " * 20)
    request = ReplyRequest(messages=(question,) * 22)
    body = {"model": "m", "stream": True, "messages": [{"role": "user", "content": question.content}] * 22}
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, _answer_at_once)
        url = f"http://127.0.0.1:{listener.extra(SocketAttribute.local_port)}/v1"
        engine = OpenAiChat(url, "m")
        bare: list[float] = []
        ours: list[float] = []
        async with httpx2.AsyncClient(trust_env=False, verify=False) as client:
            for _ in range(rounds):
                began = time.perf_counter()
                async with client.stream("POST", f"{url}/chat/completions", json=body) as response:
                    lines = response.aiter_lines()
                    json.loads((await anext(lines)).removeprefix("data: "))
                    bare.append((time.perf_counter() - began) * 1000)
                    async for _line in lines:
                        pass
                began = time.perf_counter()
                async with aclosing(engine.reply(request)) as deltas:
                    await anext(deltas)
                    ours.append((time.perf_counter() - began) * 1000)
                    async for _delta in deltas:
                        pass
        await engine.aclose()
        tasks.cancel_scope.cancel()
    _row("first token from an instant server, bare HTTP", bare[10:], "ms")
    _row("the same through the chat client", ours[10:], "ms")


async def _measure(gguf: Path, rounds: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    print(f"{gguf.stem} on {machine()}: median, least .. most")
    engine = EmbeddedChat(gguf)
    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        await tasks.start(engine.run)
        _row("ready after", [(time.perf_counter() - began) * 1000], "ms")
        await _measure_prompts(engine, rounds)
        await _measure_turns(engine)
        await _measure_abandoning(engine, rounds)
        await engine.aclose()
    await _measure_client(310)


def main() -> None:
    """Measure one model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, help="a .gguf file; the small model of the manifest if left out")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    gguf = arguments.model or _small_model()
    anyio.run(_measure, gguf, arguments.rounds, backend_options={"use_uvloop": True})


def _small_model() -> Path:
    store = ModelStore(default_root(), load_manifest())
    return store.path("smollm2-135m", store.manifest.model("smollm2-135m").files[0].name)


if __name__ == "__main__":
    main()
