"""The session's transcriptions: of whole turns for the conversation, of unfinished ones to be shown and read ahead.

Owns the tasks that wait for the recogniser. Refuses to judge what comes back; the machine drops what is stale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import anyio
import structlog

from vivavoce.conversation import events as ev
from vivavoce.engines.caller import Urgency, urgency
from vivavoce.engines.protocols import TranscribesOnward
from vivavoce.errors import VivavoceError
from vivavoce.session.replying import failure
from vivavoce.speech.partial import Captions
from vivavoce.turntaking.voicing import certainty, voiced_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from anyio.abc import TaskGroup

    from vivavoce.audio.pcm import Samples
    from vivavoce.conversation.orders import Transcribe
    from vivavoce.engines.protocols import SpeechToText, Transcript
    from vivavoce.engines.roster import EngineRoster
    from vivavoce.session.far_end import FarEnd
    from vivavoce.session.judging import EndOfTurnJudge
    from vivavoce.session.reading_ahead import ReadingAhead

__all__ = ["CaptionOrder", "Transcriber"]

log = structlog.get_logger(__name__)

CAPTION_EVERY_SECONDS = 0.3
CAPTION_REST = 4.0
"""How many times as long as the last caption took nothing is heard for the next: a fifth of a core is spent on them."""

CAPTION_PATIENCE_SECONDS = 1.0
"""A caption that has waited longer for the recogniser is old news."""

CROWDED = frozenset({"engine_busy", "engine_preempted", "engine_timeout"})
"""Failures that only mean that others came first: there will be another caption."""

CAPTION_WINDOW_SAMPLES = 15 * 16_000
"""What a caption is made from at most; of a longer turn, what was captioned so far is left as it is."""


DOUBTED_SAMPLES = 3 * 16_000
"""A sound that lasts longer, silence around it included, is more than a cough or an echo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionOrder:
    """A turn under way whose words are wanted before it ends; `is_shown` when also by the client."""

    item_id: str
    start_sample: int
    language: str
    is_shown: bool


