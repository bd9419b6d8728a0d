"""The tools that come with the server, put together for one conversation.

Owns which there are. Refuses to know what they do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from vivavoce.tools.clock import Clock
from vivavoce.tools.conversing import Characters, Conversing
from vivavoce.tools.functions import FunctionTools
from vivavoce.tools.remembering import Remembering
from vivavoce.tools.timers import Timers

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.tools.conversing import KnowsCharacters
    from vivavoce.tools.functions import FunctionTool
    from vivavoce.tools.remembering import KeepsFacts

__all__ = ["built_in_tools"]


def built_in_tools(
    *,
    memory: KeepsFacts | None = None,
    characters: KnowsCharacters | None = None,
    now: Callable[[], datetime] | None = None,
) -> FunctionTools:
    """Return the built-in tools for one conversation, whose timers they keep.

    Without `memory` or `characters` the tools for those are not there. `now` is the time of day here, with its zone;
    by default this machine's.
    """
    timers, conversing = Timers(), Conversing()
    functions: list[FunctionTool[..., Any]] = [
        Clock(now or _time_of_day).get_time,
        timers.set_timer,
        timers.list_timers,
        timers.cancel_timer,
        conversing.end_conversation,
        conversing.change_voice,
    ]
    if characters is not None:
        functions.append(Characters(characters).change_persona)
    if memory is not None:
        remembering = Remembering(memory)
        functions += [remembering.remember, remembering.recall, remembering.forget]
    return FunctionTools(functions)


def _time_of_day() -> datetime:
    return datetime.now(UTC).astimezone()  # noqa: TID251 - telling the time of day is what the tool is for
