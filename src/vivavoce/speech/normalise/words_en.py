"""English abbreviations, Roman numerals and symbols.

Owns what is written short and said long. Refuses to know numbers, but for the ones that an abbreviation announces.
"""

from __future__ import annotations

import re

from vivavoce.speech.normalise.numbers_en import cardinal, ordinal
from vivavoce.speech.normalise.rules import Rule, rule
from vivavoce.speech.wordlists import listed

__all__ = ["ABBREVIATION_RULES", "MATH_RULES", "OPERATOR_RULES", "ROMAN_RULES", "SYMBOL_RULES"]

_TITLES = {
    "Dr": "Doctor", "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor", "Capt": "Captain",
    "Col": "Colonel", "Gen": "General", "Gov": "Governor", "Hon": "Honorable", "Lt": "Lieutenant", "Maj": "Major",
    "Pres": "President", "Rep": "Representative", "Rev": "Reverend", "Sen": "Senator", "Sgt": "Sergeant",
    "St": "Saint", "Mt": "Mount", "Ft": "Fort",
}  # fmt: skip
_STREETS = {"St": "Street", "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Dr": "Drive", "Ln": "Lane"}
_STREET_NAME = r"[A-Z][a-z']{1,30}|\d{1,3}(?:st|nd|rd|th)"
_NUMBERED = {
    "No": "number", "Nos": "numbers", "no": "number", "Fig": "figure", "fig": "figure", "Figs": "figures",
    "Vol": "volume", "vol": "volume", "p": "page", "pp": "pages", "Ch": "chapter", "ch": "chapter", "Sec": "section",
    "sec": "section", "Eq": "equation", "Ref": "reference", "Art": "article", "Ver": "version", "ver": "version",
    "ext": "extension", "Ext": "extension", "apt": "apartment", "Apt": "apartment",
}  # fmt: skip
_SHORT = {
    "e.g.": "for example", "E.g.": "For example", "eg.": "for example", "i.e.": "that is", "I.e.": "That is",
    "ie.": "that is", "vs.": "versus", "vs": "versus", "approx.": "approximately", "Approx.": "Approximately",
    "dept.": "department", "Dept.": "Department", "est.": "established", "incl.": "including", "excl.": "excluding",
    "max.": "maximum", "min.": "minimum", "avg.": "average", "temp.": "temperature", "cf.": "compare", "ca.": "around",
    "et al.": "and others", "w/o": "without", "w/": "with ", "b/c": "because", "a.k.a.": "also known as",
    "aka": "also known as", "Jr.": "Junior", "Sr.": "Senior", "Inc.": "Incorporated", "Ltd.": "Limited",
    "Corp.": "Corporation", "Co.": "Company", "Bros.": "Brothers", "Assn.": "Association", "misc.": "miscellaneous",
    "govt.": "government", "tel.": "telephone", "ext.": "extension", "asst.": "assistant", "esp.": "especially",
    "viz.": "namely", "wrt": "with respect to", "Ph.D.": "PhD", "Ph.D": "PhD", "N/A": "not applicable",
    "n/a": "not applicable", "and/or": "and or", "he/she": "he or she", "she/he": "she or he", "his/her": "his or her",
    "him/her": "him or her", "s/he": "he or she", "yes/no": "yes or no", "&c.": "et cetera",
}  # fmt: skip
# These keep their full stop where it also ends the sentence.
_MAY_END = ("Jr.", "Sr.", "Inc.", "Ltd.", "Corp.", "Co.", "Bros.", "et al.", "Ph.D.", "dept.", "Dept.")
_SHORT_WORD = "|".join(re.escape(word) for word in sorted(_SHORT, key=len, reverse=True))

