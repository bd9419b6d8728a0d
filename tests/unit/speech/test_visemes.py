"""The shapes of the mouth, from phonemes and without them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.tts.phonemes import phoneme_numbers
from vivavoce.speech.visemes import VISEMES, EstimatedMouth, MouthShape, told_mouth
from vivavoce.speech.visemes.shapes import mouth_of
from vivavoce.speech.visemes.spelling import is_chinese, spelt

RATE_HZ = 24_000


def spans(*pieces: tuple[str, int]) -> list[tuple[str, float]]:
    """Return phonemes with their milliseconds as spans at 24 kHz."""
    return [(phoneme, milliseconds * 24) for phoneme, milliseconds in pieces]


def mouth(*pieces: tuple[str, int]) -> list[tuple[str, int]]:
    """Return the shapes, and the millisecond at which each begins."""
    return readable(mouth_of(spans(*pieces), rate_hz=RATE_HZ))


def readable(shapes: tuple[MouthShape, ...], rate_hz: int = RATE_HZ) -> list[tuple[str, int]]:
    return [(shape.viseme, round(shape.sample * 1000 / rate_hz)) for shape in shapes]


def sound(*parts: tuple[int, float]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return noise, as (milliseconds, loudness)."""
    noise = np.random.default_rng(0)
    pieces = [loudness * noise.uniform(-1, 1, milliseconds * 24) for milliseconds, loudness in parts]
    return np.concatenate(pieces).astype(np.float32)


# ---------------------------------------------------------------- phonemes


def test_each_phoneme_has_its_shape_from_its_first_sample_on() -> None:
    assert mouth(("", 100), ("m", 80), ("i", 120), ("s", 90)) == [("sil", 0), ("PP", 100), ("I", 160), ("SS", 300)]


@pytest.mark.parametrize(
    ("diphthong", "shapes"),
    [
        ("A", ["E", "I"]),
        ("I", ["aa", "I"]),
        ("O", ["O", "U"]),
        ("W", ["aa", "U"]),
        ("Y", ["O", "I"]),
        ("Q", ["E", "U"]),
    ],
)
def test_a_diphthong_is_two_shapes(diphthong: str, shapes: list[str]) -> None:
    assert [viseme for viseme, _ in mouth((diphthong, 200))] == shapes


def test_shapes_that_are_equal_are_one() -> None:
    assert mouth(("b", 60), ("m", 60), ("ɑ", 100), ("ː", 100)) == [("PP", 0), ("aa", 100)]


def test_the_mouth_goes_ahead_to_the_vowel_behind_an_h_and_behind_a_stress() -> None:
    assert mouth(("h", 60), ("ˈ", 40), ("u", 100)) == [("U", 0)]


def test_lips_part_before_the_breath_behind_an_aspirated_p() -> None:
    assert mouth(("a", 100), ("p", 75), ("ʰ", 75), ("a", 100)) == [("aa", 0), ("PP", 100), ("aa", 155)]


def test_tones_and_blanks_between_words_keep_the_shape() -> None:
    assert mouth(("n", 60), ("i", 60), ("↓", 60), (" ", 50), ("x", 80), ("a", 60)) == [
        ("nn", 0),
        ("I", 60),
        ("kk", 230),
        ("aa", 310),
    ]


def test_a_mark_and_a_long_blank_close_the_mouth() -> None:
    assert mouth(("a", 100), (",", 80), ("a", 100), (" ", 150), ("a", 100)) == [
        ("aa", 0),
        ("sil", 100),
        ("aa", 180),
        ("sil", 280),
        ("aa", 430),
    ]


def test_lips_that_meet_are_seen_to_meet() -> None:
    assert mouth(("ɑ", 200), ("b", 10), ("ɑ", 200)) == [("aa", 0), ("PP", 155), ("aa", 205)]


def test_a_stressed_vowel_is_more_marked() -> None:
    plain, stressed = (mouth_of(spans(*word), rate_hz=RATE_HZ) for word in ([("i", 100)], [("ˈ", 0), ("i", 100)]))
    assert 0 < plain[0].weight < stressed[0].weight <= 1


def test_a_phoneme_of_several_letters_is_read_letter_by_letter() -> None:
    assert mouth(("aɪ", 100), ("tʃ", 100)) == [("aa", 0), ("I", 50), ("DD", 100), ("CH", 150)]


def test_every_letter_of_the_alphabet_that_is_a_sound_has_a_shape() -> None:
    silent = set(phoneme_numbers()) - {"̃"}
    shapeless = {letter for letter in silent if mouth((letter, 100)) in ([], [("sil", 0)])}
    assert shapeless == {*';:,.!?—…"()“” ', *"hʔˈˌːʰʲ↓→↗↘"}


@given(st.lists(st.tuples(st.sampled_from([*phoneme_numbers(), "", "tʃ", "☃"]), st.integers(0, 400)), max_size=40))
def test_shapes_are_in_order_and_no_two_neighbours_are_equal(pieces: list[tuple[str, int]]) -> None:
    shapes = mouth_of(spans(*pieces), rate_hz=RATE_HZ)
    total = sum(milliseconds for _, milliseconds in pieces) * 24
    assert all(earlier.sample <= later.sample for earlier, later in pairwise(shapes))
    assert all(earlier.viseme != later.viseme for earlier, later in pairwise(shapes))
    assert all(shape.viseme in VISEMES and 0 < shape.weight <= 1 and shape.sample <= total for shape in shapes)
    assert not shapes or shapes[0].sample == 0


