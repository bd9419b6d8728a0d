"""One turn as a client saw it: what was said, what was answered, what was heard, and when each came.

Owns the reading of the server's events into a report. Refuses to know sockets, clocks and playback.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from vivavoce.client.recordings import Recording
from vivavoce.speech.heard import Segment, heard_text

__all__ = ["Turn"]


@dataclass(slots=True, kw_only=True)
class Turn:
    """A turn under way, from the start of a recording to the last sample of the answer.

    Attributes:
        speech_end_at: when the recording's last speech was spoken, on the client's clock.
        silenced_at: when the client stopped playing its answer because the user spoke.
        late_audio: messages with audio of its answer that came after that.
        awaited: user items whose transcript has not come.
        response_id: the reply that answers it; the newest, where there were several.
        reply_items: the assistant's items, in order.
        is_answered: whether its newest reply was said to the end; one that follows goes on from there.
        is_aside: whether the server takes what was said for no interruption, and gives it no answer.
        tools: the calls that the server ran for it, with what came of them.
        tools_running: the items of those under way.
        remembered: what its answer rests on of what is known of the user.
        marks: when each step reached this client, in milliseconds after `speech_end_at`.
        server_marks: the server's own waterfall of the answer, where it tells (`vivavoce.turn.timing`).
    """

    recording: Recording
    speech_end_at: float
    user: list[str] = field(default_factory=list)
    assistant: str = ""
    turns: int = 0
    silenced_at: float | None = None
    late_audio: int = 0
    awaited: set[str] = field(default_factory=set)
    response_id: str = ""
    reply_items: list[str] = field(default_factory=list)
    segments: dict[str, list[Segment]] = field(default_factory=dict)
    marks: dict[str, float] = field(default_factory=dict)
    server_marks: dict[str, float] = field(default_factory=dict)
    is_user_speaking: bool = False
    is_reply_open: bool = False
    is_reply_expected: bool = False
    is_answered: bool = False
    is_interrupted: bool = False
    is_aside: bool = False
    tools: list[str] = field(default_factory=list)
    tools_running: set[str] = field(default_factory=set)
    remembered: list[str] = field(default_factory=list)
    audio_seconds: float = 0.0
    heard: str | None = None
    errors: list[str] = field(default_factory=list)

    def take(self, event: dict[str, Any], now: float) -> None:
        """Take in one event of the server."""
        kind = event["type"]
        if kind.startswith("response."):
            self._take_reply(kind, event, now)
        elif kind.startswith("vivavoce."):
            self._take_extension(kind, event)
        elif kind == "input_audio_buffer.speech_started":
            self.is_user_speaking = True
            self.is_aside = False
        elif kind == "input_audio_buffer.speech_stopped":
            self._confirm(event, now)
        elif kind == "conversation.item.input_audio_transcription.completed":
            self._learn(event, now)
        elif kind == "conversation.item.input_audio_transcription.failed":
            self.awaited.discard(event["item_id"])
            self.errors.append(event["error"]["message"])
        elif kind == "conversation.item.done" and event["item"]["type"] == "mcp_call":
            self._end_call(event["item"])
        elif kind == "error":
            self.errors.append(event["error"]["message"])
            self.is_reply_expected = False

    def hear(self, item_id: str, played_samples: int) -> None:
        """Note how much of an item was played."""
        self.heard = (self.heard or "") + heard_text(self.segments.get(item_id, []), played_samples)

    def is_over(self, now: float, *, silent_at: float) -> bool:
        """Whether the answer has been given and played out, or none will come."""
        if self.is_user_speaking or self.awaited or self.tools_running:
            return False
        if self.is_reply_open or self.is_reply_expected:
            return False
        return now >= silent_at

    def report(self) -> dict[str, object]:
        """Return the turn as `vivavoce talk --json` prints it."""
        names = ("turn_confirmed", "transcript", "first_token", "first_audio")
        return {
            "file": self.recording.name,
            "user": " ".join(words for words in self.user if words),
            "assistant": self.assistant.strip(),
            "heard": (self.heard if self.heard is not None else self.assistant).strip(),
            "audio_seconds": round(self.audio_seconds, 2),
            "interrupted": self.is_interrupted,
            "turns": self.turns,
            "tools": self.tools,
            "remembered": self.remembered,
            "timing": {name: self.marks.get(name) for name in names},
            "errors": self.errors,
        }

    def _take_extension(self, kind: str, event: dict[str, Any]) -> None:
        match kind:
            case "vivavoce.turn.state":
                self.is_aside = self.is_aside or event["reason"].startswith("false_interruption")
            case "vivavoce.output.segment":
                segment = Segment(text=event["text"], samples=event["samples"])
                self.segments.setdefault(event["item_id"], []).append(segment)
            case "vivavoce.memory.used":
                self.remembered += [memory["text"] for memory in event["memories"]]
            case "vivavoce.turn.timing" if event["response_id"] == self.response_id:
                known = {name: value for name, value in event["marks"].items() if value is not None}
                self.server_marks = {**self.server_marks, **known}
            case _:
                pass

    def _take_reply(self, kind: str, event: dict[str, Any], now: float) -> None:
        match kind:
            case "response.created":
                self.is_reply_open, self.is_reply_expected = True, False
                self.response_id = event["response"]["id"]
                if not self.is_answered:
                    # A reply to words that went on is none of this turn's any more.
                    self.assistant = ""
                    self.reply_items.clear()
                    self.server_marks.clear()
            case "response.output_audio_transcript.delta" | "response.output_text.delta":
                self._mark("first_token", now)
                self.assistant += event["delta"]
            case "response.output_audio.delta":
                self._mark("first_audio", now)
                if event["item_id"] not in self.reply_items:
                    self.reply_items.append(event["item_id"])
            case "response.mcp_call.in_progress":
                self.tools_running.add(event["item_id"])
            case "response.mcp_call.completed" | "response.mcp_call.failed":
                self.tools_running.discard(event["item_id"])
                self.is_reply_expected = not self.tools_running
            case "response.done":
                self._end_reply(event["response"])
            case _:
                pass

    def _confirm(self, event: dict[str, Any], now: float) -> None:
        self.is_user_speaking = self.is_answered = False
        self.turns += 1
        self.awaited.add(event["item_id"])
        # A turn that went on after it was taken to be over is timed by its last end.
        self.marks.clear()
        self._mark("turn_confirmed", now)

    def _learn(self, event: dict[str, Any], now: float) -> None:
        self.awaited.discard(event["item_id"])
        self._mark("transcript", now)
        self.user.append(event["transcript"])
        has_words = bool(event["transcript"].strip())
        self.is_reply_expected = has_words and not self.is_reply_open and not self.is_aside

    def _end_reply(self, response: dict[str, Any]) -> None:
        self.is_reply_open = False
        self.is_answered = response["status"] == "completed"
        if self.is_answered and self.assistant:
            self.assistant = f"{self.assistant.strip()} "
        if response["status"] == "failed":
            details = response.get("status_details") or {}
            self.errors.append((details.get("error") or {}).get("message") or "The reply failed.")

    def _end_call(self, call: dict[str, Any]) -> None:
        failed = call.get("error") is not None
        outcome = "failed" if failed else str(call.get("output") or "")
        self.tools.append(f"{call['name']}({call['arguments']}) -> {outcome}")

    def _mark(self, name: str, now: float) -> None:
        self.marks.setdefault(name, round((now - self.speech_end_at) * 1000, 1))
