"""What a conversation must do, one sentence each, and where that is asked for.

Every entry has at least one test marked with its id, and every test here names an entry: `test_requirements` checks it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["REQUIREMENTS", "Requirement"]

PROTOCOL = "OpenAI Realtime protocol, GA"
PROMISE = "what vivavoce promises of a conversation"
RULES = "the project's rules for failures and limits"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Where a behaviour is asked for, and what it is."""

    source: str
    sentence: str


REQUIREMENTS = {
    "turn.voice.001": Requirement(PROTOCOL, "A spoken question is transcribed, answered and spoken, news in order."),
    "turn.voice.002": Requirement(PROMISE, "The state shown goes listening, processing, speaking, listening."),
    "turn.voice.003": Requirement(PROMISE, "Every step of a turn is timed from the end of the user's speech."),
    "turn.voice.004": Requirement(PROMISE, "A reply begins to sound while its model still writes."),
    "turn.voice.005": Requirement(PROMISE, "The model is told what was said before, in order."),
    "turn.voice.006": Requirement(
        PROTOCOL, "The voice of a stock client does not change once it was heard; a page's changes at any time."
    ),
    "turn.end.001": Requirement(PROTOCOL, "A pause shorter than the silence asked for does not end a turn."),
    "turn.end.002": Requirement(PROTOCOL, "A turn that sounds finished ends sooner than one that does not."),
    "turn.end.003": Requirement(RULES, "Without an answer of the end-of-turn model, words and silence end the turn."),
    "turn.end.004": Requirement(RULES, "A client that stops sending in mid-turn has ended its turn."),
    "turn.end.005": Requirement(PROMISE, "A turn whose words ask for more ends later than one whose words are whole."),
    "turn.noise.001": Requirement(PROMISE, "Clicks and key strokes start no turn."),
    "turn.noise.002": Requirement(PROMISE, "A turn without words is not answered."),
    "turn.silence.001": Requirement(PROTOCOL, "A user who says nothing for the time asked for is spoken to."),
    "turn.silence.002": Requirement(
        PROMISE, "A user who answers nothing twice is bidden goodbye, and the session ends."
    ),
    "turn.manual.001": Requirement(PROTOCOL, "Without turn detection the client commits and asks for the reply."),
    "turn.manual.002": Requirement(PROTOCOL, "A refused commit leaves the turn under way as it was."),
    "turn.text.001": Requirement(PROTOCOL, "A typed message is answered on request, by voice or as text."),
    "turn.item.001": Requirement(PROTOCOL, "An item that comes with audio is transcribed and can be answered."),
    "turn.bargein.001": Requirement(PROTOCOL, "Speech over a reply stops its audio, and nothing of it follows."),
    "turn.bargein.002": Requirement(PROMISE, "The listener's client is told to stop within 200 ms of the speech."),
    "turn.bargein.003": Requirement(PROTOCOL, "The conversation keeps only what was heard of a reply."),
    "turn.bargein.004": Requirement(RULES, "An interrupted reply's engines stop at once."),
    "turn.bargein.005": Requirement(PROTOCOL, "A reply that may not be interrupted is spoken to its end."),
    "turn.bargein.006": Requirement(PROTOCOL, "A client cancels a reply and truncates it to what it played."),
    "turn.bargein.007": Requirement(
        PROMISE, "A cough or a backchannel holds a reply, which goes on from where it was."
    ),
    "turn.bargein.008": Requirement(PROMISE, "A client that can hold falls silent within 150 ms of any speech."),
    "turn.bargein.009": Requirement(PROMISE, "A stock client hears the rest of a reply that was cut for nothing."),
    "turn.bargein.010": Requirement(PROMISE, "The assistant's own echo starts no turn, and a voice over it does."),
    "turn.caption.001": Requirement(PROMISE, "The words are shown while they are spoken, and stable ones stay."),
    "turn.caption.002": Requirement(PROMISE, "Captions go on after a pause, and end with the turn."),
    "turn.ahead.001": Requirement(PROMISE, "The next prompt is read, as far as it is certain, while the user speaks."),
    "turn.ahead.002": Requirement(RULES, "Reading ahead is in nobody's way, and nobody misses it."),
    "turn.tool.001": Requirement(PROTOCOL, "A function call is told, and its output is answered when asked."),
    "turn.tool.002": Requirement(
        PROMISE, "A tool of the server is run, and what came of it told, without being asked."
    ),
    "turn.tool.003": Requirement(PROMISE, "A tool that takes longer than 700 ms leaves no silence."),
    "turn.tool.004": Requirement(PROMISE, "A tool's outcome outlives an interruption, and is told when it comes."),
    "turn.tool.005": Requirement(RULES, "No tool is run before its turn is sure, and none outlives its session."),
    "turn.tool.006": Requirement(PROTOCOL, "A tool that needs approval waits for it, by item, voice or text."),
    "turn.tool.007": Requirement(PROTOCOL, "The MCP servers that a client names are listed, and their tools called."),
    "turn.tool.008": Requirement(PROTOCOL, "A stock client gets only events it knows, whatever tools do."),
    "turn.tool.009": Requirement(PROMISE, "Where a character speaks several languages, tools answer in the user's."),
    "turn.unasked.001": Requirement(PROMISE, "What rings or is announced is said when the floor is free."),
    "turn.unasked.002": Requirement(RULES, "When no model answers, the assistant says so in its own words, once."),
    "turn.face.001": Requirement(PROMISE, "Cues for the face come with their words, and are neither read nor heard."),
    "turn.face.002": Requirement(PROMISE, "The shapes of the mouth are told before the sound that they belong to."),
    "turn.face.003": Requirement(PROMISE, "A movement that a reply asks for comes with its words."),
    "input.webm.001": Requirement(PROMISE, "A browser that records in pieces of WebM is heard as any other."),
    "input.webm.002": Requirement(RULES, "A damaged recording is a typed error, told once, and a new one mends it."),
    "input.webm.003": Requirement(RULES, "A format that replies cannot have is refused."),
    "item.audio.001": Requirement(PROTOCOL, "An item that is asked for comes with its audio, as far as it was heard."),
    "engine.failure.001": Requirement(RULES, "A failed engine is told of in plain words, and the session goes on."),
    "engine.failure.002": Requirement(RULES, "An engine that hangs is given up, and the session goes on."),
    "engine.failure.003": Requirement(RULES, "An engine that is missing fails the turn and not the session."),
    "limit.input.001": Requirement(RULES, "Past the input bound audio is refused at once, and the turn is answered."),
    "limit.input.002": Requirement(RULES, "Input that nobody comes back for is let go of after half a minute."),
    "load.speculation.001": Requirement(PROMISE, "Replies begun on the chance are counted, kept and wasted ones."),
    "load.speculation.002": Requirement(PROMISE, "While work waits, no reply is begun before its turn is sure."),
    "load.caller.001": Requirement(RULES, "Engines know for which session they work, and how urgently."),
    "room.floor.001": Requirement(PROMISE, "In a room one who speaks is heard at a time, and everyone is told who."),
    "room.floor.002": Requirement(PROMISE, "The host of a room may take the floor from anyone."),
    "room.floor.003": Requirement(RULES, "Who leaves a room in mid-turn has ended the turn, and keeps no floor."),
    "room.queue.001": Requirement(PROMISE, "What is written in a room waits its turn, the host's lines first."),
    "room.slow.001": Requirement(RULES, "A viewer of a room who is too slow is dropped, and nobody waits for them."),
    "room.end.001": Requirement(RULES, "A room ends some time after the last has left, and leaves no task."),
    "session.end.001": Requirement(RULES, "A client that leaves in mid-reply leaves no task behind."),
    "session.end.002": Requirement(RULES, "A hundred sessions that end in mid-reply leave the tasks as they were."),
    "session.end.003": Requirement(RULES, "Nothing is told and nothing breaks after a session's end."),
    "session.settings.001": Requirement(PROTOCOL, "Settings change between and within turns without losing one."),
    "record.replay.001": Requirement(PROMISE, "A recorded session replays to the same effects exactly."),
    "record.replay.002": Requirement(PROMISE, "A recording that was changed is reported with its line."),
    "record.file.001": Requirement(
        RULES, "A recording that cannot begin is refused, one that cannot go on ends alone."
    ),
}
