"""Folders that nobody but their owner may look into.

Owns how they are made. Refuses to know what lies in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["make_private"]


def make_private(folder: Path) -> None:
    """Make a folder for its owner only, and so each one above it that is missing; what is there stays as it is.

    `mkdir` with a mode gives those above the usual one: whichever part of the server came first would have made the
    data folder, with the database in it, for everyone to read.

    Raises:
        OSError: one of them cannot be made, or is no folder.
    """
    missing = [folder]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
