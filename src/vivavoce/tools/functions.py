"""Python functions as tools: a decorator, and a source of tools for what it has decorated.

Owns how a signature and a docstring become a JSON schema, how arguments become Python values, and where a function runs
(an `async` one in the event loop, any other in a thread). Refuses to know which functions there are.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

import anyio
import anyio.from_thread
import anyio.to_thread
import structlog
from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_json

from vivavoce.errors import InputError, ToolError, VivavoceError
from vivavoce.tools.definition import BUILT_IN_LABEL, ToolDefinition, ToolOutcome
from vivavoce.tools.signatures import Signature, read_signature

if TYPE_CHECKING:
    from vivavoce.tools.definition import SessionAction, ToolCaller

__all__ = ["FunctionTool", "FunctionTools", "tool"]

MOST_THREADS = 8
"""Of one function: calls that were given up go on in theirs, and must not use up the machine."""

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FunctionTool(Generic[P, R]):
    """A function that is a tool, and can still be called as it was; as a method it is bound like any other."""

    function: Callable[P, R]
    definition: ToolDefinition
    signature: Signature
    threads: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(MOST_THREADS), repr=False)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function itself."""
        return self.function(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> FunctionTool[..., R]:
        """Bind the method to its object."""
        function: Callable[..., R] = self.function
        if instance is not None:
            function = partial(function, instance)
        return FunctionTool(
            function=function, definition=self.definition, signature=self.signature, threads=self.threads
        )

    async def run(self, arguments: dict[str, object], caller: ToolCaller) -> object:
        """Run it with arguments that fit its schema, and return what it returns.

        Raises:
            InputError: `tool_arguments_invalid`: the schema could not tell, the types can.
        """
        try:
            values = self.signature.values(arguments)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise InputError(
                "tool_arguments_invalid",
                f"The argument {place!r} does not fit: {first['msg']}.",
                remedy="Call the tool again with arguments that fit.",
            ) from error
        if self.signature.is_async:
            return await self._run_here(values, caller)
        return await self._run_in_thread(values, caller)

    async def _run_here(self, values: dict[str, Any], caller: ToolCaller) -> object:
        function: Callable[..., Any] = self.function
        return await function(**values, **self._caller_argument(caller))

    async def _run_in_thread(self, values: dict[str, Any], caller: ToolCaller) -> object:
        function: Callable[..., Any] = self.function
        from_afar = _CallerFromThread(caller)
        job = partial(self._in_turn, partial(function, **values, **self._caller_argument(from_afar)))
        try:
            # A function cannot be stopped from without. It goes on alone, and may no longer act on the session.
            return await anyio.to_thread.run_sync(job, abandon_on_cancel=True)
        finally:
            from_afar.is_over = True

    def _in_turn(self, job: Callable[[], object]) -> object:
        if not self.threads.acquire(blocking=False):
            raise ToolError("tool_busy", f"{MOST_THREADS} calls of this tool have not ended yet.", retryable=True)
        try:
            return job()
        finally:
            self.threads.release()

    def _caller_argument(self, caller: ToolCaller) -> dict[str, ToolCaller]:
        return {self.signature.caller_parameter: caller} if self.signature.caller_parameter else {}


@overload
def tool(function: Callable[P, R], /) -> FunctionTool[P, R]: ...


@overload
def tool(
    *,
    name: str = "",
    description: str = "",
    changes_things: bool = False,
    needs_approval: bool = False,
    timeout_seconds: float = 30.0,
) -> Callable[[Callable[P, R]], FunctionTool[P, R]]: ...


def tool(
    function: Callable[P, R] | None = None,
    /,
    *,
    name: str = "",
    description: str = "",
    changes_things: bool = False,
    needs_approval: bool = False,
    timeout_seconds: float = 30.0,
) -> FunctionTool[P, R] | Callable[[Callable[P, R]], FunctionTool[P, R]]:
    """Make a tool of a function, plain or `async`, written as `@tool` or `@tool(...)`.

    Its name, the first paragraph of its docstring and its type hints are what the model sees; the lines under `Args:`
    describe the parameters. A parameter annotated `ToolCaller` is filled in with the conversation that calls. It may
    return text, anything that JSON can carry, or a `ToolOutcome`. Of what it raises the model is told the message.

    Raises:
        InputError: `tool_invalid`: a parameter has no type, or one that JSON has no word for.
    """
    options = ToolDefinition(
        name=name,
        description=description,
        changes_things=changes_things,
        needs_approval=needs_approval,
        timeout_seconds=timeout_seconds,
    )
    if function is not None:
        return _made(function, options)
    return lambda decorated: _made(decorated, options)


def _made(function: Callable[P, R], options: ToolDefinition) -> FunctionTool[P, R]:
    signature = read_signature(function)
    definition = replace(
        options,
        name=options.name or function.__name__,
        description=options.description or signature.description,
        parameters=signature.parameters,
    )
    return FunctionTool(function=function, definition=definition, signature=signature)


class FunctionTools:
    """Functions as a source of tools."""

    def __init__(self, functions: Iterable[FunctionTool[..., Any]], label: str = BUILT_IN_LABEL) -> None:
        self._label = label
        self._functions: dict[str, FunctionTool[..., Any]] = {}
        for function in functions:
            name = function.definition.name
            if name in self._functions:
                raise InputError(
                    "tool_invalid", f"Two tools are called {name!r}.", remedy="Give one another name: @tool(name=...)."
                )
            self._functions[name] = function
        self._definitions = tuple(
            replace(function.definition, server_label=label) for function in self._functions.values()
        )

    @property
    def label(self) -> str:
        """The name clients know them by."""
        return self._label

    def tools(self) -> tuple[ToolDefinition, ...]:
        """Return all of them."""
        return self._definitions

    async def call(self, name: str, arguments: dict[str, object], caller: ToolCaller) -> ToolOutcome:
        """Run one.

        Raises:
            InputError: `tool_arguments_invalid`.
            ToolError: `tool_not_found`, `tool_busy`, or `tool_failed` with the message of what it raised.
        """
        function = self._functions.get(name)
        if function is None:
            raise ToolError("tool_not_found", f"There is no tool {name!r}.")
        try:
            return _outcome(await function.run(arguments, caller))
        except VivavoceError:
            raise
        except Exception as error:
            # It is another's code: the model is told, and the log has all of it.
            log.warning("tool_failed", tool=name, exc_info=True)
            raise ToolError("tool_failed", f"The tool failed: {error or type(error).__name__}.") from error


def _outcome(result: object) -> ToolOutcome:
    if isinstance(result, ToolOutcome):
        return result
    if result is None:
        return ToolOutcome(output="Done.")
    if isinstance(result, str):
        return ToolOutcome(output=result)
    try:
        return ToolOutcome(output=to_json(result).decode())
    except PydanticSerializationError:
        return ToolOutcome(output=str(result))


class _CallerFromThread:
    """The calling conversation for a function in another thread: what it does there is done in the event loop."""

    def __init__(self, caller: ToolCaller) -> None:
        self._caller = caller
        self.is_over = False
        self.user_id = caller.user_id
        self.conversation_id = caller.conversation_id
        self.persona_id = caller.persona_id
        self.language = caller.language

    def act(self, action: SessionAction) -> None:
        """Do something to the session, unless the call has been given up.

        Raises:
            ToolError: `tool_timeout`: nobody waits for this call any more.
        """
        if self.is_over:
            raise ToolError("tool_timeout", "The call was given up before the tool acted.")
        anyio.from_thread.run_sync(self._caller.act, action)
