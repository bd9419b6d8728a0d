"""The reader of turn ends, beside the language model that answers.

Owns its place in the roster for as long as it runs. Refuses to fetch anything for it: without the small model that it
needs, sound and silence decide alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.app.language_model import FIRST_MODEL
from vivavoce.engines.llm.turn_reader import LlamaTurnReader
from vivavoce.errors import VivavoceError

if TYPE_CHECKING:
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.models.store import ModelStore

__all__ = ["read_turns"]

log = structlog.get_logger(__name__)


async def read_turns(store: ModelStore, roster: EngineRoster) -> None:
    """Run the reader until cancelled, once its model is here; one that dies for good is done without."""
    while not store.is_present(FIRST_MODEL):
        # It is fetched to answer, not for this, and the roster hears of that.
        await roster.changed()
    reader = LlamaTurnReader(store.path(FIRST_MODEL, store.manifest.model(FIRST_MODEL).files[0].name))
    roster.turn_reader = reader
    try:
        await reader.run()
    except VivavoceError as error:
        log.warning("turn_reader_gone", code=error.code, reason=error.message)
    finally:
        roster.turn_reader = None
        with anyio.CancelScope(shield=True):
            await reader.aclose()
