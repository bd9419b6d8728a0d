"""A clause as a person would say it.

Owns the order of the steps from written text to plain words. Refuses to know which voice says them: the result has no
digits, marks or addresses left that a voice's own normaliser could read differently.
"""

from __future__ import annotations

import re

from vivavoce.speech.normalise.addresses import AddressWords, say_addresses
from vivavoce.speech.normalise.chinese import say_chinese
from vivavoce.speech.normalise.english import say_english
from vivavoce.speech.normalise.markdown import plain_text
from vivavoce.speech.normalise.symbols import is_sayable, one_width, tidy

__all__ = ["speakable"]

# One reading can bring words together that read differently as a pair; a second finds nothing in nearly all texts.
_MOST_READINGS = 4
_CHINESE = re.compile("[\u3400-\u9fff，。！？；：、]")
_LATIN_PHRASE = re.compile("[A-Za-z]{1,20} [A-Za-z]{2,20}")
_ADDRESS_WORDS = {
    "en": AddressWords(dot="dot", at="at", slash="slash"),
    "zh": AddressWords(dot="点", at="艾特", slash="斜杠"),
    "de": AddressWords(dot="Punkt", at="at", slash="Schrägstrich"),
    "es": AddressWords(dot="punto", at="arroba", slash="barra"),
    "fr": AddressWords(dot="point", at="arobase", slash="barre"),
    "it": AddressWords(dot="punto", at="chiocciola", slash="barra"),
    "ja": AddressWords(dot="ドット", at="アット", slash="スラッシュ"),
    "ko": AddressWords(dot="점", at="골뱅이", slash="슬래시"),
    "pt": AddressWords(dot="ponto", at="arroba", slash="barra"),
}


def speakable(text: str, language: str = "en") -> str:
    """Return what a person would say for `text`; empty when there is nothing to say.

    Markdown, emoji and fenced code are left out and addresses become words in any language; numbers, dates, prices,
    units, abbreviations and symbols are spelt out in English and Chinese. Chinese text in an English reply is read as
    Chinese, and English text in a Chinese one as English. Never raises; said text comes back unchanged.
    """
    for _ in range(_MOST_READINGS):
        said = _read(text, _spoken_language(text, language))
        if said == text:
            break
        text = said
    return text


def _read(text: str, language: str) -> str:
    words = _ADDRESS_WORDS.get(language, _ADDRESS_WORDS["en"])
    plain = say_addresses(one_width(plain_text(text)), words)
    if language == "zh":
        plain = say_chinese(plain)
    elif language == "en":
        plain = say_english(plain)
    said = tidy(plain)
    return said if is_sayable(said) else ""


def _spoken_language(text: str, language: str) -> str:
    primary = _primary(language)
    if primary == "en" and _CHINESE.search(text):
        return "zh"
    if primary == "zh" and not _CHINESE.search(text) and _LATIN_PHRASE.search(text):
        return "en"
    return primary


def _primary(language: str) -> str:
    primary = language.lower().replace("_", "-").split("-")[0]
    return "zh" if primary in ("cmn", "yue", "zh") else primary
