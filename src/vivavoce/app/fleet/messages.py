"""What the first process of a server and its workers say to each other.

Owns the messages and their lines: one JSON object each, over a socket pair of which nobody else has an end. Refuses to
know what follows from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import anyio
import msgspec
from anyio.streams.buffered import BufferedByteReceiveStream

from vivavoce.engines.roster import ComponentStatus
from vivavoce.server.colleagues import WorkerReport

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from anyio.abc import SocketStream

__all__ = [
    "SETTINGS_UNUSABLE",
    "Colleagues",
    "FromWorker",
    "GaveWay",
    "GiveWay",
    "Line",
    "ModelAt",
    "ModelStatuses",
    "Numbered",
    "Ready",
    "Report",
    "Stop",
    "TakeOver",
    "ToWorker",
    "Vacant",
    "Welcome",
]

LONGEST_LINE_BYTES = 8 * 1024 * 1024
SEND_DEADLINE_SECONDS = 5.0
SETTINGS_UNUSABLE = 2
"""The exit code of a worker that would fail alike however often it was started."""

Told = TypeVar("Told")
Heard = TypeVar("Heard")


class ModelAt(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A language model, the file `gguf`, answers here; `slots` of its slots are the worker's, from `first_slot` on."""

    name: str
    gguf: str
    root_url: str
    api_key: str
    slot_folder: str
    first_slot: int
    slots: int


class ModelStatuses(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How the language models are."""

    components: tuple[ComponentStatus, ...]


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A worker's first message: its number, the settings, its share of the sessions, the models there are already.

    `shares_models` unless each worker is to ask a server elsewhere itself.
    """

    worker: int
    settings: dict[str, object]
    max_sessions: int
    shares_models: bool
    models: tuple[ModelAt, ...]
    statuses: ModelStatuses


class Colleagues(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How the other workers are."""

    reports: tuple[WorkerReport, ...]


class Stop(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """End what is under way, and leave."""


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The worker can serve; `shortcomings` are the lines that a user should see."""

    shortcomings: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How the worker is: the connections it was handed so far, those that are open; now and then its figures."""

    taken: int
    open: int
    figures: WorkerReport | None = None


class TakeOver(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A session of the worker goes on with a conversation that others may hold; `request` is the worker's own."""

    request: int
    user_id: str
    conversation_id: str


class Numbered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """When it came, among those of all workers."""

    request: int
    ticket: int


class GiveWay(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Leave a conversation, unless you came to it later."""

    ticket: int
    user_id: str
    conversation_id: str


class GaveWay(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Nobody on this worker is in the way."""

    ticket: int


class Vacant(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Nobody on any worker is."""

    request: int


ToWorker = Welcome | ModelAt | ModelStatuses | Colleagues | Numbered | GiveWay | Vacant | Stop
FromWorker = Ready | Report | TakeOver | GaveWay


class Line(Generic[Told, Heard]):
    """One end of the pair: says messages of one kind, hears those of another."""

    def __init__(self, stream: SocketStream, heard: object) -> None:
        self._stream = stream
        self._lines = BufferedByteReceiveStream(stream)
        self._decoder: msgspec.json.Decoder[Heard] = msgspec.json.Decoder(heard)
        self._saying = anyio.Lock()

    async def say(self, message: Told) -> None:
        """Send a message; nothing happens when nobody is at the other end. Who does not listen in time is hung up on.

        Half a message may have gone out by then, and would be glued to the next one; for the same reason a sender
        that is cancelled says its message to the end.
        """
        try:
            with anyio.move_on_after(SEND_DEADLINE_SECONDS, shield=True) as deadline:
                async with self._saying:
                    await self._stream.send(msgspec.json.encode(message) + b"\n")
            if deadline.cancelled_caught:
                await self._stream.aclose()
        except (anyio.BrokenResourceError, anyio.ClosedResourceError):
            return

    async def heard(self) -> AsyncGenerator[Heard, None]:
        """Yield what the other end says, until it is gone."""
        while True:
            try:
                line = await self._lines.receive_until(b"\n", LONGEST_LINE_BYTES)
            except (anyio.IncompleteRead, anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                return
            yield self._decoder.decode(line)

    async def aclose(self) -> None:
        """Hang up."""
        await self._stream.aclose()
