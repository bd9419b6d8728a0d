"""When a turn starts, pauses, goes on and ends, frame by frame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.unit.turntaking.frames import FRAME_MS, feed, names
from vivavoce.turntaking.detector import (
    FRAME_SAMPLES,
    JudgementWanted,
    PauseBegan,
    SpeechBegan,
    SpeechWentOn,
    TurnDetector,
    TurnOver,
)
from vivavoce.turntaking.rhythm import MOST_STRETCH, Rhythm
from vivavoce.turntaking.settings import SemanticTurns, SilenceTurns, semantic_turns

UNPADDED = SilenceTurns(prefix_padding_ms=0, silence_ms=160)
SEMANTIC = SemanticTurns(
    prefix_padding_ms=0,
    judge_after_ms=160,
    judge_again_ms=9_999,
    min_delay_ms=224,
    hear_out_ms=320,
    max_delay_ms=960,
    sure=0.5,
)


def frames(count: int) -> int:
    return count * FRAME_SAMPLES


# ------------------------------------------------------------------ starts


@pytest.mark.parametrize(
    ("strip", "first_speech_frame"),
    [
        pytest.param("###", 0, id="three in a row"),
        pytest.param("____###", 4, id="after silence"),
        pytest.param("#_##", 0, id="one gap"),
        pytest.param("#_#_#", 0, id="two gaps, still within five frames"),
        pytest.param("##__#", 0, id="a long gap, still within five frames"),
        pytest.param("#______###", 7, id="an earlier click does not count"),
    ],
)
def test_a_turn_starts_with_three_speech_frames_close_together(strip: str, first_speech_frame: int) -> None:
    detector = TurnDetector(UNPADDED)
    assert feed(detector, strip) == [SpeechBegan(start_sample=frames(first_speech_frame))]
    assert detector.is_in_turn


@pytest.mark.parametrize(
    "strip",
    [
        pytest.param("_" * 200, id="silence"),
        pytest.param("#____" * 40, id="clicks"),
        pytest.param("##____" * 30, id="key strokes of two frames"),
        pytest.param("#__#__" * 30, id="clicks close together"),
        pytest.param("~" * 200, id="a murmur below the threshold"),
        pytest.param("##___#", id="three frames too far apart"),
    ],
)
def test_short_noises_start_no_turn(strip: str) -> None:
    detector = TurnDetector(UNPADDED)
    assert feed(detector, strip) == []
    assert not detector.is_in_turn


def test_a_start_is_not_reported_on_a_silent_frame() -> None:
    detector = TurnDetector(UNPADDED)
    assert feed(detector, "##__") == []
    assert feed(detector, "_") == []


@pytest.mark.parametrize("threshold", [0.3, 0.9])
def test_the_threshold_itself_counts_as_speech(threshold: float) -> None:
    above = TurnDetector(SilenceTurns(threshold=threshold))
    below = TurnDetector(SilenceTurns(threshold=threshold))
    assert [len(above.feed(threshold)) for _ in range(3)] == [0, 0, 1]
    assert [len(below.feed(threshold - 0.01)) for _ in range(3)] == [0, 0, 0]


# ------------------------------------------------------------------ prefix padding


def test_the_turn_begins_a_padding_before_its_first_speech() -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=300))
    (began,) = feed(detector, "_" * 20 + "###")
    assert began == SpeechBegan(start_sample=frames(20) - 300 * 16)


def test_padding_does_not_reach_before_the_session() -> None:
    (began,) = feed(TurnDetector(SilenceTurns(prefix_padding_ms=300)), "__###")
    assert began == SpeechBegan(start_sample=0)


def test_padding_does_not_reach_before_the_place_where_listening_began() -> None:
    (began,) = feed(TurnDetector(SilenceTurns(prefix_padding_ms=300), position=16_000), "__###")
    assert began == SpeechBegan(start_sample=16_000)


def test_padding_takes_no_audio_of_the_turn_before() -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=1_000, silence_ms=160))
    over = feed(detector, "####" + "_" * 5)[-1]
    assert isinstance(over, TurnOver)
    (began,) = feed(detector, "###")
    assert began == SpeechBegan(start_sample=over.end_sample)


def test_padding_takes_no_audio_from_before_a_reset() -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=1_000))
    feed(detector, "_" * 10)
    detector.reset()
    assert feed(detector, "###") == [SpeechBegan(start_sample=frames(10))]


# ------------------------------------------------------------------ silence


def test_a_turn_begins_pauses_and_ends_with_its_places_in_the_stream() -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=0, silence_ms=320))
    assert feed(detector, "__####" + "_" * 10) == [
        SpeechBegan(start_sample=frames(2)),
        PauseBegan(pause=1, start_sample=frames(2), end_sample=frames(7)),
        TurnOver(start_sample=frames(2), end_sample=frames(16), last_speech_sample=frames(6)),
    ]
    assert not detector.is_in_turn


@pytest.mark.parametrize("silence_ms", [96, 160, 500, 800, 2_000])
def test_the_turn_ends_with_the_first_frame_that_completes_the_silence(silence_ms: int) -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=0, silence_ms=silence_ms))
    needed = -(-silence_ms // FRAME_MS)
    assert names(feed(detector, "####" + "_" * (needed - 1)))[-1] != "TurnOver"
    assert names(feed(detector, "_"))[-1] == "TurnOver"


def test_a_pause_comes_before_the_end_even_where_silence_ends_a_turn_at_once() -> None:
    detector = TurnDetector(SilenceTurns(silence_ms=0))
    assert names(feed(detector, "###___")) == ["SpeechBegan", "PauseBegan", "TurnOver"]


def fed(detector: TurnDetector, *levels_db: float) -> list[str]:
    """Feed frames that the model takes for speech, at these levels."""
    return names([signal for level in levels_db for signal in detector.feed(0.9, level)])


def test_a_sound_that_fades_away_is_silence_though_the_model_still_hears_speech() -> None:
    assert fed(TurnDetector(UNPADDED), *[-20.0] * 10, -54.0, -60.0) == ["SpeechBegan", "PauseBegan"]


def test_speech_that_is_only_softer_goes_on() -> None:
    assert fed(TurnDetector(UNPADDED), *[-20.0] * 10, *[-52.0] * 10) == ["SpeechBegan"]


def test_a_voice_that_sinks_slowly_is_not_taken_for_silence() -> None:
    assert fed(TurnDetector(UNPADDED), *[-10.0 - 0.15 * frame for frame in range(500)]) == ["SpeechBegan"]


def test_the_loud_parts_of_one_turn_say_nothing_of_the_next() -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=0, silence_ms=96))
    fed(detector, *[-5.0] * 10, *[-90.0] * 3)
    assert fed(detector, *[-45.0] * 10) == ["SpeechBegan"]


def test_gaps_inside_words_neither_end_a_turn_nor_tell_of_the_speakers_rhythm() -> None:
    detector = TurnDetector(UNPADDED)
    assert set(names(feed(detector, "###" + "_##" * 10))) == {"SpeechBegan", "PauseBegan", "SpeechWentOn"}
    assert detector.rhythm.stretch == 1.0


def test_speech_after_a_pause_goes_on_with_the_same_turn() -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=0, silence_ms=320))
    assert feed(detector, "###___#" + "_" * 10) == [
        SpeechBegan(start_sample=0),
        PauseBegan(pause=1, start_sample=0, end_sample=frames(4)),
        SpeechWentOn(),
        PauseBegan(pause=2, start_sample=0, end_sample=frames(8)),
        TurnOver(start_sample=0, end_sample=frames(17), last_speech_sample=frames(7)),
    ]


def test_a_second_turn_is_a_turn_of_its_own() -> None:
    detector = TurnDetector(UNPADDED)
    first, second = feed(detector, "####_____"), feed(detector, "____####_____")
    assert names(first) == names(second) == ["SpeechBegan", "PauseBegan", "TurnOver"]
    assert second[0] == SpeechBegan(start_sample=frames(13))


def test_speech_that_fades_is_still_speech() -> None:
    detector = TurnDetector(UNPADDED)
    assert names(feed(detector, "###" + "~" * 50)) == ["SpeechBegan"]


def test_a_murmur_after_silence_is_not_speech() -> None:
    detector = TurnDetector(UNPADDED)
    assert names(feed(detector, "###_" + "~" * 4)) == ["SpeechBegan", "PauseBegan", "TurnOver"]


@pytest.mark.parametrize("threshold", [0.01, 0.1, 0.15])
def test_silence_ends_a_turn_at_the_most_sensitive_thresholds_too(threshold: float) -> None:
    detector = TurnDetector(SilenceTurns(threshold=threshold, silence_ms=160))
    detector_signals = [signal for p in [0.9] * 4 + [0.001] * 10 for signal in detector.feed(p)]
    assert names(detector_signals) == ["SpeechBegan", "PauseBegan", "TurnOver"]


# ------------------------------------------------------------------ the end-of-turn model


def test_the_model_is_asked_once_a_pause() -> None:
    detector = TurnDetector(SEMANTIC)
    signals = feed(detector, "###" + "_" * 20)
    assert [signal for signal in signals if isinstance(signal, JudgementWanted)] == [
        JudgementWanted(pause=1, start_sample=0, end_sample=frames(8))
    ]
    assert names(feed(detector, "#" + "_" * 20)) == ["SpeechWentOn", "PauseBegan", "JudgementWanted"]


def test_the_model_is_not_asked_where_silence_alone_decides() -> None:
    assert "JudgementWanted" not in names(feed(TurnDetector(SilenceTurns()), "###" + "_" * 20))


@pytest.mark.parametrize(
    ("probability", "end_after_ms"),
    [
        pytest.param(1.0, 224, id="surely finished"),
        pytest.param(0.5, 224, id="just sure enough"),
        pytest.param(0.25, 421, id="half as sure"),
        pytest.param(0.0, 960, id="surely not finished"),
    ],
)
def test_a_turn_ends_sooner_the_more_finished_it_sounds(probability: float, end_after_ms: int) -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###_____")
    assert detector.judged(1, probability) == []
    silent_frames = -(-end_after_ms // FRAME_MS) - 5
    assert feed(detector, "_" * (silent_frames - 1)) == []
    assert names(feed(detector, "_")) == ["TurnOver"]


TWICE = replace(SEMANTIC, judge_again_ms=320)


def test_a_doubt_is_looked_at_again_once_there_is_more_silence() -> None:
    detector = TurnDetector(TWICE)
    feed(detector, "###_____")
    detector.judged(1, 0.1)
    assert feed(detector, "____") == []
    assert feed(detector, "_") == [JudgementWanted(pause=1, start_sample=0, end_sample=frames(13))]
    detector.judged(1, 0.1)
    assert feed(detector, "_" * 10) == [], "twice is enough"


@pytest.mark.parametrize("probability", [None, 0.5])
def test_what_is_clear_or_not_yet_judged_is_not_looked_at_again(probability: float | None) -> None:
    detector = TurnDetector(replace(TWICE, min_delay_ms=900))
    feed(detector, "###_____")
    if probability is not None:
        detector.judged(1, probability)
    assert feed(detector, "_" * 20) == []


def test_no_doubt_is_left_while_more_evidence_is_on_its_way() -> None:
    detector = TurnDetector(TWICE)
    feed(detector, "###_____")
    detector.judged(1, 0.1, is_final=False)
    assert feed(detector, "_" * 10) == []


def test_the_next_pause_is_looked_at_anew() -> None:
    detector = TurnDetector(TWICE)
    feed(detector, "###_____")
    detector.judged(1, 0.1)
    feed(detector, "_____#")
    assert names(feed(detector, "_____")) == ["PauseBegan", "JudgementWanted"]


def test_a_late_judgement_ends_the_turn_at_once() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###" + "_" * 15)
    assert detector.judged(1, 0.9) == [TurnOver(start_sample=0, end_sample=frames(18), last_speech_sample=frames(3))]
    assert not detector.is_in_turn


def test_a_judgement_on_half_the_evidence_waits_for_the_rest() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###_____")
    assert detector.judged(1, 1.0, is_final=False) == []
    assert feed(detector, "____") == []
    assert names(feed(detector, "_")) == ["TurnOver"]


def test_a_judgement_on_half_the_evidence_shortens_no_doubt() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###_____")
    detector.judged(1, 0.0, is_final=False)
    assert feed(detector, "_" * 24) == []
    assert names(feed(detector, "_")) == ["TurnOver"]


@pytest.mark.parametrize(("last", "silent_frames"), [(1.0, 7), (0.0, 30)])
def test_the_newest_judgement_of_a_pause_counts(last: float, silent_frames: int) -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###_____")
    detector.judged(1, 0.2, is_final=False)
    detector.judged(1, last)
    assert feed(detector, "_" * (silent_frames - 6)) == []
    assert names(feed(detector, "_")) == ["TurnOver"]


def test_without_an_answer_the_longest_silence_ends_the_turn() -> None:
    detector = TurnDetector(SEMANTIC)
    assert names(feed(detector, "###" + "_" * 29))[-1] == "JudgementWanted"
    assert names(feed(detector, "_")) == ["TurnOver"]


def test_the_judgement_of_one_pause_does_not_count_for_the_next() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###_____")
    detector.judged(1, 1.0)
    feed(detector, "#")
    assert "TurnOver" not in names(feed(detector, "_" * 28))


@pytest.mark.parametrize(
    ("strip", "why"),
    [
        ("###_____#", "the speaker went on"),
        ("###_____#_____", "another pause has begun"),
        ("###" + "_" * 30, "the turn is over"),
        ("###" + "_" * 30 + "###", "another turn has begun"),
        ("###" + "_" * 30 + "###_____", "another turn pauses"),
    ],
)
def test_a_stale_judgement_is_ignored(strip: str, why: str) -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, strip)
    in_turn = detector.is_in_turn
    assert detector.judged(1, 1.0) == [], why
    assert detector.is_in_turn is in_turn
    assert "TurnOver" not in names(feed(detector, "_" * 10)), why


def test_a_judgement_nobody_asked_for_is_ignored_where_silence_decides() -> None:
    detector = TurnDetector(SilenceTurns(silence_ms=500))
    feed(detector, "###_____")
    assert detector.judged(1, 1.0) == []
    assert feed(detector, "__") == []


def test_every_turn_has_its_own_judgement() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###_____")
    detector.reset()
    assert "JudgementWanted" in names(feed(detector, "###" + "_" * 10))


@pytest.mark.parametrize("eagerness", ["low", "medium", "auto", "high"])
def test_every_eagerness_asks_before_it_may_end(eagerness: str) -> None:
    policy = semantic_turns(eagerness)  # type: ignore[arg-type] # parametrize knows only str
    assert policy.judge_after_ms < policy.min_delay_ms <= policy.hear_out_ms < policy.max_delay_ms


def test_the_more_eager_the_sooner_a_turn_ends() -> None:
    low, medium, high = (semantic_turns(eagerness) for eagerness in ("low", "medium", "high"))
    for probability in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        assert low.delay_ms(probability) > medium.delay_ms(probability) >= high.delay_ms(probability)
    assert medium.delay_ms(0.4) > high.delay_ms(0.4)
    assert semantic_turns("auto") == medium


@pytest.mark.parametrize(("eagerness", "protocol_bound_ms"), [("low", 8_000), ("medium", 4_000), ("high", 2_000)])
def test_no_eagerness_waits_longer_than_the_protocol_says(eagerness: str, protocol_bound_ms: int) -> None:
    policy = semantic_turns(eagerness)  # type: ignore[arg-type] # parametrize knows only str
    assert policy.delay_ms(0.0, stretch=MOST_STRETCH) <= protocol_bound_ms


# ------------------------------------------------------------------ the speaker's rhythm


def test_a_speaker_who_pauses_long_is_given_more_time() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###" + "____________________#" * 8)
    assert detector.rhythm.stretch == MOST_STRETCH
    feed(detector, "_____")
    assert detector.judged(9, 0.25) == []
    assert feed(detector, "_" * 11) == []
    assert names(feed(detector, "_")) == ["TurnOver"]


def test_a_speaker_who_pauses_long_is_answered_as_soon_where_the_end_is_sure() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###" + "____________________#" * 8 + "_____")
    detector.judged(9, 1.0)
    assert names(feed(detector, "__")) == ["TurnOver"]


def test_a_turn_that_goes_on_right_after_its_end_had_only_paused() -> None:
    detector = TurnDetector(UNPADDED)
    before = detector.rhythm.stretch
    feed(detector, "###" + "_" * 25 + "####")
    assert detector.rhythm.stretch > before


def test_a_turn_long_after_another_says_nothing_about_pauses() -> None:
    detector = TurnDetector(UNPADDED)
    before = detector.rhythm.stretch
    feed(detector, "###" + "_" * 32 + "####")
    assert detector.rhythm.stretch == before


def test_a_start_that_was_none_says_nothing_about_pauses() -> None:
    detector = TurnDetector(UNPADDED)
    before = detector.rhythm.stretch
    feed(detector, "###" + "_" * 25 + "###")
    detector.dismiss()
    feed(detector, "_" * 10 + "####")
    assert detector.rhythm.stretch == before


def test_the_rhythm_of_a_speaker_can_be_taken_along() -> None:
    rhythm = Rhythm()
    rhythm.went_on(2_000)
    assert TurnDetector(UNPADDED, rhythm=rhythm).rhythm is rhythm


# ------------------------------------------------------------------ ends from outside


def test_a_turn_can_be_ended_from_outside() -> None:
    detector = TurnDetector(UNPADDED)
    feed(detector, "_###_")
    assert detector.end_now() == [TurnOver(start_sample=frames(1), end_sample=frames(5), last_speech_sample=frames(4))]
    assert detector.end_now() == []
    assert not detector.is_in_turn


def test_nothing_ends_where_nobody_speaks() -> None:
    detector = TurnDetector(UNPADDED)
    feed(detector, "##")
    assert detector.end_now() == []


def test_a_start_that_was_none_is_forgotten_and_its_audio_is_not() -> None:
    detector = TurnDetector(SilenceTurns(prefix_padding_ms=128, silence_ms=320))
    feed(detector, "_" * 10 + "###")
    detector.dismiss()
    assert not detector.is_in_turn
    assert feed(detector, "##") == []
    assert feed(detector, "#") == [SpeechBegan(start_sample=frames(9))]


def test_on_the_alert_less_makes_a_start() -> None:
    detector = TurnDetector(UNPADDED)
    assert detector.feed(0.02, is_alert=True) == []
    assert detector.feed(0.35, is_alert=True) == []
    assert detector.feed(0.35, is_alert=True) == [SpeechBegan(start_sample=frames(1))]
    detector = TurnDetector(UNPADDED)
    assert [detector.feed(0.35) for _ in range(5)] == [[]] * 5


def test_a_threshold_below_the_alerts_stays() -> None:
    detector = TurnDetector(SilenceTurns(threshold=0.1, prefix_padding_ms=0))
    assert detector.feed(0.2, is_alert=True) == []
    assert detector.feed(0.2, is_alert=True) == [SpeechBegan(start_sample=0)]


def test_a_reset_forgets_the_turn_without_ending_it() -> None:
    detector = TurnDetector(UNPADDED)
    feed(detector, "###")
    detector.reset()
    assert not detector.is_in_turn
    assert feed(detector, "_" * 20) == []
    assert names(feed(detector, "###_____")) == ["SpeechBegan", "PauseBegan", "TurnOver"]


def test_a_reset_forgets_half_a_start() -> None:
    detector = TurnDetector(UNPADDED)
    feed(detector, "##")
    detector.reset()
    assert feed(detector, "##") == []


# ------------------------------------------------------------------ other settings in mid-turn


def test_a_turn_under_way_ends_by_the_new_policy() -> None:
    detector = TurnDetector(SilenceTurns(silence_ms=2_000))
    feed(detector, "###____")
    detector.retune(SilenceTurns(silence_ms=160))
    assert detector.is_in_turn
    assert names(feed(detector, "_")) == ["TurnOver"]


def test_a_new_policy_asks_the_model_about_the_pause_under_way() -> None:
    detector = TurnDetector(SilenceTurns(silence_ms=2_000))
    feed(detector, "###_____")
    detector.retune(SEMANTIC)
    assert names(feed(detector, "_")) == ["JudgementWanted"]
    assert names(detector.judged(1, 1.0)) == []
    assert names(feed(detector, "_")) == ["TurnOver"]


def test_another_eagerness_asks_the_model_again() -> None:
    detector = TurnDetector(semantic_turns("medium"))
    feed(detector, "###_____")
    detector.judged(1, 0.6)
    detector.retune(semantic_turns("low"))
    assert names(feed(detector, "_")) == ["JudgementWanted"]


def test_the_same_policy_once_more_changes_nothing() -> None:
    detector = TurnDetector(SEMANTIC)
    feed(detector, "###_____")
    detector.judged(1, 1.0)
    detector.retune(replace(SEMANTIC))
    assert names(feed(detector, "__")) == ["TurnOver"]


def test_a_new_threshold_counts_from_the_next_frame() -> None:
    detector = TurnDetector(SilenceTurns(threshold=0.95))
    assert feed(detector, "####") == []
    detector.retune(SilenceTurns(threshold=0.5))
    assert names(feed(detector, "###")) == ["SpeechBegan"]


# ------------------------------------------------------------------ time


def test_only_audio_counts_as_time() -> None:
    """Two detectors at different places of their streams decide alike, shifted."""
    early, late = TurnDetector(UNPADDED), TurnDetector(UNPADDED, position=1_000 * FRAME_SAMPLES)
    strip = "__####_____###"
    assert names(feed(early, strip)) == names(feed(late, strip))
    assert late.position - early.position == 1_000 * FRAME_SAMPLES
    assert early.position == frames(len(strip))
