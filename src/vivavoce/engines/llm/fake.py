"""A reply engine that says what it is told, for tests and demonstrations.

Owns a script and the record of what was asked. Refuses to know any model. It waits only where the script says so, on
events or on the event loop's own clock, so that tests may run on virtual time.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel

from vivavoce.engines.protocols import MemoriesUsed, ReplyDelta, ReplyEnd, ReplyRequest, TextDelta, ToolCallDelta
from vivavoce.errors import EngineError, Stage, VivavoceError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

__all__ = ["Hold", "Pause", "ScriptedReplies", "Step", "calling", "saying"]


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait that long, on the event loop's clock."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Set `reached`, and wait until `until` is set."""

    until: anyio.Event = field(default_factory=anyio.Event)
    reached: anyio.Event = field(default_factory=anyio.Event)


Step = str | TextDelta | ToolCallDelta | MemoriesUsed | ReplyEnd | Pause | Hold | VivavoceError
"""A string is text; an error is raised."""


def saying(text: str, *, every: float = 0.0) -> tuple[Step, ...]:
    """Return the steps that say `text` word by word, `every` seconds one."""
    pieces = [piece if position == 0 else f" {piece}" for position, piece in enumerate(text.split(" "))]
    steps: list[Step] = []
    for piece in pieces:
        if every > 0:
            steps.append(Pause(every))
        steps.append(TextDelta(text=piece))
    return tuple(steps)


def calling(name: str, arguments: str, *, call_id: str = "call_1") -> tuple[Step, ...]:
    """Return the steps that call one tool, its JSON arguments in two pieces."""
    half = len(arguments) // 2
    return (
        ToolCallDelta(index=0, call_id=call_id, name=name, arguments=arguments[:half]),
        ToolCallDelta(index=0, call_id="", name="", arguments=arguments[half:]),
        ReplyEnd(finish_reason="tool_calls"),
    )


class ScriptedReplies:
    """A `ReplyEngine` with a script: one list of steps a reply, the last one for all that follow.

    A script that ends without a `ReplyEnd` or an error is ended with a plain `ReplyEnd`. Without any script it echoes
    the last message.

    Attributes:
        requests: what was asked, in order.
        active: replies under way.
        abandoned: replies that were closed or cancelled before their end; `stopped` is set at the first.
        closes: how often the engine was closed.
    """

    def __init__(self, *scripts: Sequence[Step], name: str = "scripted") -> None:
        self._scripts = deque(tuple(script) for script in scripts)
        self._name = name
        self.requests: list[ReplyRequest] = []
        self.active = 0
        self.abandoned = 0
        self.stopped = anyio.Event()
        self.closes = 0

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    async def reply(self, request: ReplyRequest) -> AsyncGenerator[ReplyDelta, None]:
        """Play the next script.

        Raises:
            VivavoceError: the script says so.
            EngineError: the engine is closed.
        """
        self.requests.append(request)
        self.active += 1
        is_whole = False
        try:
            for step in self._next_script(request):
                await self._check_open()
                match step:
                    case str(text):
                        yield TextDelta(text=text)
                    case Pause(seconds):
                        await anyio.sleep(seconds)
                    case Hold(until=until, reached=reached):
                        reached.set()
                        await until.wait()
                    case VivavoceError() as error:
                        is_whole = True
                        raise error
                    case _:
                        is_whole = isinstance(step, ReplyEnd)
                        yield step
            if not is_whole:
                is_whole = True
                yield ReplyEnd()
        finally:
            self.active -= 1
            if not is_whole:
                self.abandoned += 1
                self.stopped.set()

    async def aclose(self) -> None:
        """Note the closing; replies under way fail at their next step."""
        self.closes += 1

    def _next_script(self, request: ReplyRequest) -> tuple[Step, ...]:
        if not self._scripts:
            return saying(request.messages[-1].content) if request.messages else ()
        return self._scripts[0] if len(self._scripts) == 1 else self._scripts.popleft()

    async def _check_open(self) -> None:
        # A checkpoint, so that a script without waits can still be cancelled between words.
        await anyio.lowlevel.checkpoint()
        if self.closes:
            raise EngineError("llm_gone", f"The engine {self._name} is closed.", stage=Stage.LLM)
