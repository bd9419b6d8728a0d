"""How English is pronounced: Hibari's G2P, loaded when the first word has to be spoken.

Owns the lexicons (120 MB once loaded), so that several voices can share them. Refuses to know any voice.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EnglishPhonemes"]


class EnglishPhonemes:
    """Text to phonemes, American or British; may be called from several threads."""

    def __init__(self) -> None:
        self._loaded: dict[bool, Callable[[str], Any]] = {}
        self._lock = threading.Lock()

    def __call__(self, text: str, *, british: bool = False) -> str:
        """Return the phonemes of `text`, punctuation kept; empty when nothing in it can be said."""
        with self._lock:
            if british not in self._loaded:
                from hibari.g2p import G2P

                self._loaded[british] = G2P(british=british)
            return str(self._loaded[british](text))
