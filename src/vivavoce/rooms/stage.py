"""The microphone of a room: one at a time is heard, and the conversation knows whose words it hears.

Owns the speakers' ears and the carrying out of what the floor decides. Refuses to decide who has it (`floor` does).
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from vivavoce.conversation import effects as fx
from vivavoce.errors import CapacityError, InputError
from vivavoce.rooms.ear import Ear
from vivavoce.rooms.floor import CutTurn, Floor, FloorFreed, FloorGiven
from vivavoce.rooms.queue import Rank

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from vivavoce.audio.formats import AudioFormat
    from vivavoce.engines.vad.batching import VadBatcher
    from vivavoce.rooms.floor import FloorEffect, FloorLimits
    from vivavoce.rooms.viewer import Viewer
    from vivavoce.session.driver import Session
    from vivavoce.turntaking.settings import TurnDetection

__all__ = ["Stage"]


class Stage:
    """Who of a room is heard; `on_change` is called when that changes."""

    def __init__(
        self,
        session: Session,
        *,
        batcher: VadBatcher,
        clock: Callable[[], float],
        on_change: Callable[[], None],
        limits: FloorLimits | None = None,
    ) -> None:
        self._session = session
        self._batcher = batcher
        self._clock = clock
        self._on_change = on_change
        self._floor = Floor(limits)
        self._ears: dict[str, Ear] = {}
        self._speakers: dict[str, Viewer] = {}
        self._turn_item = ""
        self.detection: TurnDetection | None = None

    @property
    def speaker(self) -> Viewer | None:
        """Whose microphone is heard."""
        return self._speakers.get(self._floor.holder)

    @contextmanager
    def microphone(self, viewer: Viewer) -> Iterator[None]:
        """Listen to somebody for as long as the body runs; who may only watch has no microphone."""
        if viewer.rank is Rank.VIEWER:
            yield
            return
        ear = Ear(viewer.input_format, self._batcher, on_voice=lambda: self._voice(viewer))
        self._ears[viewer.id], self._speakers[viewer.id] = ear, viewer
        try:
            with self._batcher.stream(ear):
                yield
        finally:
            self._perform(self._floor.left(viewer.id))
            del self._ears[viewer.id], self._speakers[viewer.id]

    def hear(self, viewer: Viewer, data: bytes) -> None:
        """Take in what somebody's microphone sends; without the floor it is listened to for a voice, and no more.

        Raises:
            InputError: half a sample.
            CapacityError: the conversation's input buffer is full.
        """
        if viewer.id == self._floor.holder:
            self._session.hear(data)
        elif viewer.id in self._ears:
            self._ears[viewer.id].append(data)

    def check_is_heard(self, viewer: Viewer) -> None:
        """Make sure that somebody has the floor.

        Raises:
            InputError: `floor_not_held`.
        """
        if viewer.id != self._floor.holder:
            raise InputError(
                "floor_not_held",
                "Your microphone is not heard now.",
                remedy="Speak when nobody else does.",
            )

    def change_format(self, viewer: Viewer, audio_format: AudioFormat) -> None:
        """Hear this format from somebody's microphone."""
        viewer.input_format = audio_format
        if viewer.id in self._ears:
            self._ears[viewer.id].configure(audio_format)
        if viewer.id == self._floor.holder:
            self._session.configure(self._session.settings, audio_format=audio_format, detection=self.detection)

    def note(self, news: fx.News) -> None:
        """Follow the turns that the conversation hears."""
        match news:
            case fx.SpeechStartedNotice():
                self._turn_item = news.item_id
                self._floor.turn_began()
            case fx.InputCommitted() if news.item_id == self._turn_item:
                self._end_turn()
            case fx.InputCleared():
                self._end_turn()
            case _:
                pass

    def look(self) -> None:
        """Time has passed."""
        self._perform(self._floor.look(self._clock()))

    def _end_turn(self) -> None:
        self._turn_item = ""
        self._perform(self._floor.turn_over())

    def _voice(self, viewer: Viewer) -> None:
        self._perform(self._floor.sounds(viewer.id, viewer.rank, self._clock()))

    def _perform(self, effects: Iterable[FloorEffect]) -> None:
        for effect in effects:
            match effect:
                case CutTurn():
                    # From here on the turn is nobody's: its end must not take the floor from whoever has it next.
                    self._turn_item = ""
                    self._session.commit_input(None)
                case FloorFreed(viewer=viewer_id):
                    self._ears[viewer_id].begin_afresh()
                case FloorGiven(viewer=viewer_id):
                    self._give(self._speakers[viewer_id])
            self._on_change()

    def _give(self, viewer: Viewer) -> None:
        session = self._session
        settings = replace(session.settings, speaker=viewer.name)
        session.configure(settings, audio_format=viewer.input_format, detection=self.detection)
        # Less than a second: only a buffer that the speaker before has filled has no room for it.
        with suppress(CapacityError):
            session.hear(self._ears[viewer.id].take())
