"""How long conversations are kept: by age, and by what they take.

Owns the decision, a pure function, and the task that carries it out now and then, one conversation after the other, so
that whoever talks meanwhile notices nothing. Refuses to know where they go: an archive writes them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.errors import InputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vivavoce.history.history import History
    from vivavoce.history.records import KeptConversation

__all__ = ["RetentionPolicy", "due", "keep_to", "retire"]

log = structlog.get_logger(__name__)

DAY_SECONDS = 86_400.0
SPARED_SECONDS = 3_600.0
"""What was said in within the last hour may go on, and stays whatever it takes."""

FIRST_LOOK_SECONDS, LOOK_SECONDS = 60.0, 3_600.0
PAUSE_SECONDS = 0.05
"""Between two conversations that leave: the database is for those who talk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """How old a conversation may become, and what all of them may take together; None for no limit."""

    max_age_seconds: float | None = None
    max_bytes: int | None = None

    @classmethod
    def of(cls, *, days: float | None, max_bytes: int | None) -> RetentionPolicy:
        """Return the policy that the settings `retention_days` and `history_max_bytes` ask for."""
        return cls(max_age_seconds=None if days is None else days * DAY_SECONDS, max_bytes=max_bytes)


def due(kept: Sequence[KeptConversation], policy: RetentionPolicy, now: float) -> list[KeptConversation]:
    """Return what has to leave at `now`: what is too old, then the oldest until the rest takes no more than it may."""
    oldest_first = sorted(kept, key=lambda conversation: conversation.updated_at)
    total = sum(conversation.bytes for conversation in oldest_first)
    leaving = []
    for conversation in oldest_first:
        age = now - conversation.updated_at
        if age < SPARED_SECONDS:
            break
        is_old = policy.max_age_seconds is not None and age > policy.max_age_seconds
        is_too_much = policy.max_bytes is not None and total > policy.max_bytes
        if is_old or is_too_much:
            leaving.append(conversation)
            total -= conversation.bytes
    return leaving


async def retire(history: History, policy: RetentionPolicy, now: float) -> int:
    """Archive, if there is an archive, and delete what is due at `now`; return how many conversations that were.

    Raises:
        StorageError: one could not be archived or deleted; it is still where it was.
    """
    kept = await history.store.kept()
    sound = await history.recordings.bytes_of([conversation.id for conversation in kept])
    kept = [replace(each, bytes=each.bytes + sound.get(each.id, 0)) for each in kept]
    leaving = due(kept, policy, now)
    for conversation in leaving:
        try:
            await history.retire(conversation.user_id, conversation.id)
        except InputError:
            continue  # its user was quicker
        await anyio.sleep(PAUSE_SECONDS)
    if leaving:
        await history.store.scrub()
    return len(leaving)


async def keep_to(policy: RetentionPolicy, history: History, *, wall_clock: Callable[[], float]) -> None:
    """Keep the history within its limits until cancelled; returns at once where there are none."""
    if policy == RetentionPolicy():
        return
    await anyio.sleep(FIRST_LOOK_SECONDS)
    while True:
        try:
            retired = await retire(history, policy, wall_clock())
            log.info("history_retired", conversations=retired)
        except StorageError as error:
            log.warning("history_not_retired", code=error.code, reason=error.message)
        except OSError as error:
            # Whatever a disk does, the server outlives it; the next look may go better.
            log.warning("history_not_retired", code="disk_failed", reason=str(error))
        await anyio.sleep(LOOK_SECONDS)
