"""How the embedded llama.cpp server is run.

Owns the numbers and their reasons, measured on two cores. Refuses to know the process they are handed to.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vivavoce.engines.llm.restart import RestartPolicy

__all__ = ["LlamaSettings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LlamaSettings:
    """Settings of one server process."""

    threads: int = 1
    """Computing threads. Two on a busy two-core machine fall from 136 to 2-11 tokens a second: they wait for each
    other at every layer."""
    reading_threads: int = 2
    """Threads that read a prompt, where the weights are no smaller than `small_model_bytes` and there are as many
    cores. They sleep while they wait for each other (OpenMP's passive wait policy), so that a busy core slows them down
    and nothing worse: Qwen2.5 1.5B reads what is left of a prompt in 167 ms instead of 257, in 282 instead of 261 with
    one core busy, in 419 instead of 425 with both. Tokens are written one by one, too little work to be worth the
    waking: 50 ms each instead of 42. SmolLM2 135M gains nothing in either."""
    small_model_bytes: int = 300_000_000
    """Size of the weights below which one thread reads, too."""
    chaining_model_bytes: int = 3_000_000_000
    """Size of the weights from which on a model may call another tool on one's outcome. A smaller one makes its call
    again instead, which costs the user seconds and is never run."""
    slots: int = 8
    """Replies computed at once, and conversations whose prompt stays in memory. They share the throughput."""
    slot_context_tokens: int = 4096
    """Context of each slot. Slots do not share one pool of context: when a shared pool runs out, llama.cpp fails every
    reply under way, not the one that was too long."""
    compact_context: bool = True
    """Whether what was read is kept as 8-bit numbers instead of 16-bit ones: eight slots of Qwen2.5 1.5B take 440 MB
    less, of SmolLM2 135M 350 MB less. Tokens are written as fast; a prompt is read 1 to 2 % slower, and 5 % (Qwen2.5,
    500 words) to 60 % (SmolLM2, 1,200 words) where much was said before."""
    batch_tokens: int = 32
    """Prompt tokens computed in one go, between which others get their tokens and a cancelled prompt is dropped: 0.15 s
    for SmolLM2 135M and 0.7 s for Qwen2.5 1.5B. 64 would be 5 % (SmolLM2) to 20 % (Qwen2.5) faster."""
    repack_weights: bool = True
    """Whether the weights are rearranged when they are loaded. For Qwen2.5 1.5B Q4_K_M: a token is written in 41 ms
    instead of 47; read in 31 ms instead of 38 where six are read at once, in 25 instead of 25 of 24, in 22 instead of
    18 of 48. Little is left to read when a reply is wanted, so that it pays. They are then no longer mapped from the
    file, or each would be in memory twice (625 MB more)."""
    start_deadline_seconds: float = 120.0
    """From spawning to the first answer, warm-up included."""
    stop_deadline_seconds: float = 3.0
    """From asking the process to leave to killing it."""
    probe_interval_seconds: float = 5.0
    """Between looks at whether the computing loop still turns."""
    probe_deadline_seconds: float = 20.0
    """How long the loop may be busy with one batch before it counts as hung."""
    restarts: RestartPolicy = field(default_factory=RestartPolicy)
