"""Web and mail addresses and file names.

Owns which part of an address is worth saying: of a link its host, of a mail address all of it, of a file its name.
Refuses to know sentences; the words for the marks come from the language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["AddressWords", "say_addresses"]

_HOST = r"([A-Za-z0-9.-]{1,253})"
_PATH = r"[^\s<>\"，。！？；、）]*+"
_LABEL = r"[A-Za-z0-9][A-Za-z0-9-]{0,62}"
_DOMAINS = "com|org|net|edu|gov|io|ai|dev|app|info|cn|de|fr|jp|uk|eu|tv"
_ENDINGS = (
    "py|js|ts|tsx|jsx|json|md|txt|csv|pdf|html|css|ya?ml|toml|ini|cfg|sh|exe|zip|tar|gz|png|jpe?g|gif|svg|mp3|mp4|wav|"
    "docx?|xlsx?|pptx?|cpp|hpp|java|rs|go|sql|log"
)
_LINKS = (
    re.compile(rf"(?<![A-Za-z])(?:https?|ftp|wss?)://(?:[^\s/@<>\"]{{1,80}}@)?{_HOST}(?::\d{{1,5}})?([/?#]{_PATH})?"),
    re.compile(rf"(?<![A-Za-z0-9.])www\.{_HOST}([/?#]{_PATH})?"),
    re.compile(
        rf"(?<![A-Za-z0-9@./-])((?:{_LABEL}\.){{1,6}}(?:{_DOMAINS}))(?![A-Za-z0-9-])(?!\.[A-Za-z0-9])(/{_PATH})?"
    ),
)
_MAIL = re.compile(
    r"(?<![A-Za-z0-9._+-])(?:mailto:)?([A-Za-z0-9][A-Za-z0-9._+-]{0,63})"
    rf"@({_LABEL}(?:\.[A-Za-z0-9-]{{1,63}}){{1,8}})"
)
_FILE = re.compile(
    r"(?<![A-Za-z0-9./\\-])((?:~?/)?(?:[A-Za-z0-9_-]{1,60}/){0,8})([A-Za-z0-9_-]{1,60}(?:\.[A-Za-z0-9_-]{1,20}){0,3})"
    rf"\.({_ENDINGS})(?![A-Za-z0-9_-])(?!\.[A-Za-z0-9])"
)
_MARKS_AT_END = ".,;:!?'\")"
_FILE_MARKS = re.compile(r"[_-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressWords:
    """What the marks of an address are called; an empty word leaves the mark to be a space."""

    dot: str
    at: str
    slash: str


def say_addresses(text: str, words: AddressWords) -> str:
    """Return `text` with every address as words: "https://www.example.com/a?b" as "example dot com"."""
    if "." not in text and "://" not in text:
        return text
    text = _MAIL.sub(lambda mail: f" {_dotted(mail[1], words)} {words.at} {_dotted(mail[2], words)} ".strip(), text)
    for pattern in _LINKS:
        text = pattern.sub(lambda link: _host(link, words), text)
    return _FILE.sub(lambda file: _file(file, words), text)


def _host(link: re.Match[str], words: AddressWords) -> str:
    path = link[2] or ""
    ending = path[len(path.rstrip(_MARKS_AT_END)) :]
    host = link[1].rstrip(".-")
    return _dotted(host.removeprefix("www."), words) + link[1][len(host) :] + ending


def _file(file: re.Match[str], words: AddressWords) -> str:
    folders = [folder for folder in file[1].strip("~/").split("/") if folder]
    name = _FILE_MARKS.sub(" ", _dotted(f"{file[2]}.{file[3]}", words))
    return f" {words.slash} ".join([*(_FILE_MARKS.sub(" ", folder) for folder in folders), name])


def _dotted(name: str, words: AddressWords) -> str:
    return f" {words.dot} ".join(part for part in name.split(".") if part)
