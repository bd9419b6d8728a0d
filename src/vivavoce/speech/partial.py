"""Captions while someone speaks: which words will stay, and which may still change.

Owns the comparison of one hypothesis with the one before. Refuses to know how hypotheses are made.
"""

from __future__ import annotations

__all__ = ["split_stable"]


def split_stable(previous: str, current: str) -> tuple[str, str]:
    """Split `current` into the words on which it agrees with `previous`, from the start, and the rest.

    Local agreement of two successive hypotheses (Liu et al., 2020, "Low-latency sequence-to-sequence speech recognition
    and translation by partial hypothesis selection"). Languages written without spaces are compared by character.
    """
    before, after = _units(previous), _units(current)
    agreed = 0
    for old, new in zip(before, after, strict=False):
        if _bare(old) != _bare(new):
            break
        agreed += 1
    # The newest word is often cut off in the middle: it is stable only once another one follows it.
    agreed = min(agreed, max(0, len(after) - 1))
    return "".join(after[:agreed]), "".join(after[agreed:])


def _units(text: str) -> list[str]:
    if " " not in text.strip() and not text.isascii():
        return list(text)
    words = text.split(" ")
    return [word + " " for word in words[:-1]] + words[-1:]


def _bare(unit: str) -> str:
    return unit.strip(" .,!?;:").casefold()
