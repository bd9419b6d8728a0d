"""The fakes joined in a roster that a session or a server under test runs on.

Owns what they do unless a test says otherwise. Refuses to know what is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vivavoce.engines.llm.fake import ScriptedReplies
from vivavoce.engines.protocols import ReplyEnd
from vivavoce.engines.roster import ComponentStatus, EngineRoster, Job
from vivavoce.engines.stt.fake import FakeStt
from vivavoce.engines.tts.fake import FakeTts
from vivavoce.engines.turn.fake import FakeEndOfTurn
from vivavoce.engines.vad.fake import FakeVad

if TYPE_CHECKING:
    from vivavoce.engines.protocols import ReplyEngine, SpeechToText, TextToSpeech

__all__ = ["fake_roster"]


def fake_roster(
    *, replies: ReplyEngine | None = None, stt: SpeechToText | None = None, tts: TextToSpeech | None = None
) -> EngineRoster:
    """Return a roster of fakes, ready to converse: loudness is speech, and what is heard and said is scripted."""
    roster = EngineRoster()
    roster.vad = FakeVad()
    roster.turn = FakeEndOfTurn()
    roster.replies = replies or ScriptedReplies(["Hello", " there.", ReplyEnd(input_tokens=3, output_tokens=2)])
    roster.add_stt(stt or FakeStt())
    roster.add_tts(tts or FakeTts())
    for job in Job:
        roster.report(ComponentStatus(job=job, name="fake", state="ready"))
    return roster