_ROMAN = r"(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))"
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_NUMBERED_THINGS = "|".join(
    listed(
        """Act Apollo Appendix Article Book Chapter Episode Figure Grade Level Mark Part Phase Psalm Quarter Rocky Scene
        Section Stage Step Table Title Tier Type Version Volume War"""
    )
)
_RULERS = "|".join(
    listed(
        """Alexander Benedict Catherine Charles Clement Constantine Edward Elizabeth Ferdinand Francis Frederick George
        Gregory Gustav Henry Innocent Ivan James John Leo Leopold Louis Mary Napoleon Nicholas Otto Paul Peter Philip
        Pius Pope Ramses Richard Robert Rudolf Sixtus Stephen Urban Victor Wilhelm William"""
    )
)

_LETTERS = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "gamma", "Δ": "delta", "Θ": "theta",
    "Λ": "lambda", "Π": "pi", "Σ": "sigma", "Φ": "phi", "Ψ": "psi", "Ω": "omega",
}  # fmt: skip

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def _expand(found: re.Match[str]) -> str:
    word = found[0]
    ends = word in _MAY_END and not found.string[found.end() : found.end() + 3].strip(" \"')")
    return _SHORT[word] + ("." if ends else "")


def _et_cetera(found: re.Match[str]) -> str:
    following = found.string[found.end() : found.end() + 2].lstrip(" ")
    return "et cetera" + ("." if not following or following[0].isupper() else "")


def _street(found: re.Match[str]) -> str:
    return f"{found[1]} {_STREETS[found[2]]}"


def _roman(written: str) -> int:
    total = 0
    for letter, after in zip(written, [*written[1:], ""], strict=True):
        value = _ROMAN_VALUES[letter]
        total += -value if after and value < _ROMAN_VALUES[after] else value
    return total


def _roman_thing(found: re.Match[str]) -> str:
    return f"{found[1]} {cardinal(_roman(found[2]))}" if found[2] else found[0]


def _roman_ruler(found: re.Match[str]) -> str:
    return f"{found[1]} the {ordinal(_roman(found[2])).capitalize()}" if found[2] else found[0]


def _power(found: re.Match[str]) -> str:
    base, sign, exponent = found.groups()
    if sign or int(exponent) > 3 or int(exponent) < 2:
        return f"{base} to the power of {'minus ' if sign else ''}{exponent}"
    return f"{base} {'squared' if exponent == '2' else 'cubed'}"


ABBREVIATION_RULES: list[Rule] = [
    rule(r"\b[Ee]tc\.?(?!\w)", _et_cetera),
    rule(rf"\b({_STREET_NAME}) (St|Dr)\.(?=\s*+(?:$|[,;)]|[a-z]{{2,3}} ))", _street),
    rule(rf"\b({_STREET_NAME}) (Ave|Blvd|Rd|Ln)\.?(?!\w)", _street),
    rule(rf"\b({'|'.join(_TITLES)})\. ?(?=[A-Z])", lambda title: _TITLES[title[1]] + " "),
    rule(r"\b(Dr|Mr|Mrs|Ms|Prof)(?= [A-Z])", lambda title: _TITLES[title[1]]),
    rule(
        r"(?<![\w.])(Nos?|no|Figs?|fig|[Vv]ol|pp?|[Cc]h|[Ss]ec|Eq|Ref|Art|[Vv]er|[Ee]xt|[Aa]pt)\. ?(?=\d)",
        lambda short: _NUMBERED[short[1]] + " ",
    ),
    rule(r"(?<![\w.])([vV])\.? ?(?=\d)", "version "),
    rule(r"(?<![\w.])([ap])\.m\.(?=\s*+(?:$|[\"')]))", lambda half: f"{half[1].upper()}M."),
    rule(r"(?<![\w.])([ap])\.m\.?(?!\w)", lambda half: f"{half[1].upper()}M"),
    rule(rf"(?<![\w./])(?:{_SHORT_WORD})(?![\w/])", _expand),
    rule(r"(?<![\w./])w/(?=\w)", "with "),
    rule(r"№ ?", "number "),
    rule(r"§ ?", "section "),
]
"""Titles, streets, references and Latin."""

