"""The embedded language model: how soon the first token and the first clause come, and how fast the rest.

Measures the first token of a prompt nobody has read (cold), of one whose first 200 tokens were read before (warm), and
turn by turn in conversations that take turns; the first clause of a spoken question with and without reading ahead, and
for eight people at once; tokens a second; how soon an abandoned prompt stops costing; what a word costs the reader of
turn ends; and what the chat client adds to a bare HTTP client against a server that answers at once.

    vivavoce bench llm-first-token [--model FILE.gguf] [--rounds 9]
"""

from __future__ import annotations

import argparse
import secrets
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import anyio
import structlog

from bench.instant_chat import client_milliseconds
from bench.report import Report
from bench.scoring import percentile
from vivavoce.dialogue.prompts import default_instructions
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.engines.llm.turn_reader import LlamaTurnReader
from vivavoce.engines.protocols import ChatMessage, ReplyEnd, ReplyRequest, TextDelta
from vivavoce.models.manifest import load_manifest
from vivavoce.models.store import ModelStore, default_root
from vivavoce.speech.clauses import ClauseChunker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.protocols import ReplyEngine

PERSONA = "You are Viva, a warm and attentive voice assistant. You are heard, not read, so answer in short sentences. "
PERSONA_REPEATS = 8
QUESTIONS = ("Tell me about foxes.", "What do they eat?", "Where do they sleep?", "How long do they live?")
CONVERSATIONS = 3
SPOKEN = (
    "I wonder whether you could tell me how far away the moon is from the earth.",
    "My daughter wants to learn to play the piano, so what should we look for in a teacher?",
    "There are some eggs and a bit of spinach left over, what could I cook with them tonight?",
)
WORDS_HEARD_LATE = 2
"""How many of the last words no partial transcript had yet, or had only as its last."""
PEOPLE = 8


def _asked(persona: str, question: str, conversation_id: str, *, max_tokens: int = 40) -> ReplyRequest:
    messages = (ChatMessage(role="system", content=persona), ChatMessage(role="user", content=question))
    return ReplyRequest(messages=messages, max_tokens=max_tokens, conversation_id=conversation_id)


class _Timed:
    """One reply: what it said and when."""

    def __init__(self) -> None:
        self.first_ms = 0.0
        self.first_clause_ms = 0.0
        self.tokens_a_second = 0.0
        self.text = ""
        self.end = ReplyEnd()

    @classmethod
    async def of(cls, engine: ReplyEngine, request: ReplyRequest) -> _Timed:
        """Take one reply's time."""
        timed = cls()
        chunker, began = ClauseChunker(), time.perf_counter()
        async for delta in engine.reply(request):
            if isinstance(delta, ReplyEnd):
                timed.end = delta
            elif isinstance(delta, TextDelta):
                timed.first_ms = timed.first_ms or (time.perf_counter() - began) * 1000
                timed.text += delta.text
                if not timed.first_clause_ms and chunker.feed(delta.text):
                    timed.first_clause_ms = (time.perf_counter() - began) * 1000
        generating = time.perf_counter() - began - timed.first_ms / 1000
        timed.tokens_a_second = (timed.end.output_tokens - 1) / generating
        timed.first_clause_ms = timed.first_clause_ms or (time.perf_counter() - began) * 1000
        return timed


