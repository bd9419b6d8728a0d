from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.engines.tts.kokoro_voices import language_of, offered
from vivavoce.engines.tts.phonemes import known_phonemes, phoneme_numbers, spoken_chunks, timed_phonemes


def test_sentences_are_spoken_one_by_one() -> None:
    assert list(spoken_chunks("wˈʌn. tˈu? θɹˈi!", longest=400)) == ["wˈʌn.", "tˈu?", "θɹˈi!"]


def test_a_sentence_that_is_too_long_is_cut_at_a_clause() -> None:
    assert list(spoken_chunks("aaaa, bbbb, cccc.", longest=11)) == ["aaaa, bbbb,", "cccc."]


def test_a_clause_that_is_too_long_is_cut_between_words() -> None:
    assert list(spoken_chunks("aaaa bbbb cccc", longest=9)) == ["aaaa bbbb", "cccc"]


@pytest.mark.parametrize("nothing", ["", "  "])
def test_nothing_is_no_chunk(nothing: str) -> None:
    assert list(spoken_chunks(nothing, longest=10)) == []


@given(text=st.text(alphabet="ab.,! ", max_size=60), longest=st.integers(1, 20))
def test_cutting_keeps_every_phoneme_in_order_and_every_chunk_short(text: str, longest: int) -> None:
    chunks = list(spoken_chunks(text, longest=longest))
    assert all(0 < len(chunk) <= longest for chunk in chunks)
    assert "".join(chunks).replace(" ", "") == text.replace(" ", "")


def test_signs_that_are_no_phonemes_are_dropped() -> None:
    assert known_phonemes("h=ə+l\n") == "həl"
    assert 0 not in phoneme_numbers().values()


def test_voices_are_offered_by_language_the_best_first() -> None:
    names = ["bm_george", "zm_yunxi", "zf_xiaoxiao", "af_heart", "zf_xiaoni", "jf_alpha"]
    assert offered(names) == {"zh": ("zf_xiaoxiao", "zm_yunxi"), "en": ("af_heart", "bm_george")}
    assert language_of("jf_alpha") is None


def test_a_phoneme_is_timed_to_when_it_is_heard_and_all_are_as_long_as_the_sound() -> None:
    spans = timed_phonemes("ma", [4, 3, 6, 5])
    assert [(span.phoneme, span.samples) for span in spans] == [("", 1200), ("m", 1800), ("a", 3600), ("", 4200)]
    assert sum(span.samples for span in timed_phonemes("m", [1, 2, 1])) == 4 * 600
