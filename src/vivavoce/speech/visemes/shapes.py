"""Phonemes to shapes of the mouth.

Owns the table, and the making of one smooth timeline from timed phonemes. Refuses to know where their times come from.

The alphabet is the IPA, with what misaki (Kokoro's and Hibari's G2P) writes in its place: `A I O Q W Y` for diphthongs,
`T` for a flap, `S` for sh, `ᵊ` and `ᵻ` for reduced vowels, arrows for the tones of Mandarin. No letter means two
things, so that one table serves all voices; Piper's are plain IPA.

Which phoneme looks like what: the table of Khronos' XR_META_face_tracking_visemes (the reference of the OVR LipSync
set), which gives English examples; phonemes that it does not name stand with those made at the same place with the same
lips, by the chart of the International Phonetic Association. Diphthongs are two shapes; breaths have the next vowel's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["VISEMES", "MouthShape", "VisemeName", "is_vowel", "mouth_of"]

VisemeName = Literal["sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "I", "O", "U"]

VISEMES: tuple[VisemeName, ...] = get_args(VisemeName)
"""The shapes, in the order of the OVR LipSync set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MouthShape:
    """A shape from a sample on, until the next one begins; `weight` (0 to 1) is how marked it is."""

    viseme: VisemeName
    sample: int
    weight: float


class _Part(NamedTuple):
    """A phoneme's shape: how much of its time it takes, and how marked it is."""

    viseme: VisemeName
    share: float
    weight: float


class _Stretch(NamedTuple):
    viseme: VisemeName
    samples: float
    weight: float


# Lips that close have to be seen to close; what the tongue does behind the teeth hardly shows.
_CONSONANTS: dict[VisemeName, tuple[float, str]] = {
    "PP": (1.0, "pbmɸβ"),
    "FF": (0.9, "fvʋɱ"),
    "TH": (0.8, "θð"),
    "DD": (0.6, "tdʈɖɾT"),
    "kk": (0.5, "kɡgqɢxɣχʁŋɴɰc\u025f"),
    "CH": (0.9, "ʃʒSʧʤɕʑʨʥʂʐꭧç\u029d"),
    "SS": (0.7, "szʦʣ"),
    "nn": (0.6, "nlɲɳʎɫɭʟ"),
    "RR": (0.7, "ɹrɻɽʀ"),
}
_VOWELS: dict[VisemeName, tuple[float, str]] = {
    "aa": (0.9, "aɑɐʌæ"),
    "E": (0.8, "eɛɜɤ"),
    "I": (0.8, "iɪɨᵻjɯ"),
    "O": (0.9, "oɔɒɞ"),
    "U": (0.9, "uʊwyɥʉøœʏᵝ"),
}
_REDUCED: dict[str, VisemeName] = {"ə": "E", "ᵊ": "E", "ɘ": "E", "ɚ": "RR", "ɝ": "RR"}
_REDUCED_WEIGHT = 0.5
# The mouth is longer in the first half of a diphthong.
_DIPHTHONGS: dict[str, tuple[VisemeName, VisemeName]] = {
    "A": ("E", "I"),
    "I": ("aa", "I"),
    "O": ("O", "U"),
    "W": ("aa", "U"),
    "Y": ("O", "I"),
    "Q": ("E", "U"),
}
_FIRST_HALF = 0.58

_PAUSES = frozenset('.,;:!?…—–-"“”()[]«»。，、；：！？')
_STRESSES = frozenset("ˈˌ'")
_BREATHS = frozenset("hɦʔʰ")
"""Sounds without a mouth of their own. That of an aspirated p is one: its lips have parted where the breath begins."""

_STRESS_GAIN = 1.15

_LIP_CLOSURES = frozenset(("PP", "FF"))
_CLOSURE_SECONDS = 0.05
"""As long as it takes to see lips meet: three pictures."""

_RELEASE_SECONDS = 0.02
"""How much sooner lips part than the vowel behind them is counted to begin.

The sound comes back 20 to 28 ms before it in the embedded voices, in the middle of 29 closures of each."""

_WORD_GAP_SECONDS = 0.1
"""The mouth stays as it is between words, and closes in a pause longer than this."""


def _table() -> dict[str, tuple[_Part, ...]]:
    parts: dict[str, tuple[_Part, ...]] = {}
    for viseme, (weight, phonemes) in (_CONSONANTS | _VOWELS).items():
        parts |= {phoneme: (_Part(viseme, 1.0, weight),) for phoneme in phonemes}
    parts |= {phoneme: (_Part(viseme, 1.0, _REDUCED_WEIGHT),) for phoneme, viseme in _REDUCED.items()}
    for phoneme, (first, second) in _DIPHTHONGS.items():
        parts[phoneme] = (
            _Part(first, _FIRST_HALF, _VOWELS[first][0]),
            _Part(second, 1 - _FIRST_HALF, _VOWELS[second][0]),
        )
    return parts


_PARTS = _table()
_VOWEL_PHONEMES = frozenset("".join(phonemes for _, phonemes in _VOWELS.values())) | {*_REDUCED, *_DIPHTHONGS}


def is_vowel(phoneme: str) -> bool:
    """Whether a phoneme is a vowel or a glide."""
    return phoneme in _VOWEL_PHONEMES