class Transcriber:
    """Finds words for one session."""

    def __init__(
        self,
        *,
        roster: EngineRoster,
        dispatch: Callable[[ev.Event], None],
        audio_of: Callable[[Transcribe], Samples],
        slice_input: Callable[[int, int], Samples],
        far_end: FarEnd,
        ahead: ReadingAhead,
        judge: EndOfTurnJudge,
        scope: TaskGroup,
    ) -> None:
        self._roster = roster
        self._dispatch = dispatch
        self._audio_of = audio_of
        self._slice = slice_input
        self._far_end = far_end
        self._ahead = ahead
        self._judge = judge
        self._scope = scope
        self._running: dict[tuple[str, int], anyio.CancelScope] = {}
        self._captions = anyio.CancelScope()
        self._caption_work = anyio.CancelScope()
        self._heard: tuple[SpeechToText, int, Transcript] | None = None

    def transcribe(self, order: Transcribe) -> None:
        """Find the words of a turn. The audio is taken now: the buffer may let go of it later.

        Captions wait meanwhile: they would only be in its way.
        """
        self._caption_work.cancel()
        scope = self._running[order.item_id, order.attempt] = anyio.CancelScope()
        audio = self._audio_of(order)
        self._scope.start_soon(self._transcribe, order, audio, scope)

    def cancel(self, item_id: str, attempt: int) -> None:
        """Give an attempt up."""
        scope = self._running.pop((item_id, attempt), None)
        if scope is not None:
            scope.cancel()

    def start_captions(self, order: CaptionOrder, position: Callable[[], int | None]) -> None:
        """Caption a turn under way, until `stop_captions`; `position` tells how far it is, None in a pause."""
        self.stop_captions()
        self._captions = anyio.CancelScope()
        self._scope.start_soon(self._caption, order, position, self._captions)

    def stop_captions(self) -> None:
        """The turn is over: its words will come as a whole."""
        self._captions.cancel()

    async def _transcribe(self, order: Transcribe, audio: Samples, scope: anyio.CancelScope) -> None:
        language = None if order.language == "auto" else order.language
        with scope:
            try:
                # Late words are better than none: the machine gives up on them in its own time.
                engine = await self._roster.stt_when_loaded(order.language)
                words = await self._hear(engine, audio, language, order.start_sample)
            except VivavoceError as error:
                log.warning("transcription_failed", code=error.code, reason=error.message)
                event: ev.Event = ev.TranscriptFailed(
                    item_id=order.item_id, attempt=order.attempt, failure=failure(error)
                )
            else:
                # First of all: whether the turn is over is asked of the words before any reply to them is begun.
                self._judge.words_came(order.end_sample, words)
                event = ev.TranscriptReady(
                    item_id=order.item_id,
                    attempt=order.attempt,
                    text=words.text.strip(),
                    language=words.language,
                    certainty=self._certainty(words, audio, order.start_sample),
                )
            self._running.pop((order.item_id, order.attempt), None)
            self._dispatch(event)

    async def _caption(self, order: CaptionOrder, position: Callable[[], int | None], scope: anyio.CancelScope) -> None:
        captions = Captions()
        start_sample, rest_seconds = order.start_sample, 0.0
        with scope:
            while True:
                await anyio.sleep(max(CAPTION_EVERY_SECONDS, rest_seconds))
                end = position()
                if end is None or self._running or not (order.is_shown or self._ahead.is_wanted):
                    continue
                if end - start_sample > CAPTION_WINDOW_SAMPLES:
                    captions.settle()
                    start_sample = end
                    continue
                began = anyio.current_time()
                try:
                    words = await self._words_so_far(start_sample, end, order.language)
                except VivavoceError as error:
                    log.info("caption_failed", code=error.code, reason=error.message)
                    if error.code not in CROWDED:
                        return
                    words = None
                rest_seconds = CAPTION_REST * (anyio.current_time() - began)
                if words is not None:
                    self._tell(order, captions, words)

    def _tell(self, order: CaptionOrder, captions: Captions, words: tuple[str, float]) -> None:
        heard, is_said = words
        stable, unstable = captions.update(heard)
        if order.is_shown:
            self._dispatch(ev.PartialHeard(item_id=order.item_id, stable=stable, unstable=unstable, certainty=is_said))
        self._ahead.follow(stable + unstable)

    async def _words_so_far(self, start_sample: int, end_sample: int, language: str) -> tuple[str, float] | None:
        """Return what is heard in `audio` and how certain it is; None once the whole turn is transcribed instead."""
        background = urgency(Urgency.BACKGROUND, patience_seconds=CAPTION_PATIENCE_SECONDS)
        audio = self._slice(start_sample, end_sample)
        with anyio.CancelScope() as self._caption_work, background:
            engine = self._roster.stt_for(language)
            heard = await self._hear(engine, audio, None if language == "auto" else language, start_sample)
            return heard.text.strip(), self._certainty(heard, audio, start_sample)
        return None

    async def _hear(self, engine: SpeechToText, audio: Samples, language: str | None, start_sample: int) -> Transcript:
        """Return the words in `audio`, with what was heard of its beginning before for a draft."""
        if self._heard is not None and self._heard[:2] == (engine, start_sample):
            assert isinstance(engine, TranscribesOnward)
            words = await engine.transcribe_onward(audio, self._heard[2])
        else:
            words = await engine.transcribe(audio, language=language)
        self._heard = (engine, start_sample, words) if isinstance(engine, TranscribesOnward) else None
        return words

    def _certainty(self, words: Transcript, audio: Samples, start_sample: int) -> float:
        """Return how certain it is that a user said these words; what lasts is not in doubt."""
        if len(audio) > DOUBTED_SAMPLES:
            return 1.0
        if self._far_end.explains_turn(start_sample, self._slice):
            return 0.0
        return 1.0 if words.confidence is None else certainty(words.confidence, voiced_share(audio))
