"""A conversation with this machine's own microphone and speaker.

Owns the sound device's two streams. Refuses to know the protocol beyond sending and receiving audio; without a device
it says so.
"""

from __future__ import annotations

import queue
from collections import deque
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import numpy as np

from vivavoce.client.line import Line, open_line
from vivavoce.client.recordings import WIRE_HZ
from vivavoce.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from vivavoce.audio.pcm import Samples
    from vivavoce.client.talk import TalkOptions

__all__ = ["check_devices", "live_talk"]

FRAME_SAMPLES = WIRE_HZ // 50
MAX_FRAMES_WAITING = 100
"""Two seconds of microphone that the network has not taken; then the oldest frame is dropped."""


class _Headset:
    """The microphone's frames, and the queue the speaker plays from; called on the device's thread."""

    def __init__(self) -> None:
        self.heard: queue.Queue[Samples] = queue.Queue(MAX_FRAMES_WAITING)
        self._playing: deque[Samples] = deque()

    def play(self, audio: Samples) -> None:
        self._playing.append(audio)

    def silence(self) -> None:
        self._playing.clear()

    def exchange(self, microphone: Any, speaker: Any, _frames: int, _time: object, _status: object) -> None:
        """Take one block from the microphone and give one to the speaker."""
        if self.heard.full():
            self.heard.get_nowait()
        self.heard.put_nowait(np.array(microphone[:, 0], np.float32))
        filled = 0
        while filled < len(speaker) and self._playing:
            piece = self._playing.popleft()
            taken = piece[: len(speaker) - filled]
            speaker[filled : filled + len(taken), 0] = taken
            filled += len(taken)
            if len(taken) < len(piece):
                self._playing.appendleft(piece[len(taken) :])
        speaker[filled:, 0] = 0.0


def check_devices() -> str:
    """Return the names of the microphone and the speaker.

    Raises:
        InputError: `no_audio_device`.
    """
    try:
        import sounddevice

        microphone = sounddevice.query_devices(kind="input")
        speaker = sounddevice.query_devices(kind="output")
    except (OSError, ValueError) as error:
        raise _no_device(error) from error
    return f"{microphone['name']}, {speaker['name']}"


async def live_talk(options: TalkOptions, *, say: Callable[[str], None]) -> None:
    """Talk until interrupted, printing what both sides say.

    Raises:
        InputError: this machine has no microphone or no speaker.
        NetworkError: the server cannot be reached.
    """
    check_devices()
    import sounddevice

    headset = _Headset()
    stream = sounddevice.Stream(
        samplerate=WIRE_HZ, channels=1, dtype="float32", blocksize=FRAME_SAMPLES, callback=headset.exchange
    )
    async with (
        open_line(options.url, api_key=options.api_key, extensions=False) as line,
        anyio.create_task_group() as group,
    ):
        await line.send({"type": "session.update", "session": {"type": "realtime", **options.session}})
        with stream:
            say("Speak; Ctrl-C ends the conversation.")
            group.start_soon(_speak, line, headset)
            await _hear(line, headset, say)
        group.cancel_scope.cancel()


async def _speak(line: Line, headset: _Headset) -> None:
    while True:
        frame = await anyio.to_thread.run_sync(headset.heard.get, abandon_on_cancel=True)
        await line.send_audio(frame)


async def _hear(line: Line, headset: _Headset, say: Callable[[str], None]) -> None:
    async for event, audio in line.messages():
        match event["type"]:
            case "input_audio_buffer.speech_started":
                headset.silence()
            case "conversation.item.input_audio_transcription.completed":
                say(f"you:  {event['transcript']}")
            case "response.output_audio_transcript.done":
                say(f"viva: {event['transcript']}")
            case "error":
                say(event["error"]["message"])
            case _ if audio is not None:
                headset.play(audio)


def _no_device(error: Exception) -> InputError:
    return InputError(
        "no_audio_device",
        f"This machine has no usable microphone and speaker ({error}).",
        remedy="Connect them (on Linux, install libportaudio2 too), open the web page, or give recordings.",
    )