OPERATOR_RULES: list[Rule] = [
    rule(r"(?<=\d)[⁰¹²³⁴-⁹]{1,6}(?!\w)", lambda raised: "^" + raised[0].translate(_RAISED)),
    rule(r"(\d)\^\(?(-?)(\d{1,3})\)?", _power),
    rule(r"(?<=[\d)]) ?− ?(?=[\d(])", " minus "),
    rule(r"−", "-"),
    rule(r"(?<!\S)~ ?(?=[$£€]?\d)", "about "),
]
"""Signs between numbers that later rules would take for a span or a part of a unit."""

ROMAN_RULES: list[Rule] = [
    rule(rf"\b({_NUMBERED_THINGS}) {_ROMAN}\b(?![.'’]\w)", _roman_thing),
    rule(rf"\b({_RULERS}) (?!I\b){_ROMAN}\b(?![.'’]\w)", _roman_ruler),
    rule(r"\b(World War) (I{1,3})\b", _roman_thing),
]
"""Roman numerals where something is numbered by them."""

MATH_RULES: list[Rule] = [
    rule(r"([A-Za-z0-9)])(?:\^|\*\*)\(?(-?)(\d{1,3})\)?", _power),
    rule(r"²", " squared"),
    rule(r"³", " cubed"),
    rule(
        r"(?<![\w.])(\d++(?:\.\d++)?+)[eE]([+-]?)(\d{1,3})(?!\w)",
        lambda found: f"{found[1]} times 10 to the power of {'minus ' if found[2] == '-' else ''}{found[3]}",
    ),
    rule(r"(?<=[\w)]) ?(?:×|\*|⋅) ?(?=[\w(-])", " times "),
    rule(r" ?÷ ?", " divided by "),
    rule(r"(?<=\d) - (?=\d)", " minus "),
    rule(r"(?<=[\w)])[ ]?(?:==?|＝)[ ]?(?=[\w(√$£€-])", " equals "),
    rule(r" ?(?:≠|!=) ?", " does not equal "),
    rule(r" ?≈ ?", " is about "),
    rule(r" ?(?:≤|<=) ?", " is at most "),
    rule(r" ?(?:≥|>=) ?", " is at least "),
    rule(r"(?<=[\w)]) < (?=[\w(-])", " is less than "),
    rule(r"(?<=[\w)]) > (?=[\w(-])", " is greater than "),
    rule(r"(?<!\S)<(?=\d)", "less than "),
    rule(r"(?<!\S)>(?=\d)", "more than "),
    rule(r"± ?", " plus or minus "),
    rule(r"√ ?", " the square root of "),
    rule(r"∞", " infinity "),
    rule(r" ?(?:→|⇒|->|=>) ?", " to "),
]
"""Arithmetic, where numbers or names stand beside a sign."""

SYMBOL_RULES: list[Rule] = [
    rule(r"\b([CFJ])#(?!\w)", r"\1 sharp"),
    rule(r"\bC\+\+(?!\w)", "C plus plus"),
    rule(r"#(?=\d)", "number "),
    rule(r"#(?=[A-Za-z])", "hashtag "),
    rule(r" ?& ?", " and "),
    rule(r"(?<!\w)@(?=\w)|(?<=\s)@(?=\s)", "at "),
    rule(r"(?<=\w)@(?=\w)", " at "),
    rule(r"(?<=\d)\+(?=\s|$|[,.;:!?)])", " plus"),
    rule(r"(?<=[\w)]) ?\+ ?(?=[\w(])", " plus "),
    rule(r"(?<![\w+])\+(?=\d)", "plus "),
    rule(r"%", " percent"),
    rule(r"°", " degrees"),
    rule(r"(?<=[A-Z])/(?=[A-Z])", " "),
    rule(r"(?<=\w) ?/ ?(?=\w)", " slash "),
    rule("[" + "".join(_LETTERS) + "](?![\u0370-\u03ff])", lambda letter: f" {_LETTERS[letter[0]]} "),
]
"""Signs that are said by their name."""
