"""Text into the word pieces that the sentence encoder knows.

Owns the reading of a SentencePiece model file (a protobuf of pieces with their log-probabilities, and the character map
of the normaliser). Segmentation itself is the `tokenizers` library's. Refuses to know what the pieces are good for.

Spec: T. Kudo, J. Richardson, "SentencePiece", EMNLP 2018; `sentencepiece_model.proto`.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

from vivavoce.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["WordPieces"]

_UNKNOWN, _BEGIN, _END = 0, 1, 2
_PIECES, _NORMALISER = 1, 3
_TEXT, _SCORE, _CHARACTER_MAP = 1, 2, 2
_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5


class WordPieces:
    """The pieces of one SentencePiece unigram model.

    Raises:
        ModelError: `model_damaged`.
    """

    def __init__(self, model: Path) -> None:
        try:
            pieces, character_map = _read(model.read_bytes())
            self._tokenizer = Tokenizer(models.Unigram(pieces, unk_id=_UNKNOWN))
        except (ValueError, IndexError, struct.error) as error:
            raise ModelError(
                "model_damaged",
                f"The model file {model} cannot be read: {error}.",
                remedy="Run 'vivavoce models verify' and pull the model again.",
            ) from error
        self._tokenizer.normalizer = normalizers.Sequence(
            [normalizers.Precompiled(character_map), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
        )
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()

    def ids(self, text: str) -> list[int]:
        """Return the pieces of `text` by number, between the marks of its beginning and its end."""
        return [_BEGIN, *(self._tokenizer.encode(text).ids or [_UNKNOWN]), _END]


def _read(model: bytes) -> tuple[list[tuple[str, float]], bytes]:
    pieces: list[tuple[str, float]] = []
    character_map = b""
    for field, value in _fields(model):
        parts = dict(_fields(value)) if field in (_PIECES, _NORMALISER) else {}
        if field == _PIECES:
            (score,) = struct.unpack("<f", parts.get(_SCORE, bytes(4)))
            pieces.append((parts[_TEXT].decode(), score))
        elif field == _NORMALISER:
            character_map = parts.get(_CHARACTER_MAP, b"")
    if not pieces or not character_map:
        raise ValueError("it holds no pieces")
    return pieces, character_map


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield a protobuf message's fields as (number, raw bytes)."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == _VARINT:
            begin, (_, at) = at, _varint(message, at)
        elif kind == _BYTES:
            length, begin = _varint(message, at)
            at = begin + length
        elif kind in (_FIXED_32, _FIXED_64):
            begin, at = at, at + (4 if kind == _FIXED_32 else 8)
        else:
            raise ValueError("it is no protobuf message")
        if at > len(message):
            raise ValueError("it breaks off")
        yield tag >> 3, message[begin:at]


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
