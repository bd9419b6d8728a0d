"""Roughly how a text is pronounced, letter by letter, for voices that do not tell.

Owns rules good enough for lips: what is written is turned into the phonemes of `shapes`, with the time each takes in
ordinary speech. Refuses to be a pronunciation: nobody hears it.

English: the letters and pairs of letters of the NRL rules (Elovitz et al., "Automatic Translation of English Text to
Phonetics by Means of Letter-to-Sound Rules", NRL Report 7948, 1976), without their contexts but for the commonest.
Mandarin: pypinyin's reading of each character, as initial and final. Durations: the inherent ones of Klatt, "Synthesis
by Rule of Segmental Durations in English Sentences" (1979), and Mandarin syllables of an even length; both are scaled
to how fast the embedded voices speak.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vivavoce.speech.scripts import CJK_CLASS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SpeltPhoneme", "is_chinese", "spelt"]


class SpeltPhoneme(NamedTuple):
    """A phoneme and how long it takes in ordinary speech; an empty one is a pause, of no length of its own."""

    phoneme: str
    seconds: float
    ends_sentence: bool = False


_CHINESE = re.compile(f"[{CJK_CLASS}]+")
_LETTER = f"[^\\W\\d_{CJK_CLASS}]"
_PIECE = re.compile(f"([{CJK_CLASS}]+)|({_LETTER}+(?:['’]{_LETTER}+)*)|([.!?…。！？]+)|([,;:—，、；：]+)|(\\d)")

# Klatt's inherent durations, milliseconds; of diphthongs, flaps and affricates those of the nearest that he gives.
_KLATT_MS = {
    "ɑ": 240, "æ": 230, "ʌ": 140, "ə": 120, "i": 155, "ɪ": 135, "ɛ": 150, "u": 210, "ʊ": 160, "ɔ": 240, "ɚ": 180,
    "I": 250, "W": 260, "A": 190, "O": 220, "Y": 280,
    "p": 90, "b": 85, "m": 70, "t": 75, "d": 75, "n": 60, "k": 80, "ɡ": 80, "f": 100, "v": 60, "θ": 90, "ð": 50,
    "s": 105, "z": 75, "ʃ": 105, "ʒ": 70, "ʧ": 105, "ʤ": 90, "w": 80, "j": 80, "ɹ": 80, "l": 80, "h": 80, "ŋ": 95,
}  # fmt: skip
_ENGLISH_PACE = 0.58
"""Of Klatt's durations, which are those of a stressed word said slowly."""

_UNKNOWN_SECONDS = 0.08

# What the rules get wrong and everyone says all the time.
_WORDS = {
    "a": "ə", "the": "ðə", "of": "ʌv", "to": "tu", "do": "du", "you": "ju", "your": "jɔɹ", "i": "I", "is": "ɪz",
    "are": "ɑɹ", "was": "wʌz", "were": "wɚ", "one": "wʌn", "two": "tu", "have": "hæv", "what": "wʌt", "who": "hu",
    "some": "sʌm", "come": "kʌm", "there": "ðɛɹ", "they": "ðA", "been": "bɪn", "said": "sɛd", "people": "pipəl",
    "my": "mI", "by": "bI", "we": "wi", "be": "bi", "he": "hi", "she": "ʃi", "me": "mi", "so": "sO", "no": "nO",
    "go": "ɡO", "through": "θɹu", "would": "wʊd", "could": "kʊd", "should": "ʃʊd", "know": "nO", "their": "ðɛɹ",
    "i'm": "Im",
}  # fmt: skip

# Letters, and what they sound like where they stand; the first that fits counts. `<` and `>` are a word's ends.
_LETTERS = """
    <kn n   <wr ɹ   <ps s   <gn n   <who hu   <wh w   <x z   <y j   ation Aʃən   tion ʃən   sion ʒən   cious ʃəs
    tious ʃəs   ture ʧɚ   ough> ʌf   ought ɔt   aught ɔt   ould ʊd   eigh A   igh I   tch ʧ   dge ʤ   sch sk   all> ɔl
    alk ɔk   ind> Ind   ild> Ild   old Old   mb> m   gue> ɡ   que> k   ble> bəl   ph f   sh ʃ   ch ʧ   th θ   ck k
    ng ŋ   qu kw   gh ɡ   ss s   ll l   tt t   pp p   mm m   nn n   rr ɹ   ff f   bb b   dd d   gg ɡ   cc k   zz z
    oo u   ee i   ea i   oa O   ai A   ay A   ei A   ey i   oi Y   oy Y   ou W   ow> O   ow W   au ɔ   aw ɔ   ew u
    ue> u   ie i   oe> O   ar ɑɹ   or ɔɹ   er ɚ   ir ɚ   ur ɚ   a(?=[^aeiouwxyr<>]e) A   i(?=[^aeiouwxyr<>]e) I
    o(?=[^aeiouwxyr<>]e) O   u(?=[^aeiouwxyr<>]e) u   e> -   ed> d   (?<=[^aeiouy<])es> z   y> i   o> O   i> i   u> u
    a> ə   c(?=[eiy]) s   g(?=[eiy]) ʤ   a æ   e ɛ   i ɪ   o ɑ   u ʌ   y ɪ   b b   c k   d d   f f   g ɡ   h h   j ʤ
    k k   l l   m m   n n   p p   q k   r ɹ   s s   t t   v v   w w   x ks   z z
"""
_NOTHING = "-"
_RULES = tuple(
    (re.compile(letters), phonemes.replace(_NOTHING, ""))
    for letters, _, phonemes in (rule.strip().partition(" ") for rule in re.split(r"\s{3,}", _LETTERS) if rule.strip())
)

