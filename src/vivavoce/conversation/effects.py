"""What the machine answers an event with: news for the client, and orders to the driver.

Owns the closed union of the news, which the client must get in the order in which they are made, and its union with the
orders (`orders`). Refuses to know how news are spelt (`realtime` does), and who performs an order.
"""

from __future__ import annotations

from vivavoce.conversation.news_of_items import (
    ItemAdded,
    ItemDeleted,
    ItemDone,
    ItemRetrieved,
    ItemTruncated,
)
from vivavoce.conversation.news_of_playout import (
    ActionCue,
    ExpressionCue,
    OutputMouth,
    PlayoutCleared,
    PlayoutHeld,
    PlayoutResumed,
)
from vivavoce.conversation.news_of_replies import (
    ContentPartAdded,
    ContentPartDone,
    FunctionCallArguments,
    FunctionCallDone,
    MemoriesUsed,
    OutputAudio,
    OutputAudioDone,
    OutputItemAdded,
    OutputItemDone,
    OutputKind,
    OutputText,
    OutputTextDone,
    ReplyCreated,
    ReplyDone,
    ReplySnapshot,
    ReplyStatus,
)
from vivavoce.conversation.news_of_sessions import (
    ErrorRaised,
    SessionExpired,
    TurnMarks,
    TurnStateChanged,
    TurnTimed,
    VisibleState,
)
from vivavoce.conversation.news_of_tools import (
    ToolCallArguments,
    ToolCallEnded,
    ToolCallStarted,
    ToolCallWritten,
    ToolListEnded,
    ToolListStarted,
)
from vivavoce.conversation.news_of_turns import (
    InputCleared,
    InputCommitted,
    InputTimedOut,
    PartialTranscript,
    SpeechStartedNotice,
    SpeechStoppedNotice,
    TranscriptionCompleted,
    TranscriptionFailed,
)
from vivavoce.conversation.orders import Order

__all__ = [
    "ActionCue",
    "ContentPartAdded",
    "ContentPartDone",
    "Effect",
    "ErrorRaised",
    "ExpressionCue",
    "FunctionCallArguments",
    "FunctionCallDone",
    "InputCleared",
    "InputCommitted",
    "InputTimedOut",
    "ItemAdded",
    "ItemDeleted",
    "ItemDone",
    "ItemRetrieved",
    "ItemTruncated",
    "MemoriesUsed",
    "News",
    "OutputAudio",
    "OutputAudioDone",
    "OutputItemAdded",
    "OutputItemDone",
    "OutputKind",
    "OutputMouth",
    "OutputText",
    "OutputTextDone",
    "PartialTranscript",
    "PlayoutCleared",
    "PlayoutHeld",
    "PlayoutResumed",
    "ReplyCreated",
    "ReplyDone",
    "ReplySnapshot",
    "ReplyStatus",
    "SessionExpired",
    "SpeechStartedNotice",
    "SpeechStoppedNotice",
    "ToolCallArguments",
    "ToolCallEnded",
    "ToolCallStarted",
    "ToolCallWritten",
    "ToolListEnded",
    "ToolListStarted",
    "TranscriptionCompleted",
    "TranscriptionFailed",
    "TurnMarks",
    "TurnStateChanged",
    "TurnTimed",
    "VisibleState",
]

News = (
    SpeechStartedNotice
    | SpeechStoppedNotice
    | InputTimedOut
    | InputCommitted
    | InputCleared
    | PartialTranscript
    | TranscriptionCompleted
    | TranscriptionFailed
    | ItemAdded
    | ItemDone
    | ItemDeleted
    | ItemTruncated
    | ItemRetrieved
    | ReplyCreated
    | ReplyDone
    | MemoriesUsed
    | OutputItemAdded
    | OutputItemDone
    | ContentPartAdded
    | ContentPartDone
    | OutputText
    | OutputTextDone
    | OutputMouth
    | OutputAudio
    | OutputAudioDone
    | FunctionCallArguments
    | FunctionCallDone
    | ToolCallArguments
    | ToolCallWritten
    | ToolCallStarted
    | ToolCallEnded
    | ToolListStarted
    | ToolListEnded
    | ExpressionCue
    | ActionCue
    | PlayoutCleared
    | PlayoutHeld
    | PlayoutResumed
    | TurnStateChanged
    | TurnTimed
    | SessionExpired
    | ErrorRaised
)

Effect = Order | News
