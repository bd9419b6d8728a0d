"""A prompt put together: the character, what is known, what was said, and what was remembered for each turn.

Owns the order, and the rule that a prompt begins like the one before: what is new at a turn stands at its end, and
stays where it was first put. Owns too how a prompt that is too long is made to fit without losing anybody's words
altogether. Refuses to count tokens and to ask any model. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.dialogue.notes import digest, header, recalled, squeezed
from vivavoce.dialogue.prompts import silence
from vivavoce.dialogue.threads import fingerprint
from vivavoce.engines.protocols import ChatMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vivavoce.dialogue.threads import Thread

__all__ = ["assemble", "cut_for", "forgetting_what_changed", "shorten", "shorten_last", "split_system"]

_CUT_MARK = " […] "


def split_system(messages: Sequence[ChatMessage]) -> tuple[str, tuple[ChatMessage, ...]]:
    """Return the instructions that the messages begin with, and the rest."""
    if messages and messages[0].role == "system":
        return messages[0].content, tuple(messages[1:])
    return "", tuple(messages)


def forgetting_what_changed(thread: Thread, messages: Sequence[ChatMessage]) -> None:
    """Drop what is kept of messages that are there no longer, or otherwise."""
    if thread.covered and (
        thread.covered > len(messages) or fingerprint(messages[: thread.covered]) != thread.covered_mark
    ):
        thread.cover((), "")
    for index in [index for index, note in thread.notes.items() if not _stands(messages, index, note.words)]:
        del thread.notes[index]


def assemble(system: str, messages: Sequence[ChatMessage], thread: Thread) -> tuple[ChatMessage, ...]:
    """Return the prompt."""
    said = [_noted(message, thread, index) for index, message in enumerate(messages)][thread.covered :]
    top = header([text for _, text in thread.known or ()], thread.summary, thread.lines, thread.language)
    if top and said and said[0].role == "user":
        said[0] = replace(said[0], content=f"{top}\n{said[0].content}")
    elif top or (said and said[0].role == "assistant"):
        # Before a greeting somebody has to come: many chat templates insist that the user begins.
        said.insert(0, ChatMessage(role="user", content=top or silence(thread.language)))
    instructions = (ChatMessage(role="system", content=system),) if system else ()
    return (*instructions, *said)


def cut_for(messages: Sequence[ChatMessage], *, covered: int, kept: int) -> int:
    """Return how many messages to cover so that at most `kept` are left, the first of them the user's.

    The last turn always stays whole; where nothing can be cut before it, what is covered already is returned.
    """
    starts = [index for index, message in enumerate(messages) if message.role == "user" and index > covered]
    fitting = [index for index in starts if len(messages) - index <= kept]
    if fitting:
        return fitting[0]
    return starts[-1] if starts else covered


def shorten(thread: Thread, messages: Sequence[ChatMessage], *, kept: int, characters: int) -> bool:
    """Let a digest stand for the oldest messages, so that `kept` are left; False where nothing is left to cut."""
    cut = cut_for(messages, covered=thread.covered, kept=kept)
    if cut <= thread.covered:
        return False
    lines = squeezed((*thread.lines, *digest(messages[thread.covered : cut])), characters=characters)
    thread.cover(messages[:cut], thread.summary, lines)
    return True


def shorten_last(prompt: Sequence[ChatMessage], *, share: float) -> tuple[ChatMessage, ...]:
    """Return the prompt with its longest message cut in the middle to this share of its length."""
    if not prompt:
        return ()
    longest = max(range(len(prompt)), key=lambda index: len(prompt[index].content))
    text = prompt[longest].content
    half = int(len(text) * share / 2)
    cut = replace(prompt[longest], content=text[:half] + _CUT_MARK + text[len(text) - half :])
    return (*prompt[:longest], cut, *prompt[longest + 1 :])


def _stands(messages: Sequence[ChatMessage], index: int, words: str) -> bool:
    return index < len(messages) and messages[index].role == "user" and messages[index].content.startswith(words)


def _noted(message: ChatMessage, thread: Thread, index: int) -> ChatMessage:
    note = thread.notes.get(index)
    if note is None or not (note.before or note.after):
        return message
    before, after = ([text for _, text in part] for part in (note.before, note.after))
    said, later = message.content[: len(note.words)], message.content[len(note.words) :]
    parts = (
        recalled(before, thread.language) + "\n" if before else "",
        said,
        "\n" + recalled(after, thread.language) if after else "",
        later,
    )
    return replace(message, content="".join(parts))
