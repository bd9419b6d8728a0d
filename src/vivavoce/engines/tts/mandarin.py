"""How Mandarin is pronounced: misaki's G2P for Kokoro 1.0, with words in Latin letters read as English.

Owns the mixing of the two. Refuses to know any voice. misaki and jieba's dictionary take a second to load: they wait
for the first Chinese sentence.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["MandarinPhonemes"]

_LATIN_WORDS = re.compile(r"([A-Za-z](?:[A-Za-z'’.\- ]*[A-Za-z])?)")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SILENT_LOG_LEVEL = 100


class MandarinPhonemes:
    """Text to phonemes with tone marks; not for several threads at once.

    Args:
        english: reads the words in Latin letters.
        cache_folder: where jieba keeps its dictionary for the next start; its own choice is a file of fixed name in a
            folder that everyone on the machine may write to.
    """

    def __init__(self, english: Callable[[str], str], *, cache_folder: Path) -> None:
        self._english = english
        self._cache_folder = cache_folder
        self._misaki: Any = None

    def __call__(self, text: str) -> str:
        """Return the phonemes of `text`, punctuation kept."""
        self._misaki = self._misaki or self._loaded()
        # An odd number of parts: what lies between the words in Latin letters has an even index.
        parts = _LATIN_WORDS.split(text)
        read = (self._english(part) if index % 2 else self._mandarin(part) for index, part in enumerate(parts))
        return " ".join(phonemes for phonemes in read if phonemes)

    def _mandarin(self, text: str) -> str:
        if not text.strip():
            return ""
        try:
            return str(self._misaki(text)[0])
        except ValueError:  # one of 68 rare characters (in U+4E00-9FFF) without a reading
            readable = "".join(character for character in text if self._is_readable(character))
            return str(self._misaki(readable)[0])

    def _is_readable(self, character: str) -> bool:
        if not _HAN.match(character):
            return True
        try:
            self._misaki.word2ipa(character)
        except ValueError:
            return False
        return True

    def _loaded(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # jieba's old-style string literals
            import jieba
            from misaki.zh import ZHG2P

        jieba.setLogLevel(_SILENT_LOG_LEVEL)
        jieba.dt.tmp_dir = str(self._cache_folder)
        return ZHG2P()
