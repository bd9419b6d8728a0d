"""What a sentence says of whom, where only one thing can be true at a time: a name, a home, a job, a favourite colour.

Owns the patterns, English and Chinese, that give such a sentence its slot: "I live in Lyon" and "我住在上海" both fill
`user.home`. Of two facts with one slot the later holds. Refuses to know facts. What several things may be true of
(pets, sisters, hobbies) has no slot, nor has what was so once (`tense`) and what fills two slots; whoever is unsure
gives none: a fact too many does less harm than one lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from vivavoce.memory.tense import of_the_present
from vivavoce.memory.terms import words_of
from vivavoce.speech.scripts import is_cjk

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["halves", "slot_of"]

_LONGEST_SLOT = 120

# ---------------------------------------------------------------- who

_KIN = {
    "wife": "wife|老婆|妻子|媳妇|太太",
    "husband": "husband|老公|丈夫|先生",
    "girlfriend": "girlfriend|女朋友|女友",
    "boyfriend": "boyfriend|男朋友|男友",
    "partner": "partner|fiancée?|spouse|对象|爱人",
    "mother": "mother|mum|mom|妈妈|母亲|妈",
    "father": "father|dad|爸爸|父亲|爸",
    "boss": "boss|manager|老板|领导|上司",
}
"""People of whom one has one."""
_ANY_KIN = "|".join(_KIN.values())
_OWNED = rf"(?:\b(?:my|our) |我的?|我家)(?P<kin>{_ANY_KIN})"
_I = r"(?:\b(?:i|we)(?:'m|'ve| am| are)?(?: \w+ly| just| now| still)* ?|我们?(?:现在|目前|今年|已经)*)"
_WHO = rf"(?:{_OWNED}(?:'s| is|的| (?!was\b|were\b|had\b|used\b)\w+)?,?(?:现在|目前|she|he| )*|{_I})"

# ---------------------------------------------------------------- what

_JOB_NOUN = (
    r"(?!(?:\w*mother|\w*father|brother|sister|lover|member|beginner|smoker|drinker|eater|sleeper|runner|swimmer|reader"
    r"|winner|loser|owner|homeowner|foreigner|newcomer|teenager|monster|sinner|computer|letter|number|dinner|partner"
    r"|volunteer|believer|supporter|follower|vegetarian|listener|traveller|traveler|corner|stranger|hunger)\b)(?:\w+(?:eer|ist|ician|yer|cher|ner|ger|tect|ctor|ver|tor|mer|ter|ser|lor|ker|her|cer)|nurse|vet|chef|cook"
    r"|pilot"
    r"|student|clerk|surgeon|dentist|coach|journalist|accountant|consultant|librarian|politician|soldier|freelancer)"
)
_NO_EMPLOYER = (
    r"(?:(?:the|my|our|a|an|his|her) )?(?:garden|yard|kitchen|house|home|shed|garage|basement|attic|bed"
    r"|mornings?|afternoons?|evenings?|nights?|weekends?|shifts?|hours?|minutes?|days?|peace|silence|summer|winter|dark|it|them"
    r"|this|that|least|once|now|fun|free|years?|months?|while|long|myself)"
)
"""Where, when and how one works, as against for whom."""
_JOB = (
    rf"(?:work(?:s|ing)? (?:as|for|at|in)\b(?! {_NO_EMPLOYER}\b)"
    r"|(?<!have )(?<!got )(?<!had )(?<!want )(?<!bought )(?<!i )(?:a|an)"
    rf" (?:[\w-]+ ){{0,3}}?{_JOB_NOUN}\b"
    r"|changed jobs?|got a new job|started a new job|retired\b|quit my job|teach(?:es|ing)?\b"
    r"|在.{1,14}?(?:上班|工作|当|做|教)|是(?:一[名个位])?.{0,8}(?:师|生|员|工|经理|警察|司机|商人|会计|护士)(?:$"
    r"|[，,。])"
    r"|.{0,6}(?:换工作|换了工作|辞职|跳槽|退休|失业))"
)
_HOME = (
    r"(?:(?:lives?|(?:(?<='ve )|(?<=have )|(?<=has )|(?<='s )|(?<=always ))lived) (?:in|at|on|near)"
    r"|living in|moved (?:in)?to|moved .{0,20}\blive in|家?住在|(?:家)?搬(?:家)?到)"
)
_BORN = r"(?:(?:was )?born (?:on|in)\b|(?:的)?生日|出生)"
_PLACE_NUMBER = r"\d+[\w]*\s?(?:号|室|楼|栋|street|road|lane|avenue|drive)|\b(?:address|street) is\b"
_TASTE = (
    r"(?:\bi(?: \w+ly|'ve always| do| just| still| used to)* (?:like|love|hate|enjoy|adore|dislike|can't stand|prefer"
    r"|don't (?:really )?(?:like|eat|drink)|(?:quite )?fond of) (?P<en>[^,.;!]+)"
    r"|我(?:从小|一直|特别|非常|真的|也|很|就|最|不|太|现在|已经|再|更)*(?:喜欢|爱|讨厌|不吃|不喝)(?:吃|喝|听|看"
    r"|去|打)?(?P<zh>[^，。；！的]+))"
)
_ANOTHER = re.compile(r"\b(?:second|another|other|also)\b|第二|另外|还有|又|也")
_REPORTED = re.compile(r"[“\"「『]|\b(?:said|says|told|tells|wrote|claims?|thinks|asked)\b|说|告诉|以为")
"""What others say need not be so, and whoever says "I" in it need not be the user."""
_MANY = (
    "friend|sister|brother|son|daughter|child|kid|cousin|uncle|aunt|neighbou?r|colleague|dog|cat|pet|hamster"
    "|rabbit|bird"
    "|horse|fish|grand\\w+|niece|nephew|hobby|dream|goal|plan|appointment|idea|problem|question|point"
)
"""What one can have several of, or what means nothing by itself."""
_TOLD_BESIDE = re.compile(
    r",? (?:and|but|while|whereas|though) (?=(?:i|we|my|our)\b)"
    r"|[，,]?(?:但是?|不过|而且?|可是?)(?=我)|[，,](?=我)",
    re.IGNORECASE,
)
"""Where a sentence goes on to something else that concerns the user."""
_MY = re.compile(
    rf"\b(?:my|our) (?!(?:\w+ )?(?:{_MANY}|{_ANY_KIN})\b)(?P<what>[a-z]+(?: [a-z]+)?)(?:'s| is| are) "
    r"|我的(?P<was>[\u4e00-\u9fff]{1,6}?)(?:号码|号)?(?:是|叫|在)"
)


def slot_of(text: str) -> str:
    """Return what the sentence gives the value of, such as `wife.job`; empty where many may be true."""
    said = text.casefold().replace("’", "'")
    if _ANOTHER.search(said) or _REPORTED.search(said):
        return ""
    slots = {slot for part in _TOLD_BESIDE.split(of_the_present(said)) if (slot := _slot(part))}
    return slots.pop() if len(slots) == 1 else ""


def halves(text: str) -> list[str]:
    """Return a sentence in parts where each gives the value of something else, else as it is."""
    parts = _TOLD_BESIDE.split(text.rstrip(" .!。！"))
    slots = {slot_of(part) for part in parts}
    if len(parts) == 1 or len(slots) < len(parts) or "" in slots:
        return [text]
    end = "。" if is_cjk(text[0]) else "."
    return [f"{part[:1].upper()}{part[1:]}{end}" for part in parts]


def _slot(said: str) -> str:
    for pattern, slot in _SLOTS:
        match = pattern.search(said)
        if match and (found := slot(match)):
            return found[:_LONGEST_SLOT]
    return ""


def _who(match: re.Match[str]) -> str:
    kin = match.groupdict().get("kin")
    if not kin:
        return "user"
    return next(who for who, names in _KIN.items() if re.fullmatch(names, kin))


def _of(relation: str) -> Callable[[re.Match[str]], str]:
    return lambda match: f"{_who(match)}.{relation}"


def _favourite(match: re.Match[str]) -> str:
    return f"user.favourite:{'-'.join(words_of(match['what'])[:2])}"


def _taste(match: re.Match[str]) -> str:
    liked = words_of(match["en"] or match["zh"])[:3]
    return f"user.taste:{'-'.join(liked)}" if liked else ""


def _attribute(match: re.Match[str]) -> str:
    return f"user.{'-'.join(words_of(match['what'] or match['was']))}".removesuffix(".")


_SLOTS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"\bmy name(?:'s| is) \w+|\b(?:call me|i'm called|i am called) \w+|我(?:的名字)?(?:是)?叫\w|叫我\w"),
        _of("name"),
    ),
    (re.compile(rf"{_OWNED}(?:'s name(?: is|'s)|(?: is|'s) (?:called|named)|的名字(?:是|叫)|叫)"), _of("name")),
    (re.compile(rf"(?:{_OWNED}(?:'s)? ?(?:的)?(?:birthday|生日))"), _of("birthday")),
    (re.compile(rf"\bmy birthday|我的?生日|{_I}{_BORN}"), _of("birthday")),
    (re.compile(r"\bi(?:'m| am) \d+(?: years old)?(?:$|[,.])|我今年.{1,4}岁"), _of("age")),
    (
        re.compile(
            r"\b(?:my|our) favou?rite (?P<what>\w+(?: \w+)??)(?: in the world| of all| ever)?(?: is|'s)"
            r"|我最(?:喜欢|爱)的(?P<was>.{1,5}?)是"
        ),
        lambda match: _favourite(match) if match["what"] else f"user.favourite:{match['was']}",
    ),
    (
        re.compile(
            rf"(?:{_WHO}).{{0,16}}{_HOME}.{{0,12}}(?:{_PLACE_NUMBER})|\b(?:my|our)(?: \w+)? address\b|我家?的?地址"
        ),
        _of("address"),
    ),
    (re.compile(rf"{_WHO}{_HOME}"), _of("home")),
    (re.compile(rf"{_WHO}{_JOB}"), _of("job")),
    (
        re.compile(r"\bi(?: now)? drive (?:a|an|my|our)\b|我(?:现在)?开的?(?:是)?一?辆|我.{0,6}买了一?辆.*车"),
        _of("car"),
    ),
    (re.compile(_TASTE), _taste),
    (_MY, _attribute),
)
