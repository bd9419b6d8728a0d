"""Between the wire's items and the conversation's. Pure.

Owns what each kind of item means, and which a client may create. Refuses to know settings, and which event carries an
item.
"""

from __future__ import annotations

from typing import assert_never

import msgspec

from vivavoce.conversation.items import ContentPart, Item
from vivavoce.errors import InputError
from vivavoce.realtime.wire import items as wi

__all__ = ["domain_item", "wire_item"]


def domain_item(item: wi.Item) -> Item:
    """Return a client's item as the conversation keeps it.

    Raises:
        InputError: content that no model here can take in.
    """
    match item:
        case wi.Message():
            content = tuple(_domain_part(part) for part in item.content)
            return Item(id=item.id or "", role=item.role, content=content)
        case wi.FunctionCall():
            return Item(
                id=item.id or "",
                kind="function_call",
                role="assistant",
                call_id=item.call_id or "",
                name=item.name,
                arguments=item.arguments,
            )
        case wi.FunctionCallOutput():
            return Item(id=item.id or "", kind="function_call_output", call_id=item.call_id, output=item.output)
        case wi.McpApprovalResponse():
            return Item(
                id=item.id or "",
                kind="mcp_approval_response",
                approval_request_id=item.approval_request_id,
                approves=item.approve,
                output=item.reason or "",
            )
        case _:
            raise InputError(
                "invalid_value",
                f"Items of type '{item.__struct_config__.tag}' cannot be created here.",
                remedy="Create messages, function calls, function call outputs or answers to approval requests.",
                param="item.type",
            )


def wire_item(item: Item, *, audio: bytes | None = None) -> wi.Item:
    """Return an item as events tell it; `audio`, all that the item has, only for a client that asked for the item."""
    match item.kind:
        case "function_call":
            return wi.FunctionCall(
                id=item.id, status=item.status, name=item.name, arguments=item.arguments, call_id=item.call_id
            )
        case "function_call_output":
            return wi.FunctionCallOutput(id=item.id, status=item.status, call_id=item.call_id, output=item.output)
        case "mcp_call" | "mcp_approval_request" | "mcp_approval_response" | "mcp_list_tools":
            return _server_item(item)
        case _:
            spoken = next((part for part in item.content if part.kind in ("input_audio", "output_audio")), None)
            content = tuple(_wire_part(part, audio if part is spoken else None) for part in item.content)
            return wi.Message(id=item.id, status=item.status, role=item.role, content=content)


def _server_item(item: Item) -> wi.Item:
    """Return an item about the tools that this server runs."""
    match item.kind:
        case "mcp_list_tools":
            tools = msgspec.json.decode(item.output or "[]", type=tuple[wi.McpToolListing, ...])
            return wi.McpListTools(id=item.id, server_label=item.server_label, tools=tools)
        case "mcp_approval_response":
            return wi.McpApprovalResponse(
                id=item.id,
                approval_request_id=item.approval_request_id,
                approve=item.approves,
                reason=item.output or None,
            )
        case "mcp_approval_request":
            return wi.McpApprovalRequest(
                id=item.id, server_label=item.server_label, name=item.name, arguments=item.arguments
            )
        case _:
            return wi.McpCall(
                id=item.id,
                server_label=item.server_label,
                name=item.name,
                arguments=item.arguments,
                approval_request_id=item.approval_request_id or None,
                output=item.output if item.status == "completed" and not item.error_code else None,
                error=wi.McpToolExecutionError(message=item.output) if item.error_code else None,
            )


def _domain_part(part: wi.ContentPart) -> ContentPart:
    match part:
        case wi.InputText(text=text):
            return ContentPart(kind="input_text", text=text)
        case wi.OutputText(text=text):
            return ContentPart(kind="output_text", text=text)
        case wi.InputAudio(transcript=transcript):
            return ContentPart(kind="input_audio", text=transcript)
        case wi.OutputAudio(transcript=transcript):
            return ContentPart(kind="output_audio", text=transcript)
        case wi.InputImage():
            raise InputError(
                "invalid_value",
                "Images are not understood here.",
                remedy="Describe the image in words.",
                param="item.content",
            )
        case never:
            assert_never(never)


def _wire_part(part: ContentPart, audio: bytes | None) -> wi.ContentPart:
    text = part.heard if part.heard is not None else part.text
    match part.kind:
        case "input_text":
            return wi.InputText(text=text or "")
        case "output_text":
            return wi.OutputText(text=text or "")
        case "input_audio":
            return wi.InputAudio(transcript=text, audio=audio)
        case "output_audio":
            return wi.OutputAudio(transcript=text, audio=audio)
        case never:
            assert_never(never)
