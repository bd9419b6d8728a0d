"""How well a fact told once is found when it is asked for in other words, and how long the search takes.

Three sets of facts, told by two users over several conversations in spoken sentences, with small talk between
them and facts that stop being true; English and Chinese, some told in one and asked in the other. `tuning` is the set
that extraction and search were tuned on; `held_out` was written before, and some of its words found their way into
the word lists for a while; `fresh`, 40 facts, was written after the last change to them. Everything goes the way it
goes in the server: observed, extracted in the background, kept in SQLite, searched. Beside it mem0's own result with
the same encoder, where the library is installed. `--facts` fills a user's memory with so many facts and takes the time
of searches among them, and how late the event loop is meanwhile.

    vivavoce bench memory-recall [--set held_out] [--facts 10000] [--llm MODEL.gguf]
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import anyio
import structlog
from sqlalchemy.ext.asyncio import create_async_engine

from bench.memory_mem0 import mem0_ranks
from bench.memory_speed import search_times
from bench.memory_told import read_told
from bench.report import Report
from bench.scoring import percentile
from vivavoce.engines.llm.embedded import EmbeddedChat
from vivavoce.memory.embedder import SentenceEmbedder
from vivavoce.memory.extraction.model import ModelExtractor
from vivavoce.memory.learning import SlowExtraction
from vivavoce.memory.long_term import LongTermMemory
from vivavoce.memory.stillness import Stillness
from vivavoce.models.manifest import load_manifest
from vivavoce.models.pull import pull
from vivavoce.models.store import ModelStore, default_root

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bench.memory_told import Question, Told

SETS = ("tuning", "held_out", "fresh")
_LIMIT = 10
_NOT_FOUND = _LIMIT + 1
_LEARNING_SECONDS = 1_800.0
_MOST_SEARCH_MS = 30.0
_LEAST_IN_TOP_3 = 0.9


def main(arguments: Sequence[str]) -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--set", choices=(*SETS, "all"), default="all", help="which facts")
    parser.add_argument("--facts", type=int, default=0, help="take the time of searches among so many facts")
    parser.add_argument("--llm", type=Path, help="have this language model (GGUF) look a second time")
    parser.add_argument("--no-mem0", action="store_true", help="leave mem0 out")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    anyio.run(_measure, parser.parse_args(arguments))


async def _measure(asked: argparse.Namespace) -> None:
    report = Report("memory_recall", "Facts told once, asked for in other words")
    folder = pull(ModelStore(default_root(), load_manifest()), "sentence-encoder")
    embedder = SentenceEmbedder(folder)
    data: dict[str, object] = {}
    for name in SETS if asked.set == "all" else (asked.set,):
        told = read_told(name)
        data[name] = await _recall(report, name, told, embedder, asked.llm)
        if not asked.no_mem0:
            data[f"{name} mem0"] = await _beside(report, name, told, folder)
    if asked.facts:
        data["search_ms"] = await _speed(report, embedder, asked.facts)
    await embedder.aclose()
    report.save(data)


async def _recall(
    report: Report, name: str, told: Told, embedder: SentenceEmbedder, llm: Path | None
) -> list[dict[str, object]]:
    now = told.turns[-1].at
    with tempfile.TemporaryDirectory() as folder:
        async with _memory(Path(folder), embedder, now, llm) as memory:
            await _tell(memory, told)
            rows = [await _ask(memory, question) for question in told.questions]
            users = {turn.user_id for turn in told.turns}
            held = [fact for user_id in users for fact in await memory.facts(user_id, limit=1000)]
    needless = sum(fact.turn_id in told.empty_turn_ids for fact in held)
    by_turn = {(fact.turn_id, fact.text.casefold()) for fact in held}
    extracted = sum(any(_is_right(question, *fact) for fact in by_turn) for question in told.questions)
    ranks = [int(str(row["rank"])) for row in rows]
    report.table(
        ("rank", "asked", "found first"),
        [(_shown(row), row["asked"], row["first"]) for row in rows if row["rank"] != 1],
    )
    report.figure(f"{name}: facts not extracted", 1 - extracted / len(rows), "share", limit=0.1)
    report.figure(f"{name}: small talk taken for facts", needless / len(told.empty_turn_ids), "share")
    _figures(report, name, ranks, limit=1 - _LEAST_IN_TOP_3)
    return rows


def _figures(report: Report, name: str, ranks: Sequence[int], limit: float | None = None) -> None:
    report.figure(f"{name}: right fact not among the first three", mean(rank > 3 for rank in ranks), "share", limit)
    report.figure(f"{name}: right fact not first", mean(rank > 1 for rank in ranks), "share")
    report.figure(f"{name}: mean rank (not found counts {_NOT_FOUND})", mean(ranks), "")


async def _beside(report: Report, name: str, told: Told, folder: Path) -> list[int]:
    ranks = await anyio.to_thread.run_sync(mem0_ranks, told, folder, _LIMIT)
    if ranks is None:
        print("  mem0 is not installed: no figures beside ours", flush=True)
        return []
    _figures(report, f"{name}, mem0", ranks)
    return ranks


@asynccontextmanager
async def _memory(
    folder: Path, embedder: SentenceEmbedder, now: float, llm: Path | None
) -> AsyncIterator[LongTermMemory]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'memory.sqlite3'}")
    chat = None if llm is None else EmbeddedChat(llm)
    async with anyio.create_task_group() as tasks:
        slow = None
        if chat is not None:
            await tasks.start(chat.run)
            slow = SlowExtraction(extractor=ModelExtractor(chat), stillness=Stillness())
        memory = LongTermMemory(engine, embedder, wall_clock=lambda: now, slow=slow)
        await memory.prepare()
        await tasks.start(memory.run)
        yield memory
        if chat is not None:
            await chat.aclose()
        tasks.cancel_scope.cancel()
    await engine.dispose()


async def _tell(memory: LongTermMemory, told: Told) -> None:
    with anyio.fail_after(_LEARNING_SECONDS):
        for turn in told.turns:
            memory.observe(turn)
            # Not all at once: no more wait than in a conversation, so that none falls out.
            await memory.caught_up()


async def _ask(memory: LongTermMemory, question: Question) -> dict[str, object]:
    found = await memory.search(question.user_id, question.asked, limit=_LIMIT)
    right = [rank for rank, hit in enumerate(found, 1) if _is_right(question, hit.fact.turn_id, hit.fact.text)]
    first = found[0].fact.text if found else ""
    return {"asked": question.asked, "rank": right[0] if right else _NOT_FOUND, "first": first}


def _is_right(question: Question, turn_id: str, text: str) -> bool:
    return question.turn_id == turn_id and question.key.casefold() in text.casefold()


def _shown(row: dict[str, object]) -> object:
    return None if row["rank"] == _NOT_FOUND else row["rank"]


async def _speed(report: Report, embedder: SentenceEmbedder, facts: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        taken = await search_times(Path(folder), embedder, facts)
    among = f"among {facts} facts"
    report.figure(f"search {among}, p50", percentile(taken.search_ms, 50), "ms")
    report.figure(f"search {among}, p95", percentile(taken.search_ms, 95), "ms", limit=_MOST_SEARCH_MS)
    report.figure("an empty trip to a thread and back meanwhile, p95", percentile(taken.hop_ms, 95), "ms")
    report.figure("first search, with reading the facts in", taken.first_ms, "ms")
    report.figure("event loop late while searching, p99", percentile(taken.late_ms, 99), "ms")
    report.figure("event loop late while idle, p99", percentile(taken.late_idle_ms, 99), "ms")
    report.figure("event loop late while reading in, worst", max(taken.late_at_first_ms), "ms")
    return taken.search_ms
