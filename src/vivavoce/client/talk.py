"""A conversation made of recordings: each spoken after the answer to the one before, or into it.

Owns the order of the turns and when each one's report is final. Refuses to know where recordings and reports go.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np

from vivavoce.client.caller import Caller
from vivavoce.client.line import open_line
from vivavoce.client.recordings import WIRE_HZ

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vivavoce.audio.pcm import Samples
    from vivavoce.client.recordings import Recording
    from vivavoce.client.turn import Turn

__all__ = ["TalkOptions", "session_settings", "talk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkOptions:
    """How to talk.

    Attributes:
        url: the server's realtime address.
        barge_in_seconds: how long into each reply the next recording begins; None hears every reply out.
        hang_up_seconds: how much of the last reply is heard before hanging up; None hears it out.
        extensions: whether to ask for `vivavoce.v1`; without it, a stock client is imitated.
        session: what to set in the session before the first turn.
        stay_seconds: how long to stay on the line after the last answer: what the assistant says then is heard too.
    """

    url: str
    api_key: str | None = None
    barge_in_seconds: float | None = None
    hang_up_seconds: float | None = None
    extensions: bool = True
    stay_seconds: float = 0.0
    session: dict[str, Any] = field(default_factory=dict)


def session_settings(
    *, language: str | None, turn_detection: str, voice: str | None, persona: str | None = None
) -> dict[str, Any]:
    """Return the session settings that a talk asks for; what is None is left to the server."""
    transcription: dict[str, Any] = {"model": "local"}
    if language:
        transcription["language"] = language
    audio: dict[str, Any] = {
        "input": {"transcription": transcription, "turn_detection": {"type": turn_detection}},
    }
    if voice:
        audio["output"] = {"voice": voice}
    return {"audio": audio} if persona is None else {"audio": audio, "prompt": {"id": persona}}


async def talk(recordings: Sequence[Recording], options: TalkOptions, *, on_turn: Callable[[Turn], None]) -> Samples:
    """Speak the recordings, call `on_turn` once for each when its report is final, and return the replies as played.

    Raises:
        NetworkError: the server cannot be reached, or went away.
        UnauthorisedError: the server wants another key.
    """
    open_turn: Turn | None = None
    async with (
        open_line(options.url, api_key=options.api_key, extensions=options.extensions) as line,
        anyio.create_task_group() as group,
    ):
        caller = Caller(line)
        group.start_soon(caller.listen)
        await caller.configure(options.session)
        for index, recording in enumerate(recordings):
            is_last = index + 1 == len(recordings)
            leave_after = options.hang_up_seconds if is_last else options.barge_in_seconds
            turn = await caller.say(recording, leave_after=leave_after)
            if open_turn is not None:
                on_turn(_settled(open_turn, caller))
            open_turn = turn
        if options.stay_seconds:
            await caller.stay(options.stay_seconds)
        if open_turn is not None:
            on_turn(_settled(open_turn, caller))
        group.cancel_scope.cancel()
    now = anyio.current_time()
    heard = [playback.audio_played(now) for playback in caller.speaker.items]
    return np.concatenate(heard) if heard else np.zeros(0, np.float32)


def _settled(turn: Turn, caller: Caller) -> Turn:
    """Note in the turn what was heard of its answer."""
    now = anyio.current_time()
    for playback in caller.speaker.items:
        if playback.item_id in turn.reply_items:
            played = playback.played(now)
            turn.audio_seconds += played / WIRE_HZ
            if turn.segments:
                turn.hear(playback.item_id, played)
    return turn
