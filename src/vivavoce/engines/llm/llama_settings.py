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
    slots: int = 4
    """Replies computed at once, and conversations whose prompt stays in memory. They share the throughput."""
    slot_context_tokens: int = 4096
    """Context of each slot. Slots do not share one pool of context: when a shared pool runs out, llama.cpp fails every
    reply under way, not the one that was too long."""
    batch_tokens: int = 64
    """Prompt tokens computed in one go, between which others get their tokens and a cancelled prompt is dropped.
    Prefilling with 64 is 3 to 6 % slower than with 512, with 32 10 to 20 %."""
    repack_weights: bool = False
    """Whether to keep a second, rearranged copy of the weights. For Qwen2.5 1.5B Q4_K_M: 600 MB more, 26 tokens a
    second instead of 22, and a prompt read at 51 instead of 62."""
    start_deadline_seconds: float = 120.0
    """From spawning to the first answer, warm-up included."""
    stop_deadline_seconds: float = 3.0
    """From asking the process to leave to killing it."""
    probe_interval_seconds: float = 5.0
    """Between looks at whether the computing loop still turns."""
    probe_deadline_seconds: float = 20.0
    """How long the loop may be busy with one batch before it counts as hung."""
    restarts: RestartPolicy = field(default_factory=RestartPolicy)