def mouth_of(spans: Iterable[tuple[str, float]], *, rate_hz: int) -> tuple[MouthShape, ...]:
    """Return the shapes of the mouth over timed phonemes, as (phoneme, samples); the first begins at sample 0.

    An empty phoneme is silence. Equal shapes that meet are one.
    """
    stretches = _merged(_Mouth(rate_hz).stretches(spans))
    stretches = _with_early_releases(stretches, _RELEASE_SECONDS * rate_hz)
    stretches = _with_whole_closures(stretches, _CLOSURE_SECONDS * rate_hz)
    places = accumulate((stretch.samples for stretch in stretches), initial=0.0)
    return tuple(
        MouthShape(viseme=stretch.viseme, sample=round(place), weight=round(stretch.weight, 2))
        for stretch, place in zip(stretches, places, strict=False)
    )


class _Mouth:
    """Reads the phonemes of one stretch of speech, once."""

    def __init__(self, rate_hz: int) -> None:
        self._gap_samples = _WORD_GAP_SECONDS * rate_hz
        self._stretches: list[_Stretch] = []
        self._owed = 0.0
        self._is_stressed = False

    def stretches(self, spans: Iterable[tuple[str, float]]) -> list[_Stretch]:
        """Return the shapes, equal ones not yet merged."""
        for phoneme, samples in spans:
            symbols = _symbols(phoneme)
            for symbol in symbols:
                self._take(symbol, samples / len(symbols))
        self._prolong(self._owed)
        return self._stretches

    def _take(self, symbol: str, samples: float) -> None:
        if parts := _PARTS.get(symbol):
            self._form(symbol, parts, samples)
        elif not symbol or symbol in _PAUSES or (symbol.isspace() and samples > self._gap_samples):
            self._stretches.append(_Stretch("sil", samples + self._owed, 1.0))
            self._owed, self._is_stressed = 0.0, False
        elif symbol in _STRESSES or symbol in _BREATHS:
            # The mouth goes ahead to what is said next.
            self._owed += samples
            self._is_stressed = self._is_stressed or symbol in _STRESSES
        else:
            self._prolong(samples)

    def _form(self, symbol: str, parts: tuple[_Part, ...], samples: float) -> None:
        gain = 1.0
        if self._is_stressed and is_vowel(symbol):
            gain, self._is_stressed = _STRESS_GAIN, False
        samples += self._owed
        self._owed = 0.0
        self._stretches += [_Stretch(part.viseme, samples * part.share, min(1.0, part.weight * gain)) for part in parts]

    def _prolong(self, samples: float) -> None:
        """Keep the shape: a mark of length or tone, a blank between words, or a sign that is no sound."""
        if not self._stretches:
            self._owed += samples
            return
        last = self._stretches[-1]
        self._stretches[-1] = last._replace(samples=last.samples + samples)


def _symbols(phoneme: str) -> list[str]:
    """Return the letters of a phoneme that a voice writes with several, such as `tʃ`; marks over letters are none."""
    if phoneme in _PARTS or len(phoneme) <= 1:
        return [phoneme]
    letters = [letter for letter in unicodedata.normalize("NFD", phoneme) if not unicodedata.combining(letter)]
    return [letter for letter in letters if letter in _PARTS] or letters[:1]


def _merged(stretches: list[_Stretch]) -> list[_Stretch]:
    merged: list[_Stretch] = []
    for stretch in stretches:
        if stretch.samples <= 0:
            continue
        if merged and merged[-1].viseme == stretch.viseme:
            last = merged[-1]
            samples, weight = last.samples + stretch.samples, max(last.weight, stretch.weight)
            merged[-1] = last._replace(samples=samples, weight=weight)
        else:
            merged.append(stretch)
    return merged


def _with_early_releases(stretches: list[_Stretch], sooner: float) -> list[_Stretch]:
    """Let lips part when the sound comes back and not when it is a vowel."""
    lengths = [stretch.samples for stretch in stretches]
    for index, (stretch, after) in enumerate(pairwise(stretches)):
        if stretch.viseme == "PP" and after.viseme != "sil":
            given = min(sooner, lengths[index] / 2)
            lengths[index] -= given
            lengths[index + 1] += given
    return [stretch._replace(samples=length) for stretch, length in zip(stretches, lengths, strict=True)]


def _with_whole_closures(stretches: list[_Stretch], wanted: float) -> list[_Stretch]:
    """Let lips that meet do so for long enough to be seen, at the cost of what is around them."""
    lengths = [stretch.samples for stretch in stretches]
    for index, stretch in enumerate(stretches):
        if stretch.viseme not in _LIP_CLOSURES:
            continue
        for neighbour in _neighbours(index, len(stretches)):
            missing = wanted - lengths[index]
            spare = lengths[neighbour] - wanted
            if missing > 0 and spare > 0:
                given = min(missing, spare)
                lengths[index] += given
                lengths[neighbour] -= given
    return [stretch._replace(samples=length) for stretch, length in zip(stretches, lengths, strict=True)]


def _neighbours(index: int, count: int) -> Iterator[int]:
    """Yield what comes before, which the lips may cut short, and then what comes after."""
    for neighbour in (index - 1, index + 1):
        if 0 <= neighbour < count:
            yield neighbour
