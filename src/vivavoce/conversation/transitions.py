"""Who holds the floor: the states of a conversation and every transition between them, as data.

Theory of operation
-------------------
One state says what the conversation is doing as a whole. It is decided here alone; replies, transcriptions and playout
keep their own records and touch the state only by firing a trigger.

*Rest.* A session begins `idle`: no audio has come. The first audio makes it `listening`.

*The user's turn.* Speech makes it `user_speaking`. A pause makes it `endpointing`: the turn may be over, and work that
needs only the words so far may begin, but nothing of it may be shown. Either the speaker goes on (`user_speaking`
again) or the turn ends: with an answer owed (`thinking`) or without (`listening`). A turn that turns out to hold no
words is abandoned.

*The reply.* `thinking` lasts from the moment an answer is owed until its first output; `speaking` until the listener
has heard the last of it (not until it was generated: what is still in the client's speaker can be interrupted too).

*Barge-in.* Speech over a reply that may be interrupted makes it `interrupted`: somebody speaks, and whether they mean
to interrupt shows by what they say. Until then a client that can keeps the reply on hold, and nothing is cancelled;
with any other client the reply is cancelled at once, and what was not heard of it is remembered. A real interruption
goes on like any turn: the reply is cancelled, the question withdrawn. A false one (a cough, a door, "mm-hm") gives the
floor back: `speaking` where there is something to hear, `thinking` where an answer is still owed. A turn that ends
before its words are known stays `interrupted` until they are. Speech over a reply that may not be interrupted is an
ordinary turn: the reply runs on beside it, and has the floor again when the turn is over before the reply is, and asks
for no answer itself.

*Tools.* While tools that this server runs are at work the answer is owed: `thinking`, between what was said before the
call, the lines that fill a long silence, and the reply that tells what came of it. Speech over it is a barge-in like
any other; the tools work on, and their outcome is kept. Once the user's next turn has been answered without it, an
outcome waits until the floor is free.

*The end.* `closed` is entered from everywhere and left never.

A pair that the table does not list cannot happen; firing it raises `IllegalTransition`, which is a bug in the machine
and never the client's fault.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["TABLE", "IllegalTransition", "State", "Trigger", "diagram"]


class State(StrEnum):
    """What the conversation is doing."""

    IDLE = "idle"
    LISTENING = "listening"
    USER_SPEAKING = "user_speaking"
    ENDPOINTING = "endpointing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    INTERRUPTED = "interrupted"
    CLOSED = "closed"


class Trigger(StrEnum):
    """What can move it."""

    INPUT_OPENED = "input opened"
    SPEECH_STARTED = "speech started"
    BARGED_IN = "barged in"
    PAUSED = "paused"
    RESUMED = "resumed"
    TURN_ENDED = "turn ended, answer owed"
    TURN_CLOSED = "turn ended, no answer owed"
    TURN_ABANDONED = "turn abandoned"
    WORDS_AWAITED = "turn ended, words awaited"
    NOT_INTERRUPTED = "false interruption"
    QUESTION_STANDS = "false interruption, answer owed"
    REPLY_STARTED = "reply started"
    FIRST_OUTPUT = "first output"
    REPLY_GOES_ON = "reply goes on"
    TOOLS_AWAITED = "tools at work"
    REPLY_OVER = "reply over"
    CLOSED = "session closed"


class IllegalTransition(Exception):
    """The machine fired a trigger that its state does not know."""

    def __init__(self, state: State, trigger: Trigger) -> None:
        super().__init__(f"'{trigger}' cannot happen while {state}")
        self.state = state
        self.trigger = trigger


S, T = State, Trigger

TABLE: dict[tuple[State, Trigger], State] = {
    # At rest. A turn committed by hand ends without ever having been heard to start.
    (S.IDLE, T.INPUT_OPENED): S.LISTENING,
    (S.IDLE, T.SPEECH_STARTED): S.USER_SPEAKING,
    (S.IDLE, T.TURN_CLOSED): S.IDLE,
    (S.IDLE, T.REPLY_STARTED): S.THINKING,
    (S.IDLE, T.TOOLS_AWAITED): S.THINKING,
    (S.LISTENING, T.SPEECH_STARTED): S.USER_SPEAKING,
    (S.LISTENING, T.TURN_CLOSED): S.LISTENING,
    (S.LISTENING, T.REPLY_STARTED): S.THINKING,
    (S.LISTENING, T.REPLY_GOES_ON): S.SPEAKING,
    (S.LISTENING, T.TOOLS_AWAITED): S.THINKING,
    # The user's turn. A reply that may not be interrupted lives on beside it and does not move the floor.
    (S.USER_SPEAKING, T.PAUSED): S.ENDPOINTING,
    (S.USER_SPEAKING, T.TURN_ENDED): S.THINKING,
    (S.USER_SPEAKING, T.TURN_CLOSED): S.LISTENING,
    (S.USER_SPEAKING, T.TURN_ABANDONED): S.LISTENING,
    (S.USER_SPEAKING, T.REPLY_STARTED): S.USER_SPEAKING,
    (S.USER_SPEAKING, T.FIRST_OUTPUT): S.USER_SPEAKING,
    (S.ENDPOINTING, T.RESUMED): S.USER_SPEAKING,
    (S.ENDPOINTING, T.TURN_ENDED): S.THINKING,
    (S.ENDPOINTING, T.TURN_CLOSED): S.LISTENING,
    (S.ENDPOINTING, T.TURN_ABANDONED): S.LISTENING,
    (S.ENDPOINTING, T.REPLY_STARTED): S.ENDPOINTING,
    (S.ENDPOINTING, T.FIRST_OUTPUT): S.ENDPOINTING,
    # The reply.
    (S.THINKING, T.SPEECH_STARTED): S.USER_SPEAKING,
    (S.THINKING, T.BARGED_IN): S.INTERRUPTED,
    (S.THINKING, T.TURN_CLOSED): S.THINKING,
    (S.THINKING, T.REPLY_STARTED): S.THINKING,
    (S.THINKING, T.FIRST_OUTPUT): S.SPEAKING,
    (S.THINKING, T.REPLY_GOES_ON): S.SPEAKING,
    (S.THINKING, T.REPLY_OVER): S.LISTENING,
    (S.SPEAKING, T.SPEECH_STARTED): S.USER_SPEAKING,
    (S.SPEAKING, T.BARGED_IN): S.INTERRUPTED,
    (S.SPEAKING, T.TURN_CLOSED): S.SPEAKING,
    (S.SPEAKING, T.REPLY_STARTED): S.THINKING,
    (S.SPEAKING, T.FIRST_OUTPUT): S.SPEAKING,
    (S.SPEAKING, T.TOOLS_AWAITED): S.THINKING,
    (S.SPEAKING, T.REPLY_OVER): S.LISTENING,
    # Barge-in. A speaker who went on after a pause, and one who pauses, may yet turn out not to interrupt.
    (S.INTERRUPTED, T.SPEECH_STARTED): S.INTERRUPTED,
    (S.INTERRUPTED, T.PAUSED): S.ENDPOINTING,
    (S.INTERRUPTED, T.TURN_ENDED): S.THINKING,
    (S.INTERRUPTED, T.TURN_CLOSED): S.LISTENING,
    (S.INTERRUPTED, T.TURN_ABANDONED): S.LISTENING,
    (S.INTERRUPTED, T.REPLY_STARTED): S.INTERRUPTED,
    (S.INTERRUPTED, T.FIRST_OUTPUT): S.INTERRUPTED,
    (S.INTERRUPTED, T.WORDS_AWAITED): S.INTERRUPTED,
    (S.INTERRUPTED, T.NOT_INTERRUPTED): S.SPEAKING,
    (S.INTERRUPTED, T.QUESTION_STANDS): S.THINKING,
    (S.USER_SPEAKING, T.WORDS_AWAITED): S.INTERRUPTED,
    (S.USER_SPEAKING, T.NOT_INTERRUPTED): S.SPEAKING,
    (S.USER_SPEAKING, T.QUESTION_STANDS): S.THINKING,
    (S.ENDPOINTING, T.WORDS_AWAITED): S.INTERRUPTED,
    (S.ENDPOINTING, T.NOT_INTERRUPTED): S.SPEAKING,
    (S.ENDPOINTING, T.QUESTION_STANDS): S.THINKING,
} | {(state, T.CLOSED): S.CLOSED for state in State}


def diagram() -> str:
    """Return the table as a Mermaid state diagram; transitions that stay where they are are left out."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.IDLE}"]
    labels: dict[tuple[State, State], list[str]] = {}
    for (source, trigger), target in TABLE.items():
        if source is not target and target is not State.CLOSED:
            labels.setdefault((source, target), []).append(trigger.value)
    lines += [f"    {source} --> {target}: {' / '.join(names)}" for (source, target), names in labels.items()]
    lines.append(f"    {State.CLOSED} --> [*]")
    return "\n".join(lines) + "\n"
