"""What the user means by "forget my address", or by "forget that".

Owns how clear the words must be, and that "that" is what was told last in the same conversation, be it learned already
or not. Refuses to delete.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vivavoce.memory.extraction.rules import statements
from vivavoce.memory.facts import Fact
from vivavoce.memory.terms import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from vivavoce.memory.facts import SpokenTurn
    from vivavoce.memory.recall import Recall
    from vivavoce.memory.store import FactStore

__all__ = ["Meant", "bare", "is_pointing", "told_in"]

_CLEARLY_MEANT = 0.45
_MARGIN = 0.08
_NEWEST_SECONDS = 600.0
_FEWEST_WORDS = 4
"""Words that say something, from which a turn is more than "that's nice, thanks", though the rules find nothing."""
_POINTING = re.compile(
    r"^(?:please )?(?:that|it|this|the last (?:one|thing)|what i (?:just )?(?:said|told you))$|^(?:这个|那个"
    r"|这件事|刚才(?:说)?的(?:话|事)?)$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"^(?:(?:what|everything|anything) (?:i|you) (?:\w+ ){0,3}?(?:about|on) |about |that |the fact that |关于)"
    r"|的(?:事|事情|信息)$",
    re.IGNORECASE,
)


def bare(words: str) -> str:
    """Return the words without what ends a sentence."""
    return words.strip(" .,!?。，！？")


def is_pointing(words: str) -> bool:
    """Whether the words name nothing, but point at what was told last."""
    return bool(_POINTING.match(words))


def told_in(turn: SpokenTurn) -> tuple[Fact, ...]:
    """Return what a turn that nothing was learned from yet seems to tell: facts without an id."""
    texts = [(found.text, found.language) for found in statements(turn.said)]
    if not texts and len(words_of(turn.said)) >= _FEWEST_WORDS:
        texts = [(turn.said, turn.language)]
    return tuple(
        Fact(
            id="",
            user_id=turn.user_id,
            text=text,
            language=language,
            told_at=turn.at,
            conversation_id=turn.conversation_id,
            turn_id=turn.turn_id,
        )
        for text, language in texts
    )


class Meant:
    """Finds what is to be forgotten.

    Args:
        store: where facts lie.
        recall: searches them.
        wall_clock: seconds since 1970.
    """

    def __init__(self, store: FactStore, recall: Recall, *, wall_clock: Callable[[], float]) -> None:
        self._store = store
        self._recall = recall
        self._wall_clock = wall_clock

    async def clearly(self, user_id: str, words: str) -> Fact | None:
        """Return the one fact that fits the words well, and much better than any other."""
        found = await self._recall.found(user_id, _ABOUT.sub("", words), limit=2)
        if not found:
            return None
        fits = [hit.cosine + hit.overlap for _, hit in found]
        is_clear = fits[0] >= _CLEARLY_MEANT and (len(fits) == 1 or fits[0] - fits[1] >= _MARGIN)
        return found[0][0] if is_clear else None

    async def last(
        self, user_id: str, conversation_id: str, waiting: Iterable[SpokenTurn]
    ) -> Fact | tuple[Fact, ...] | None:
        """Return what was told last in a conversation: a fact; or what a turn tells that still waits, the newest first.

        None where nothing was told within ten minutes.
        """
        since = self._wall_clock() - _NEWEST_SECONDS
        known = await self._store.newest(user_id, conversation_id)
        if known is not None and known.told_at < since:
            known = None
        for turn in waiting:
            if turn.at < (since if known is None else known.told_at):
                break
            if told := told_in(turn):
                return told
        return known
