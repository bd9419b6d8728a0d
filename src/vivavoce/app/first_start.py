"""What must be on this machine before a first conversation, fetched where people can watch.

Owns the list and the order. Refuses to stop the server: whatever could not be fetched is missing, and said to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
import typer

from vivavoce.app.host import model_store
from vivavoce.app.language_model import block_here, first_and_wanted
from vivavoce.app.plan import plan_engines
from vivavoce.errors import VivavoceError
from vivavoce.models.cli import progress_display
from vivavoce.models.hub_models import bring, is_here

if TYPE_CHECKING:
    from vivavoce.settings import Settings

__all__ = ["essential_models", "fetch_essentials"]

log = structlog.get_logger(__name__)


def essential_models(settings: Settings) -> list[str]:
    """Return the weights that a first spoken turn needs, the small language model among them."""
    names = [choice.model for choice in plan_engines(settings).at_start if choice.model]
    if settings.engines == "instant":
        return names
    block = block_here(settings)
    if block is not None:
        first, _ = first_and_wanted(block)
        names += [first] if first in model_store(settings).manifest.names or block.kind == "hub" else []
    return names


def fetch_essentials(settings: Settings) -> None:
    """Fetch the essential weights that are missing, with a progress bar; say plainly what could not be had."""
    store = model_store(settings)
    missing = [name for name in essential_models(settings) if not is_here(store, name)]
    if not missing or settings.offline:
        return
    typer.echo("First start: fetching the models that a conversation needs.")
    with progress_display() as progress:
        for name in missing:
            try:
                bring(store, name, progress=progress)
            except VivavoceError as error:
                typer.secho(f"{name}: {error}", fg="red", err=True)
