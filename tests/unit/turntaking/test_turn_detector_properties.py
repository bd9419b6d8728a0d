"""Whatever a detector hears, and whoever meddles with it, its signals tell a story that makes sense."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from vivavoce.turntaking.detector import (
    FRAME_SAMPLES,
    JudgementWanted,
    PauseBegan,
    SpeechBegan,
    SpeechWentOn,
    TurnDetector,
    TurnOver,
    TurnSignal,
)
from vivavoce.turntaking.settings import SemanticTurns, SilenceTurns, TurnDetection

if TYPE_CHECKING:
    from collections.abc import Iterable

PROBABILITIES = st.floats(0.0, 1.0)
POLICIES: st.SearchStrategy[TurnDetection] = st.one_of(
    st.builds(
        SilenceTurns, threshold=PROBABILITIES, prefix_padding_ms=st.integers(0, 2_000), silence_ms=st.integers(0, 3_000)
    ),
    st.builds(
        SemanticTurns,
        threshold=PROBABILITIES,
        prefix_padding_ms=st.integers(0, 2_000),
        judge_after_ms=st.integers(0, 500),
        min_delay_ms=st.integers(0, 500),
        hear_out_ms=st.integers(0, 800),
        max_delay_ms=st.integers(500, 3_000),
        sure=st.floats(0.1, 1.0),
    ),
)
STEPS = st.one_of(
    st.tuples(st.just("feed"), PROBABILITIES),
    st.tuples(st.just("run of"), st.tuples(PROBABILITIES, st.integers(1, 40))),
    st.tuples(st.just("judged"), st.tuples(st.integers(0, 5), PROBABILITIES, st.booleans())),
    st.tuples(st.just("end_now"), st.none()),
    st.tuples(st.just("reset"), st.none()),
    st.tuples(st.just("retune"), POLICIES),
)


@dataclass
class Story:
    """Reads the signals of one stream in order and complains when they make no sense."""

    position: int
    in_turn: bool = False
    paused: bool = False
    start: int = 0
    floor: int = 0
    pause: int = 0

    def read(self, signals: Iterable[TurnSignal], position: int) -> None:
        for signal in signals:
            self._read(signal, position)
        self.position = position

    def forget(self, position: int) -> None:
        self.in_turn = self.paused = False
        self.floor = position

    def _read(self, signal: TurnSignal, position: int) -> None:
        match signal:
            case SpeechBegan():
                assert not self.in_turn, "a turn begins inside a turn"
                assert self.floor <= signal.start_sample < position
                self.in_turn, self.start = True, signal.start_sample
            case PauseBegan():
                assert self.in_turn
                assert not self.paused
                assert (signal.start_sample, signal.end_sample) == (self.start, position)
                self.paused = True
                self.pause += 1
                assert signal.pause == self.pause
            case SpeechWentOn():
                assert self.in_turn
                assert self.paused
                self.paused = False
            case JudgementWanted():
                assert self.paused
                assert signal.pause == self.pause
                assert (signal.start_sample, signal.end_sample) == (self.start, position)
            case TurnOver():
                assert self.in_turn
                assert (signal.start_sample, signal.end_sample) == (self.start, position)
                assert self.start < signal.last_speech_sample <= position
                self.in_turn = self.paused = False
                self.floor = position


@given(policy=POLICIES, start=st.integers(0, 100_000), steps=st.lists(STEPS, max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_input_gives_turns_that_begin_pause_and_end_in_order(
    policy: TurnDetection, start: int, steps: list[tuple[str, object]]
) -> None:
    detector = TurnDetector(policy, position=start)
    story = Story(position=start, floor=start)
    for action, value in steps:
        match action, value:
            case "feed", float(probability):
                story.read(detector.feed(probability), detector.position)
            case "run of", (float(probability), int(count)):
                for _ in range(count):
                    story.read(detector.feed(probability), detector.position)
            case "judged", (int(pause), float(probability), bool(is_final)):
                story.read(detector.judged(pause, probability, is_final=is_final), detector.position)
            case "end_now", None:
                story.read(detector.end_now(), detector.position)
            case "reset", None:
                detector.reset()
                story.forget(detector.position)
            case "retune", SilenceTurns() | SemanticTurns() as other:
                detector.retune(other)
        assert detector.is_in_turn is story.in_turn


@given(policy=POLICIES, probabilities=st.lists(PROBABILITIES, max_size=200))
@settings(max_examples=200, deadline=None)
def test_silence_long_enough_ends_every_turn(policy: TurnDetection, probabilities: list[float]) -> None:
    detector = TurnDetector(policy)
    for probability in probabilities:
        detector.feed(probability)
    longest = policy.silence_ms if isinstance(policy, SilenceTurns) else policy.max_delay_ms
    for _ in range(max(longest, 96) // 32 + 2):
        # A threshold of 0 asks for everything to be speech.
        detector.feed(0.0 if policy.threshold > 0 else -1.0)
    assert not detector.is_in_turn


@given(policy=POLICIES, probabilities=st.lists(PROBABILITIES, max_size=120), shift=st.integers(0, 1_000_000))
@settings(max_examples=100, deadline=None)
def test_where_the_stream_stands_changes_nothing_but_the_positions(
    policy: TurnDetection, probabilities: list[float], shift: int
) -> None:
    here, there = TurnDetector(policy), TurnDetector(policy, position=shift * FRAME_SAMPLES)
    for probability in probabilities:
        assert [type(s) for s in here.feed(probability)] == [type(s) for s in there.feed(probability)]