_INITIALS = {
    "b": "p", "p": "p", "m": "m", "f": "f", "d": "t", "t": "t", "n": "n", "l": "l", "g": "k", "k": "k", "h": "x",
    "j": "ʨ", "q": "ʨ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧ", "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦ", "s": "s",
}  # fmt: skip
# What a final is made of; `v` is how pypinyin writes ü.
_FINAL_LETTERS = {
    "ian": "jɛn", "iong": "jʊŋ", "van": "ɥɛn", "ng": "ŋ", "er": "ɚ", "ao": "au", "iu": "jou", "iou": "jou",
    "ui": "wei", "uei": "wei", "un": "wən", "uen": "wən", "ong": "ʊŋ", "ia": "ja", "ie": "je", "io": "jo", "ua": "wa",
    "uo": "wo", "ve": "ɥe", "en": "ən", "ei": "ei", "v": "y", "a": "a", "o": "o", "e": "ɤ", "i": "i", "u": "u",
    "n": "n", "m": "m", "g": "",
}  # fmt: skip
_FINAL_LETTER = re.compile("|".join(sorted(_FINAL_LETTERS, key=len, reverse=True)))
_SYLLABLE_SECONDS = 0.19
_INITIAL_SHARE = 0.35


def is_chinese(text: str) -> bool:
    """Whether there are characters that pypinyin's dictionary is needed for; it is read from disk the first time."""
    return _CHINESE.search(text) is not None


def spelt(text: str) -> tuple[SpeltPhoneme, ...]:
    """Return what `text` sounds like, roughly, with pauses where it has marks."""
    return tuple(_spelt(text))


def _spelt(text: str) -> Iterator[SpeltPhoneme]:
    for piece in _PIECE.finditer(text):
        han, word, stop, comma, digit = piece.groups()
        if han:
            yield from _syllables(han)
        elif word:
            yield from _word(word)
        elif stop or comma:
            yield SpeltPhoneme("", 0.0, ends_sentence=bool(stop))
        elif digit:
            # Digits are written out before a voice gets them; one that is left has a sound all the same.
            yield SpeltPhoneme("ə", _UNKNOWN_SECONDS)


def _word(word: str) -> Iterator[SpeltPhoneme]:
    for phoneme in _phonemes(_plain(word)):
        milliseconds = _KLATT_MS.get(phoneme)
        yield SpeltPhoneme(phoneme, milliseconds / 1000 * _ENGLISH_PACE if milliseconds else _UNKNOWN_SECONDS)


def _plain(word: str) -> str:
    """Return the word in small letters without accents and with a plain apostrophe."""
    letters = unicodedata.normalize("NFD", word.lower().replace("’", "'"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=2048)
def _phonemes(word: str) -> str:
    if word in _WORDS:
        return _WORDS[word]
    bounded = f"<{word.replace(chr(39), '')}>"
    found: list[str] = []
    at = 0
    while at < len(bounded):
        match, phonemes = _rule_at(bounded, at)
        found.append(phonemes)
        at = match
    return "".join(found)


def _rule_at(word: str, at: int) -> tuple[int, str]:
    """Return where the letters that a rule reads end, and their phonemes; a letter of no rule is some vowel."""
    for letters, phonemes in _RULES:
        if match := letters.match(word, at):
            return match.end(), phonemes
    return at + 1, "" if word[at] in "<>" else "ə"


def _syllables(text: str) -> Iterator[SpeltPhoneme]:
    from pypinyin import Style, lazy_pinyin

    initials = lazy_pinyin(text, style=Style.INITIALS, strict=True, errors=_unreadable)
    finals = lazy_pinyin(text, style=Style.FINALS, strict=True, errors=_unreadable)
    for initial, final in zip(initials, finals, strict=True):
        yield from _syllable(_INITIALS.get(initial, ""), _final(initial, final))


def _syllable(initial: str, final: str) -> Iterator[SpeltPhoneme]:
    share = _INITIAL_SHARE if initial else 0.0
    for phoneme in initial:
        yield SpeltPhoneme(phoneme, _SYLLABLE_SECONDS * share / len(initial))
    for phoneme in final:
        yield SpeltPhoneme(phoneme, _SYLLABLE_SECONDS * (1 - share) / len(final))


def _final(initial: str, final: str) -> str:
    if final == "i" and initial in {"zh", "ch", "sh", "r", "z", "c", "s"}:
        return "ɨ"
    return "".join(_FINAL_LETTERS[letters] for letters in _FINAL_LETTER.findall(final)) or "ə"


def _unreadable(_: str) -> str:
    """Give characters without a reading, such as kana, a syllable all the same."""
    return "a"
