"""A recogniser that says what it was told to.

Owns a script: for tests that need certain words after certain silence. Not for use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

from vivavoce.engines.protocols import SttCapabilities, Transcript
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.engines.protocols import Samples

__all__ = ["FakeStt"]


class FakeStt:
    """Gives the scripted texts in turn, the last one for ever; None in the script fails with `engine_failed`.

    Args:
        texts: what is heard.
        delay_seconds: how long hearing takes.

    Attributes:
        heard_samples: the length of every clip it was given.
    """

    def __init__(self, texts: Sequence[str | None] = ("Hello.",), *, delay_seconds: float = 0.0) -> None:
        self._texts = tuple(texts)
        self._delay_seconds = delay_seconds
        self.heard_samples: list[int] = []

    @property
    def capabilities(self) -> SttCapabilities:
        """Any language."""
        return SttCapabilities(name="fake", languages=None)

    async def transcribe(self, audio: Samples, *, language: str | None, prompt: str = "") -> Transcript:
        """Return the next scripted text."""
        self.heard_samples.append(audio.size)
        text = self._texts[min(len(self.heard_samples), len(self._texts)) - 1]
        await anyio.sleep(self._delay_seconds)
        if text is None:
            raise EngineError("engine_failed", "The script says so.", stage=Stage.STT, retryable=True)
        return Transcript(text=text, language=language or "en")

    async def aclose(self) -> None:
        """Nothing to free."""
