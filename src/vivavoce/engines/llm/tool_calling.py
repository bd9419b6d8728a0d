"""Tool calls by models that were not made for them: constrained JSON out, the same deltas as from any other model.

Owns the rewriting of a request, and the reading of its stream: words flow at once, a call is told when it is whole. The
model decides with its first token, so an answer in words costs nothing. Refuses to know HTTP.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from vivavoce.engines.llm.tool_calling_grammar import CALL_BEGINNING, call_grammar, words_grammar
from vivavoce.engines.llm.tool_calling_prompt import messages_with_tools
from vivavoce.engines.protocols import ReplyEnd, TextDelta, ToolCallDelta

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from vivavoce.engines.protocols import ReplyDelta, ReplyRequest

__all__ = ["constrained", "read_calls", "with_tools_told"]

_SAMPLING = {"min_p": 0.5, "repeat_penalty": 1.0}
"""Whether to call is not to be drawn by lot; and a second call must not be less likely for having begun alike."""


def with_tools_told(request: ReplyRequest) -> ReplyRequest:
    """Return the request as a prompt without tools, that tells of them."""
    return replace(request, messages=messages_with_tools(request), tools=(), tool_choice="auto")


def constrained(request: ReplyRequest) -> dict[str, object]:
    """Return the fields, llama.cpp's, that bind a reply to words or one call; none where there are no tools."""
    if not request.tools:
        return {}
    choice = request.tool_choice
    if choice == "none":
        return {"grammar": words_grammar(), **_SAMPLING}
    chosen = [tool for tool in request.tools if choice in ("auto", "required", tool.name)]
    grammar = call_grammar(chosen or request.tools, must_call=choice != "auto")
    return {"grammar": grammar, **_SAMPLING}


async def read_calls(deltas: AsyncIterator[ReplyDelta]) -> AsyncGenerator[ReplyDelta, None]:
    """Yield the deltas of a constrained reply; the JSON of a call among them becomes a `ToolCallDelta`."""
    text: str | None = ""
    has_called = False
    async for delta in deltas:
        match delta:
            case TextDelta() if has_called:
                pass
            case TextDelta() if text is not None:
                text += delta.text
                if not _may_be_call(text):
                    yield TextDelta(text=text)
                    text = None
                elif text.endswith("}") and (call := _call(text)) is not None:
                    yield call
                    has_called = True
            case ReplyEnd() if has_called:
                yield replace(delta, finish_reason="tool_calls")
            case _:
                yield delta


def _may_be_call(text: str) -> bool:
    beginning = text.lstrip()[: len(CALL_BEGINNING)]
    return CALL_BEGINNING.startswith(beginning)


class _Call(msgspec.Struct, frozen=True):
    name: str
    arguments: msgspec.Raw


def _call(text: str) -> ToolCallDelta | None:
    """Return the call; None while it is not whole."""
    try:
        call = msgspec.json.decode(text, type=_Call)
    except msgspec.MsgspecError:
        return None
    call_id = f"call_{secrets.token_hex(12)}"
    return ToolCallDelta(index=0, call_id=call_id, name=call.name, arguments=bytes(call.arguments).decode())