class _Rows:
    """The table's lines."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, float, float, float, str, str]] = []

    def add(self, name: str, values: list[float], unit: str, note: str = "") -> None:
        """Add the median, the least and the most of some values."""
        ordered = [round(value, 1) for value in sorted(values)]
        self.lines.append((name, round(median(values), 1), ordered[0], ordered[-1], unit, note))
        print(f"  {name}: {self.lines[-1][1]} {unit}", flush=True)


async def _measure_prompts(engine: EmbeddedChat, rows: _Rows, rounds: int) -> None:
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
    rows.add(
        "first token, cold prefix", [timed.first_ms for timed in cold], "ms", f"{cold[-1].end.input_tokens} tokens"
    )
    rows.add("first token, warm prefix", [timed.first_ms for timed in warm], "ms", f"{tokens} tokens, {known} known")
    rows.add("then", speed, "tokens/s")


async def _measure_turns(engine: EmbeddedChat, rows: _Rows) -> None:
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
    rows.add(f"first token, {CONVERSATIONS} conversations of {len(QUESTIONS)} turns", first, "ms")


async def _measure_abandoning(engine: EmbeddedChat, rows: _Rows, rounds: int) -> None:
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
    rows.add("an abandoned prompt stops costing after", idle_ms, "ms")


def _history(words: str, conversation_id: str) -> ReplyRequest:
    messages = (
        ChatMessage(role="system", content=default_instructions("en")),
        ChatMessage(role="user", content="Hello, who are you?"),
        ChatMessage(role="assistant", content="I am Viva, and I am glad to hear from you."),
        ChatMessage(role="user", content=words),
    )
    return ReplyRequest(messages=messages, max_tokens=24, conversation_id=conversation_id)


async def _ask(engine: EmbeddedChat, number: int, conversation_id: str, *, is_read_ahead: bool) -> _Timed:
    """Ask a question as it is spoken: with reading ahead, all but its last words are read before it is whole."""
    question = SPOKEN[number % len(SPOKEN)]
    words = question.split(" ")
    if is_read_ahead:
        for heard in range(2, len(words) - WORDS_HEARD_LATE + 1, 2):
            await engine.read_ahead(_history(" ".join(words[:heard]), conversation_id))
    return await _Timed.of(engine, _history(question, conversation_id))


async def _measure_reading_ahead(engine: EmbeddedChat, rows: _Rows, rounds: int) -> None:
    timed: dict[bool, list[_Timed]] = {False: [], True: []}
    for number in range(2 * rounds):
        # Each with a history that was read at the turn before; a newcomer would have to read it too.
        is_ahead, conversation_id = number % 2 == 1, f"spoken {number % 2}"
        await engine.read_ahead(_history("", conversation_id))
        timed[is_ahead].append(await _ask(engine, number // 2, conversation_id, is_read_ahead=is_ahead))
    for is_ahead, replies in timed.items():
        left = median(reply.end.input_tokens - reply.end.cached_tokens for reply in replies)
        name = f"first clause, reading ahead {'on' if is_ahead else 'off'}"
        rows.add(name, [reply.first_clause_ms for reply in replies], "ms", f"{left:.0f} tokens left to read")


async def _measure_crowd(engine: EmbeddedChat, rows: _Rows, report: Report) -> None:
    replies: list[_Timed] = []

    async def take_part(number: int) -> None:
        replies.append(await _ask(engine, number, f"crowd {number}", is_read_ahead=False))

    async with anyio.create_task_group() as crowd:
        for number in range(PEOPLE):
            crowd.start_soon(take_part, number)
    first = [reply.first_clause_ms for reply in replies]
    rows.add(f"first clause, {PEOPLE} people at once, nothing read ahead", first, "ms")
    report.figure(f"first clause of {PEOPLE} people at once, p95", round(percentile(first, 95)), "ms")


async def _measure_reader(gguf: Path, rows: _Rows, rounds: int) -> None:
    reader = LlamaTurnReader(gguf)
    more: list[float] = []
    whole: list[float] = []
    async with anyio.create_task_group() as tasks:
        await tasks.start(reader.run)
        for number in range(rounds):
            words = SPOKEN[number % len(SPOKEN)].split(" ")
            for heard in range(10, len(words)):
                began = time.perf_counter()
                await reader.turn_end_probability(" ".join(words[:heard]), conversation_id="a")
                (whole if heard == 10 else more).append((time.perf_counter() - began) * 1000)
        await reader.aclose()
    rows.add("end of turn read, ten new words", whole, "ms")
    rows.add("end of turn read, one word more", more, "ms")


async def _measure(gguf: Path, rounds: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    report = Report(f"llm-first-token-{gguf.stem}", f"embedded language model, {gguf.stem}")
    rows = _Rows()
    engine = EmbeddedChat(gguf, warm_prompt=default_instructions("en"))
    began = time.perf_counter()
    async with anyio.create_task_group() as tasks:
        await tasks.start(engine.run)
        rows.add("ready after", [(time.perf_counter() - began) * 1000], "ms")
        await _measure_reading_ahead(engine, rows, rounds)
        await _measure_crowd(engine, rows, report)
        await _measure_prompts(engine, rows, rounds)
        await _measure_turns(engine, rows)
        await _measure_abandoning(engine, rows, rounds)
        await engine.aclose()
    await _measure_reader(_small_model(), rows, rounds)
    bare, ours = await client_milliseconds(300)
    rows.add("first token from an instant server, bare HTTP", bare, "ms")
    rows.add("the same through the chat client", ours, "ms")
    report.table(("what", "median", "least", "most", "unit", "note"), rows.lines)
    report.save(rows.lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, help="a .gguf file; the small model of the manifest if left out")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args(arguments)
    gguf = options.model or _small_model()
    anyio.run(_measure, gguf, options.rounds, backend_options={"use_uvloop": True})


def _small_model() -> Path:
    store = ModelStore(default_root(), load_manifest())
    return store.path("smollm2-135m", store.manifest.model("smollm2-135m").files[0].name)


if __name__ == "__main__":
    main()
