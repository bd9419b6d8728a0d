"""Conversation items: messages, function calls and their outputs, MCP items.

Owns the shape of each item in both directions, which content a role may hold, and the copy without audio that events
carry. Refuses to know the order of a conversation, or what the words mean. Fields not known here are ignored.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from vivavoce.realtime.wire.refusal import invalid_value, missing_parameter
from vivavoce.realtime.wire.tools import check_nesting

__all__ = [
    "ContentPart",
    "FunctionCall",
    "FunctionCallOutput",
    "InputAudio",
    "InputImage",
    "InputText",
    "Item",
    "ItemId",
    "ItemReference",
    "ItemStatus",
    "McpApprovalRequest",
    "McpApprovalResponse",
    "McpCall",
    "McpHttpError",
    "McpListTools",
    "McpProtocolError",
    "McpToolExecutionError",
    "McpToolListing",
    "Message",
    "OutputAudio",
    "OutputText",
    "check_item",
    "item_without_audio",
]

ItemId = Annotated[str, Meta(min_length=1, max_length=128, pattern=r"^[!-~]+(?![\s\S])")]
"""Clients may mint ids of their own, which are kept as they are: printable ASCII without spaces, for they stand in logs
and databases, of which not all take a NUL. A `$` instead of the last group would let a newline pass in Python."""

Text = Annotated[str, Meta(max_length=262_144)]
ItemStatus = Literal["in_progress", "completed", "incomplete"]


def _null() -> None:
    """Default that is sent as null, where a plain None would be left out: agents-js breaks on an item without it."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    pass


class InputText(_Part, frozen=True, kw_only=True, tag="input_text"):
    """Words the user wrote, or the system says."""

    text: Text


class InputAudio(_Part, frozen=True, kw_only=True, tag="input_audio"):
    """What the user said; `audio` is raw bytes here and base64 on the wire, `transcript` null until it is known."""

    audio: bytes | None = None
    transcript: Text | None = msgspec.field(default_factory=_null)


class InputImage(_Part, frozen=True, kw_only=True, tag="input_image"):
    """A PNG or JPEG as a data URI."""

    image_url: str
    detail: Literal["auto", "low", "high"] | None = None


class OutputText(_Part, frozen=True, kw_only=True, tag="output_text"):
    """Words the assistant wrote."""

    text: Text


class OutputAudio(_Part, frozen=True, kw_only=True, tag="output_audio"):
    """What the assistant said; `audio` is raw bytes here and base64 on the wire."""

    audio: bytes | None = None
    transcript: Text | None = None


ContentPart = InputText | InputAudio | InputImage | OutputText | OutputAudio


def _object() -> Literal["realtime.item"]:
    return "realtime.item"


class _Item(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type"):
    id: ItemId | None = None


class _TurnItem(_Item, frozen=True, kw_only=True):
    status: ItemStatus | None = None
    # A factory, because a plain default would be left out of what is sent.
    object: Literal["realtime.item"] | None = msgspec.field(default_factory=_object)


class Message(_TurnItem, frozen=True, kw_only=True, tag="message"):
    """One message of the user, the assistant or the system."""

    role: Literal["user", "assistant", "system"]
    content: tuple[ContentPart, ...]


class FunctionCall(_TurnItem, frozen=True, kw_only=True, tag="function_call"):
    """The model calls a function; `arguments` is JSON in a string."""

    name: Annotated[str, Meta(min_length=1, max_length=256)]
    arguments: Text
    call_id: ItemId | None = None


class FunctionCallOutput(_TurnItem, frozen=True, kw_only=True, tag="function_call_output"):
    """What the client's function answered."""

    call_id: ItemId
    output: Text


class McpToolListing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One tool that an MCP server offers."""

    name: str
    input_schema: Any
    # A factory, because a plain default would be left out, and agents-js insists on a description.
    description: str | None = msgspec.field(default_factory=str)
    annotations: Any = None


class McpListTools(_Item, frozen=True, kw_only=True, tag="mcp_list_tools"):
    """The tools that an MCP server offers."""

    server_label: str
    tools: tuple[McpToolListing, ...]


class McpProtocolError(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="protocol_error"):
    """The MCP server broke its protocol."""

    code: int
    message: str


class McpToolExecutionError(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="tool_execution_error"):
    """The tool itself failed."""

    message: str


class McpHttpError(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="http_error"):
    """The MCP server could not be reached."""

    code: int
    message: str


class McpCall(_Item, frozen=True, kw_only=True, tag="mcp_call"):
    """A call of a tool on an MCP server, and how it ended."""

    server_label: str
    name: str
    arguments: Text
    approval_request_id: str | None = None
    output: Text | None = msgspec.field(default_factory=_null)
    error: McpProtocolError | McpToolExecutionError | McpHttpError | None = None


class McpApprovalRequest(_Item, frozen=True, kw_only=True, tag="mcp_approval_request"):
    """A call of an MCP tool that waits for a person's consent."""

    server_label: str
    name: str
    arguments: Text


class McpApprovalResponse(_Item, frozen=True, kw_only=True, tag="mcp_approval_response"):
    """The person's answer; agents-js sends it without an id of its own."""

    approval_request_id: ItemId
    approve: bool
    reason: Text | None = None


Item = Message | FunctionCall | FunctionCallOutput | McpListTools | McpCall | McpApprovalRequest | McpApprovalResponse


class ItemReference(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="item_reference"):
    """An item of this session, named in the input of one response."""

    id: ItemId


_ALLOWED = {
    "user": ("input_text", "input_audio", "input_image"),
    "assistant": ("output_text", "output_audio"),
    "system": ("input_text",),
}
_IMAGE_PREFIXES = ("data:image/png;base64,", "data:image/jpeg;base64,")


def check_item(item: Item | ItemReference, *, at: str) -> None:
    """Check what the types cannot say about an item that a client sent; `at` is its dotted path.

    Raises:
        InputError: content that the role may not hold, speech with neither audio nor transcript, an image that is no
            PNG or JPEG data URI, or a value nested too deep.
    """
    if isinstance(item, Message):
        for index, part in enumerate(item.content):
            _check_part(part, item.role, at=f"{at}.content[{index}]")
    elif isinstance(item, McpListTools):
        for index, tool in enumerate(item.tools):
            check_nesting(tool.input_schema, at=f"{at}.tools[{index}].input_schema")
            check_nesting(tool.annotations, at=f"{at}.tools[{index}].annotations")


def _check_part(part: ContentPart, role: str, *, at: str) -> None:
    kind, allowed = part.__struct_config__.tag, _ALLOWED[role]
    if kind not in allowed:
        choice = ", ".join(map(repr, allowed))
        raise invalid_value(
            f"{at}.type", f"Invalid value for '{at}.type': '{kind}'. A {role} message may hold: {choice}."
        )
    if isinstance(part, InputAudio | OutputAudio) and part.audio is None and part.transcript is None:
        raise missing_parameter(f"{at}.audio" if isinstance(part, InputAudio) else f"{at}.transcript")
    if isinstance(part, InputImage) and not part.image_url.startswith(_IMAGE_PREFIXES):
        raise invalid_value(f"{at}.image_url", f"'{at}.image_url' must be a PNG or JPEG data URI.")


def item_without_audio(item: Item) -> Item:
    """Return `item` as events carry it: only `conversation.item.retrieved` returns audio."""
    if not isinstance(item, Message):
        return item
    content = tuple(
        msgspec.structs.replace(part, audio=None)
        if isinstance(part, InputAudio | OutputAudio) and part.audio is not None
        else part
        for part in item.content
    )
    return msgspec.structs.replace(item, content=content)
