from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivavoce.memory.index import FactIndex, Weights
from vivavoce.memory.store import IndexRow
from vivavoce.memory.terms import concepts_of, terms_of, words_of

if TYPE_CHECKING:
    from vivavoce.memory.sentence_encoder import Vectors

DAY_SECONDS = 86_400.0


def row(number: int, text: str = "", *, at: int = 0, told_at: float = 0.0, confidence: float = 1.0) -> IndexRow:
    vector = np.zeros(8, dtype=np.float16)
    vector[at % 8] = 1.0
    return IndexRow(
        number=number,
        told_at=told_at,
        confidence=confidence,
        vector=vector.tobytes(),
        terms=terms_of(text).tobytes(),
    )


def asked(at: int) -> Vectors:
    vector = np.zeros(8, dtype=np.float32)
    vector[at] = 1.0
    return vector


def numbers(index: FactIndex, *, at: int = 0, words: str = "", now: float = 0.0, limit: int = 10) -> list[int]:
    return [hit.number for hit in index.search(asked(at), terms_of(words), now=now, limit=limit)]


def test_the_nearest_in_meaning_comes_first() -> None:
    index = FactIndex(8)
    index.add([row(1, at=1), row(2, at=2), row(3, at=3)])
    assert numbers(index, at=2)[0] == 2


def test_of_equals_the_one_with_the_asked_word_the_newer_and_the_surer_come_first() -> None:
    index = FactIndex(8)
    index.add([row(1, "Clara"), row(2, "Paul")])
    assert numbers(index, words="Where is Paul?")[0] == 2
    index = FactIndex(8)
    index.add([row(1, told_at=300 * DAY_SECONDS), row(2, told_at=0.0)])
    assert numbers(index, now=301 * DAY_SECONDS)[0] == 1
    index = FactIndex(8)
    index.add([row(1, confidence=0.6), row(2, confidence=1.0)])
    assert numbers(index)[0] == 2


def test_a_rare_word_counts_more_than_one_that_stands_in_every_fact() -> None:
    index = FactIndex(8, weights=Weights(words=1.0))
    index.add([row(number, "garden") for number in range(1, 20)] + [row(20, "tractor")])
    assert numbers(index, words="tractor garden")[0] == 20


def test_what_was_removed_is_not_found_and_its_vector_is_gone() -> None:
    index = FactIndex(8)
    index.add([row(1), row(2)])
    index.remove([1])
    assert numbers(index) == [2]
    assert len(index) == 1
    assert not index._vectors[0].any()


def test_what_is_added_twice_is_found_once() -> None:
    index = FactIndex(8)
    index.add([row(1), row(2)])
    index.add([row(2), row(3)])
    assert sorted(numbers(index)) == [1, 2, 3]


def test_a_fact_told_again_is_as_new_as_that() -> None:
    index = FactIndex(8)
    index.add([row(1), row(2, told_at=DAY_SECONDS)])
    index.confirm(1, told_at=400 * DAY_SECONDS, confidence=1.0)
    assert numbers(index, now=400 * DAY_SECONDS)[0] == 1


def test_nothing_known_and_nothing_asked_for_find_nothing() -> None:
    index = FactIndex(8)
    assert numbers(index) == []
    index.add([row(1)])
    assert numbers(index, limit=0) == []


@given(added=st.lists(st.integers(0, 7), max_size=200), removed=st.sets(st.integers(1, 200)), limit=st.integers(1, 300))
def test_a_search_gives_what_is_held_each_once_the_best_first_and_no_more_than_asked(
    added: list[int], removed: set[int], limit: int
) -> None:
    index = FactIndex(8)
    for number, at in enumerate(added, 1):
        index.add([row(number, at=at)])
    index.remove(removed)
    hits = index.search(asked(0), terms_of("word"), now=0.0, limit=limit)
    held = {number for number in range(1, len(added) + 1) if number not in removed}
    assert {hit.number for hit in hits} <= held
    assert len(hits) == min(limit, len(held)) == len({hit.number for hit in hits})
    assert all(0.0 <= hit.score <= 1.0 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My sister's dogs", "my SISTER has a dog"),
        ("hobbies", "my hobby"),
        ("Room １２", "room 12"),
        ("我住在上海", "上海"),
    ],
)
def test_words_are_compared_without_case_ending_or_width(one: str, other: str) -> None:
    assert set(words_of(one)) & set(words_of(other))


def test_words_that_say_nothing_are_left_out() -> None:
    assert words_of("What is it that I have to do?") == []
    assert words_of("这是我的") == []


def test_words_for_one_thing_meet_across_languages() -> None:
    assert set(concepts_of("What's my wife's job?")) & set(concepts_of("我老婆的职业"))
    assert set(concepts_of("Which city do I live in?")) & set(concepts_of("我家的地址"))
