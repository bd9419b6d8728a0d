"""Where a server keeps what it is told to keep.

Owns the place. Refuses to know what lies there.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from vivavoce.settings import Settings

__all__ = ["data_folder"]


def data_folder(settings: Settings) -> Path:
    """Return the folder, which may not exist yet."""
    return settings.data or Path(platformdirs.user_data_dir("vivavoce"))