def test_the_mouth_rests_where_the_voice_is_silent_whatever_the_phonemes_say() -> None:
    audio = sound((30, 0.0), (200, 0.3), (300, 0.0))
    assert readable(told_mouth(spans(("", 20), ("ɑ", 510)), audio, RATE_HZ)) == [("sil", 0), ("aa", 30), ("sil", 230)]


def test_a_closed_mouth_within_a_word_is_no_pause() -> None:
    audio = sound((100, 0.3), (70, 0.0), (100, 0.3))
    assert readable(told_mouth(spans(("ɑ", 100), ("p", 70), ("ɑ", 100)), audio, RATE_HZ)) == [
        ("aa", 0),
        ("PP", 100),
        ("aa", 150),
    ]


# ---------------------------------------------------------------- spelling


@pytest.mark.parametrize(
    ("word", "phonemes"),
    [
        ("hello", "hɛlO"),
        ("Night", "nIt"),
        ("phone", "fOn"),
        ("station", "stAʃən"),
        ("through", "θɹu"),
        ("I’m", "Im"),
        ("über", "ubɚ"),
        ("Ωμέγα", "əəəəə"),
        ("你好", "nixau"),
        ("知识", "ꭧɨʂɨ"),
        ("女儿", "nyɚ"),
        ("熊猫", "ɕjʊŋmau"),
        ("あ", "a"),
    ],
)
def test_words_are_spelt_out(word: str, phonemes: str) -> None:
    assert "".join(spelt_out.phoneme for spelt_out in spelt(word)) == phonemes


def test_marks_are_pauses_and_those_of_sentences_are_known() -> None:
    assert [mark.ends_sentence for mark in spelt("Yes, no. 好，好！7") if not mark.phoneme] == [
        False,
        True,
        False,
        True,
    ]


def test_only_chinese_needs_the_dictionary() -> None:
    assert is_chinese("hello 你好")
    assert not is_chinese("hello")


# ---------------------------------------------------------------- text and sound


def test_without_phonemes_the_text_is_laid_out_over_what_can_be_heard() -> None:
    shapes = EstimatedMouth("Mama").take(sound((200, 0.0), (620, 0.3), (200, 0.0)), RATE_HZ)
    assert [viseme for viseme, _ in readable(shapes)] == ["sil", "PP", "aa", "PP", "E", "sil"]
    places = [place for _, place in readable(shapes)]
    assert (places[1], places[-1]) == (200, 820)


def test_speech_in_small_pieces_goes_through_the_text_piece_by_piece() -> None:
    mouth_so_far = EstimatedMouth("Mama mia, papa")
    pieces = [mouth_so_far.take(sound((200, 0.3)), RATE_HZ) for _ in range(3)]
    assert pieces[0][0].viseme == "PP"
    assert all(piece[0].sample == 0 for piece in pieces)
    assert len({tuple(shape.viseme for shape in piece) for piece in pieces}) == 3


def test_faster_speech_goes_through_more_of_the_text() -> None:
    slow, fast = (EstimatedMouth("Mama mia papa", speed=speed) for speed in (0.7, 1.4))
    assert len(fast.take(sound((400, 0.3)), RATE_HZ)) > len(slow.take(sound((400, 0.3)), RATE_HZ))


def test_a_pause_is_at_the_mark_that_is_next_in_the_text() -> None:
    estimated = EstimatedMouth("Nana nana, papa")
    estimated.take(sound((500, 0.3)), RATE_HZ)
    shapes = estimated.take(sound((200, 0.0), (300, 0.3)), RATE_HZ)
    assert [viseme for viseme, _ in readable(shapes)][:2] == ["sil", "PP"]


def test_what_another_voice_said_is_not_said_again() -> None:
    estimated = EstimatedMouth("Papa. No")
    estimated.skip(0.36)
    assert "PP" not in [shape.viseme for shape in estimated.take(sound((150, 0.3)), RATE_HZ)]


def test_sound_behind_the_end_of_the_text_moves_the_mouth_all_the_same() -> None:
    shapes = EstimatedMouth("").take(sound((1000, 0.3)), RATE_HZ)
    assert len({shape.viseme for shape in shapes}) > 1


@given(
    text=st.text(alphabet="ab mo,.你好\n1é", max_size=30),
    parts=st.lists(st.tuples(st.integers(0, 900), st.sampled_from([0.0, 0.01, 0.3])), min_size=1, max_size=6),
    rate_hz=st.sampled_from([16_000, 22_050, 24_000]),
)
def test_an_estimate_is_in_order_and_within_the_sound(text: str, parts: list[tuple[int, float]], rate_hz: int) -> None:
    estimated = EstimatedMouth(text)
    for part in parts:
        audio = sound(part)
        shapes = estimated.take(audio, rate_hz)
        assert all(earlier.sample <= later.sample <= audio.size + 1 for earlier, later in pairwise(shapes))
        assert all(shape.viseme in VISEMES for shape in shapes)
        assert bool(shapes) == bool(audio.size)
