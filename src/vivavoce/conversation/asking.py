"""What a reply is asked for with: its own options, and the session's settings for all that they leave open.

Owns the making of a reply's record, and of the order that asks an engine for it. Refuses to know when it is asked, and
what comes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.conversation.context import prompt
from vivavoce.conversation.items import ContentPart, Item
from vivavoce.conversation.offer import offered
from vivavoce.conversation.orders import Generate
from vivavoce.conversation.reply import Reply
from vivavoce.conversation.settings import ReplyOptions
from vivavoce.speech.clauses import ClauseChunker
from vivavoce.speech.cues import CueFilter

if TYPE_CHECKING:
    from vivavoce.conversation.core import Core
    from vivavoce.conversation.reply import TurnClock

__all__ = ["new_reply", "order_ahead", "order_for"]


def new_reply(
    core: Core, options: ReplyOptions, *, clock: TurnClock, user_item_id: str | None, language: str = ""
) -> Reply:
    """Return a reply that nobody was asked for yet; `language` is the conversation's own where it is empty."""
    settings = core.settings
    language = language or core.language
    tools, tool_choice = offered(options, settings)
    allowed_cues = settings.expressions + settings.actions
    return Reply(
        id=core.new_id("resp"),
        item_id=core.new_item_id(),
        asked=options,
        modality=options.modality or settings.modality,
        voice=options.voice if options.voice is not None else dict(settings.voices).get(language, settings.voice),
        speed=settings.speed,
        language=language,
        max_output_tokens=(
            settings.max_output_tokens if options.max_output_tokens is None else options.max_output_tokens or None
        ),
        instructions=settings.instructions if options.instructions is None else options.instructions,
        silence=settings.silence if options.silence is None else options.silence,
        tools=tools,
        tool_choice=tool_choice,
        user_item_id=user_item_id,
        clock=clock,
        chunker=ClauseChunker(language),
        allowed_cues=allowed_cues,
        cues=CueFilter(allowed_cues) if allowed_cues else None,
        progress_at=core.now,
    )


def order_for(core: Core, reply: Reply, items: list[Item] | None = None) -> Generate:
    """Return what the engine is asked; `items` None stands for what the reply is to answer."""
    asked, settings = reply.asked, core.settings
    if asked.recital:
        return Generate(response_id=reply.id, messages=(), recital=asked.recital)
    if items is None:
        items = list(core.items) if asked.input_items is None else _resolved(core, asked.input_items)
    has_own = reply.instructions != settings.instructions
    unanswered = reply.instructions if has_own else reply.silence
    return Generate(
        response_id=reply.id,
        messages=prompt(
            items,
            instructions=reply.instructions,
            unanswered=unanswered,
            still_working=settings.still_working,
        ),
        tools=reply.tools,
        tool_choice=reply.tool_choice,
        max_output_tokens=reply.max_output_tokens,
    )


def order_ahead(core: Core, words: str) -> Generate:
    """Return how an engine would be asked if the user's turn began with `words`; without any, what comes before.

    Nobody is asked yet: the order has no id.
    """
    settings = core.settings
    tools, tool_choice = offered(ReplyOptions(), settings)
    words = f"{settings.speaker}: {words}" if settings.speaker and words else words
    spoken = (Item(id="", content=(ContentPart(kind="input_audio", text=words),)),) if words else ()
    return Generate(
        response_id="",
        messages=prompt(
            [*core.items, *spoken], instructions=settings.instructions, still_working=settings.still_working
        ),
        tools=tools,
        tool_choice=tool_choice,
        max_output_tokens=settings.max_output_tokens,
    )


def _resolved(core: Core, chosen: tuple[Item, ...]) -> list[Item]:
    """Return what a reply was given to answer; an item deleted meanwhile is left out."""
    return [
        core.items.get(item.id) if item.kind == "reference" else item
        for item in chosen
        if item.kind != "reference" or item.id in core.items
    ]
