"""The engines of one process, from settings to a roster that fills while it is used.

Owns the order of loading and what goes on behind it: fetching what is missing, loading what a language asks for
(`on_demand`), looking after servers. All of it ends with the context. Refuses to serve anyone.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from vivavoce.app.language_model import LanguageModel
from vivavoce.app.on_demand import loading_on_demand
from vivavoce.app.plan import plan_engines
from vivavoce.app.providers.health import ProviderWatch
from vivavoce.app.providers.servers import add_chat_servers
from vivavoce.app.provision import Provisioner
from vivavoce.app.succession import RosterSuccession
from vivavoce.app.turn_reading import read_turns
from vivavoce.engines.roster import EngineRoster
from vivavoce.models.manifest import load_manifest
from vivavoce.models.store import ModelStore, default_root

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from vivavoce.app.fleet.shared_models import SharedModels
    from vivavoce.app.plan import EngineChoice
    from vivavoce.engines.protocols import SpeechToText, TextToSpeech
    from vivavoce.settings import Settings

__all__ = ["model_store", "open_engines"]


def model_store(settings: Settings) -> ModelStore:
    """Return where the weights are."""
    return ModelStore(settings.models or default_root(), load_manifest())


@asynccontextmanager
async def open_engines(
    settings: Settings, *, shared_models: SharedModels | None = None
) -> AsyncGenerator[EngineRoster, None]:
    """Load what is on this machine, go on with the rest behind, and free everything at the end.

    A language model of this machine runs in a process of ours, or is one of `shared_models`, which another process
    keeps. Servers among the providers are looked after all the while.

    Raises:
        InputError: the settings name an engine that does not exist.
    """
    plan = plan_engines(settings)
    store = model_store(settings)
    roster = EngineRoster()
    for provider in plan.providers:
        roster.enlist(provider)
    if settings.engines != "instant":
        add_chat_servers(roster, settings)
    watch = ProviderWatch(roster)
    provisioner = Provisioner(roster, store, offline=settings.offline)
    async with anyio.create_task_group() as group:
        language_model: LanguageModel | SharedModels | None = None
        if plan.mind is not None and shared_models is not None:
            language_model = shared_models
            shared_models.join(roster, plan.mind)
        elif plan.mind is not None:
            succession = RosterSuccession(roster, plan.mind)
            language_model = LanguageModel(settings, store=store, provisioner=provisioner, succession=succession)
        async with anyio.create_task_group() as start:
            if language_model is not None:
                start.start_soon(language_model.start, group)
            missing = await provisioner.load_present(plan.at_start)
            await watch.first_look()
        group.start_soon(watch.run)
        group.start_soon(_fill, provisioner, language_model, missing)
        if settings.engines != "instant":
            group.start_soon(read_turns, store, roster)
        try:
            async with loading_on_demand(provisioner, plan, roster):
                yield roster
        finally:
            group.cancel_scope.cancel()
            with anyio.CancelScope(shield=True), anyio.move_on_after(5.0):
                await _free(roster)


async def _fill(
    provisioner: Provisioner, language_model: LanguageModel | SharedModels | None, missing: list[EngineChoice]
) -> None:
    """Fetch what a first turn lacks, then what makes it better."""
    for choice in missing:
        await provisioner.fetch_and_load(choice)
    if language_model is not None:
        await language_model.improve()


async def _free(roster: EngineRoster) -> None:
    engines: tuple[SpeechToText | TextToSpeech, ...] = (*roster.stt_engines, *roster.tts_engines)
    for engine in engines:
        await engine.aclose()
    if roster.replies is not None:
        await roster.replies.aclose()
