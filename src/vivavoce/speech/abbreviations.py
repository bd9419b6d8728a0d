"""Words written with a full stop that does not end a sentence.

Owns the lists that sentence cutting asks. Refuses to know how an abbreviation is spoken; `speech.normalise` does.
"""

from __future__ import annotations

import re

from vivavoce.speech.wordlists import words

__all__ = ["ORDINAL_DOT_LANGUAGES", "SENTENCE_OPENERS", "is_inner_abbreviation", "is_numbered", "may_end_a_sentence"]

# Case counts: "max. 5" goes on, "with Max." does not.
_INNER = words(
    """Adm Assoc Attn Brig Capt Cmdr Col Dept Dipl Dr E.g Ft Gen Gov Hon I.e Lt Maj Mme Mlle Mr Mrs Ms Mt Mx Nr Pres
    Prof Rep Rev Sen Sgt Sra Srta St Tel approx assoc bzw ca cf d.h dept dr e.g eg esp est i.e ie incl max min tel u.a
    usf v viz vs z.B z.T"""
)
_FINAL = words(
    """a.m p.m ave apt bldg blvd b.c a.d b.c.e c.e co corp d.c dec apr aug feb inc jan jr jul jun ltd mar misc nov oct
    ph.d m.d b.a m.a b.sc m.sc rd sep sept sr u.k u.s u.s.a u.n etc al ed eds"""
)
_NUMBERED = words("no nos nr fig figs vol vols p pp ch sec sect art eq eqs ref refs ver v para pt op ex ext apt tab")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")

SENTENCE_OPENERS = words(
    """A After Also Although An And Another Anyway As At Because Before But By Can Could Did Do Does Each Even Every
    Finally First For From Have Having He Her Here His How However I If In Instead Is It Its Just Let Like Many Maybe
    Meanwhile More Most Moreover My Next No Not Now Of On Once One Only Or Our Perhaps Please Second She Should Since So
    Some Still Such Thank Thanks That The Their Then There These They This Those Though Thus To Today Tomorrow Unless
    Until We Well Were What When Where Whether Which While Who Why Will With Would Yes Yesterday You Your"""
)
"""Words that, after an abbreviation which may end a sentence, say that it did."""

ORDINAL_DOT_LANGUAGES = frozenset({"cs", "da", "de", "et", "fi", "hr", "hu", "nb", "nn", "no", "pl", "sk", "sl", "sr"})
"""Languages that write "the 3rd" as "3."."""


def is_inner_abbreviation(word: str) -> bool:
    """Tell whether `word`, written with a full stop, always goes on: a title, "e.g.", "vs."."""
    return word in _INNER


def may_end_a_sentence(word: str) -> bool:
    """Tell whether `word` is an abbreviation that also ends sentences: "etc.", "p.m.", initials such as "U.S."."""
    return word.lower() in _FINAL or _INITIALS.fullmatch(word) is not None


def is_numbered(word: str) -> bool:
    """Tell whether `word` is an abbreviation only before a number: "No. 5", "Fig. 2"."""
    return word.lower() in _NUMBERED
