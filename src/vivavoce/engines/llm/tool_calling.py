"""Tool calls by models that were not made for them: constrained JSON out, the same deltas as from any other model.

Owns the rewriting of a request, and the reading of its stream: words flow at once, a call is told when it is whole. The
model decides with its first token, so an answer in words costs nothing; and once a tool has told what was asked for, a
small model, which would only make its call again, is held to words. Refuses to know HTTP.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from vivavoce.engines.llm.tool_calling_cues import BESIDE, meant
from vivavoce.engines.llm.tool_calling_grammar import CALL_BEGINNING, call_grammar, words_grammar
from vivavoce.engines.llm.tool_calling_prompt import messages_with_tools
from vivavoce.engines.protocols import ReplyEnd, TextDelta, ToolCallDelta
from vivavoce.errors import EngineError, Stage

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Sequence

    from vivavoce.engines.protocols import ChatMessage, ReplyDelta, ReplyRequest

__all__ = ["constrained", "read_calls", "with_tools_told"]

_FAILED = re.compile(
    r"\b(again|cannot|error|fail\w*|invalid|must|refused|unavailable|unknown|(is|are) no)\b"
    r"|\bnot (allowed|answer|fit|found|known(?! yet))|失败|错误",
    re.IGNORECASE,
)
_AND = re.compile(r"\b(and|then|also|plus)\b|和|还有|然后|并且|再(?!见)|顺便", re.IGNORECASE)
CALL_TOKENS = 512
"""A call may be longer than an answer that is heard: as long as a prompt leaves room for (`BudgetSettings`)."""
_SAMPLING = {"min_p": 0.5, "repeat_penalty": 1.0}
"""Whether to call is not to be drawn by lot; and a second call must not be less likely for having begun alike."""


def with_tools_told(request: ReplyRequest) -> ReplyRequest:
    """Return the request as a prompt without tools, that tells of them."""
    return replace(request, messages=messages_with_tools(request), tools=(), tool_choice="auto")


def constrained(request: ReplyRequest, *, chains: bool = False) -> dict[str, object]:
    """Return the fields, llama.cpp's, that bind a reply to words or one call; none where there are no tools.

    A model that `chains` may make a call after another's outcome; others only where more was asked for than was done.
    """
    if not request.tools:
        return {}
    choice = request.tool_choice
    if choice == "none" or (choice == "auto" and not chains and _is_done(request.messages)):
        return {"grammar": words_grammar(), **_SAMPLING}
    chosen = [tool for tool in request.tools if choice in ("auto", "required", tool.name)]
    if choice == "auto" and not (chosen := meant(chosen, request.messages)):
        return {"grammar": words_grammar(), **_SAMPLING}
    grammar = call_grammar(chosen or request.tools, must_call=choice != "auto")
    bound = {"max_tokens": CALL_TOKENS} if request.max_tokens is None else {}
    return {"grammar": grammar, **_SAMPLING, **bound}


async def read_calls(
    deltas: AsyncIterator[ReplyDelta], *, most_pieces: int | None = None
) -> AsyncGenerator[ReplyDelta, None]:
    """Yield the deltas of a constrained reply; the JSON of a call among them becomes a `ToolCallDelta`.

    Words end after `most_pieces` of them, about as many tokens, though a call may be longer.

    Raises:
        EngineError: `llm_call_cut`: the reply ended in the middle of a call.
    """
    text: str | None = ""
    has_called = False
    pieces = 0
    async for delta in deltas:
        pieces += isinstance(delta, TextDelta)
        match delta:
            case TextDelta() if text is None and most_pieces is not None and pieces > most_pieces:
                yield ReplyEnd(finish_reason="length", output_tokens=pieces)
                return
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
            case ReplyEnd() if text and text.strip():
                raise _cut()
            case _:
                yield delta


def _is_done(messages: Sequence[ChatMessage]) -> bool:
    """Whether a tool has just told what was asked for, as far as that can be seen from outside.

    A failed call may be mended and made again. Of several wishes in one breath, as many calls may be made as there are.
    """
    if not messages or messages[-1].role != "tool" or _FAILED.search(messages[-1].content):
        return False
    asked = max((index for index, message in enumerate(messages) if message.role == "user"), default=-1)
    wishes = 1 + len(_AND.findall(BESIDE.sub("", messages[asked].content))) if asked >= 0 else 1
    return sum(message.role == "tool" for message in messages[asked + 1 :]) >= wishes


def _cut() -> EngineError:
    return EngineError(
        "llm_call_cut",
        "The language model did not finish its call of a tool.",
        remedy="Ask again, for less at once.",
        stage=Stage.LLM,
        retryable=True,
    )


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
