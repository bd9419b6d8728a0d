"""What the conversation core must know of a session's configuration, and no more.

Owns the settings that change what the machine decides or what a reply is asked for. Refuses to know audio formats, the
tuning of turn detection, and how a client spells any of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from vivavoce.conversation.items import Item

__all__ = ["ConversationSettings", "Modality", "ReplyOptions", "Tool"]

Modality = Literal["audio", "text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function the model may call; `parameters_json` is its JSON schema as text.

    With a `server_label` this server runs it (as that MCP server's tool), otherwise the client does. A tool that
    `needs_approval` is run only once the user has said yes; one that `only_reads` changes nothing.
    """

    name: str
    description: str = ""
    parameters_json: str = "{}"
    server_label: str = ""
    needs_approval: bool = False
    only_reads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationSettings:
    """The session's own settings.

    Attributes:
        instructions: the system prompt.
        silence: what the engine is told in the user's place when it is to speak again without an answer.
        nudges: what it is told when the user has been silent for long, the first time and each time after that.
        farewell: what it is told when the user has answered none of those; empty ends the session without a word.
        modality: what replies are made of; audio always comes with its transcript.
        voice: a voice's name; empty lets the language choose.
        voices: the voices of single languages, by ISO 639-1 code, which go before `voice`.
        speed: speaking rate, 0.25 to 1.5.
        language: ISO 639-1 code of the conversation, or "auto".
        tools: what the model may call.
        tool_choice: none, auto, required, a tool's name, or `server:` and a label: any tool of that server.
        working: what the assistant says while a tool takes long, one after the other; empty for nothing.
        still_working: what the model is told in the place of an outcome that is not there yet.
        approval: how the assistant asks whether it may use a tool; `{name}` stands for the tool.
        refused: what the model is told when the user has said no.
        trouble: what the assistant says when no model answers; empty for nothing.
        tool_failed: what it says instead where a tool has failed and no model tells of it; empty for no difference.
        expressions: the cues, such as `joy` for `[joy]`, that a reply's text may hold and nobody reads or hears.
        actions: the same of movements, such as `nod` for `[nod]`.
        max_output_tokens: bound of one reply; None leaves it to the engine.
        detects_turns: whether the server decides when the user's turn begins and ends.
        reply_after_turn: whether the end of the user's turn starts a reply by itself.
        interruptible: whether the user's speech stops a reply.
        idle_seconds: silence of the user's after a reply, as long as which the assistant speaks up, and after the last
            of the nudges says goodbye; None for never.
        transcripts: whether the client wants the user's words.
        playout_reports: whether this client reports what it has played.
        mouth: whether anyone is told what the mouth does; working it out takes time from those who listen.
        speaker: who holds the microphone, where several share one conversation; their words begin with it.
    """

    instructions: str = ""
    silence: str = "(The user says nothing.)"
    nudges: tuple[str, ...] = ("(The user is silent.)", "(The user is still silent.)")
    farewell: str = "(The user is gone.)"
    modality: Modality = "audio"
    voice: str = ""
    voices: tuple[tuple[str, str], ...] = ()
    speed: float = 1.0
    language: str = "en"
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    working: tuple[str, ...] = ("One moment.", "It takes a little longer.")
    still_working: str = "(Still at work. The outcome is not known yet.)"
    approval: str = "May I use {name}?"
    refused: str = "(The user has said no to this.)"
    trouble: str = ""
    tool_failed: str = ""
    expressions: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    max_output_tokens: int | None = None
    detects_turns: bool = True
    reply_after_turn: bool = True
    interruptible: bool = True
    idle_seconds: float | None = None
    transcripts: bool = False
    playout_reports: bool = False
    mouth: bool = True
    speaker: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOptions:
    """What one reply overrides; None keeps the session's setting.

    Attributes:
        in_band: whether the reply belongs to the conversation; others run beside it and leave no trace in it.
        max_output_tokens: bound of this reply; 0 for none, whatever the session says.
        input_items: what to answer, in order, instead of the whole conversation; None means all of it.
        metadata: key and value pairs that the client gets back with the reply.
        recital: what to say, instead of asking an engine.
        silence: what the engine is told in the user's place when nobody has spoken.
        is_aside: whether no model is to be told of it afterwards.
    """

    in_band: bool = True
    instructions: str | None = None
    modality: Modality | None = None
    voice: str | None = None
    tools: tuple[Tool, ...] | None = None
    tool_choice: str | None = None
    max_output_tokens: int | None = None
    input_items: tuple[Item, ...] | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    recital: str = ""
    silence: str | None = None
    is_aside: bool = False
