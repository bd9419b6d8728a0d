"""Chinese text to Chinese words.

Owns the order in which the kinds of written form are read: what has the most marks goes first. Refuses to know markdown
and addresses, which are gone by now, and English words, which are left to the voice.
"""

from __future__ import annotations

import re

from vivavoce.speech.normalise.dates_zh import DATE_RULES, TIME_RULES, YEAR_RULES
from vivavoce.speech.normalise.measures_zh import CURRENCIES, MEASURE, UNIT, UNITS
from vivavoce.speech.normalise.numbers_zh import counted, digits, integer, number, phone_digits, signed
from vivavoce.speech.normalise.rules import NUMBER, Rule, apply_rules, rule
from vivavoce.speech.scripts import CJK_CLASS

__all__ = ["say_chinese"]

_SIGN = r"(?<![0-9A-Za-z.])(-)?+"
_START = r"(?<![\d.])"
_CURRENCY = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_SPAN = r" ?[-~–—]{1,2} ?"
_VULGAR = {"½": "二分之一", "⅓": "三分之一", "⅔": "三分之二", "¼": "四分之一", "¾": "四分之三", "⅛": "八分之一"}
_SCALE = r"([十百千万亿]{1,3})?"


def _phone(found: re.Match[str]) -> str:
    country = "加" if found[0].startswith("+") else ""
    return country + "，".join(phone_digits(group) for group in re.findall(r"\d+", found[0]))


def _mobile(found: re.Match[str]) -> str:
    written = found[0]
    return "，".join(phone_digits(part) for part in (written[:3], written[3:7], written[7:]))


def _dotted(found: re.Match[str]) -> str:
    parts = found[1].split(".")
    return "点".join(digits(part) if len(parts) == 4 else number(part) for part in parts)


def _money_before(money: re.Match[str]) -> str:
    sign, symbol, written, scale = money.groups()
    return _amount(sign, written, scale, CURRENCIES[symbol])


def _money_after(money: re.Match[str]) -> str:
    sign, written, scale, symbol = money.groups()
    return _amount(sign, written, scale, CURRENCIES[symbol])


def _amount(sign: str | None, written: str, scale: str | None, unit: str) -> str:
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return ("负" if sign else "") + counted(written) + (scale or "") + unit


def _percent(found: re.Match[str]) -> str:
    return ("负" if found[1] else "") + ("百" if found[3] == "%" else "千") + f"分之{number(found[2])}"


def _temperature(found: re.Match[str]) -> str:
    sign, written, scale = found.groups()
    unit = {"℃": "摄氏度", "C": "摄氏度", "℉": "华氏度", "F": "华氏度"}.get(scale[-1], "度")
    return ("零下" if sign else "") + counted(written) + unit


def _unit(found: re.Match[str]) -> str:
    return ("负" if found[1] else "") + counted(found[2]) + UNITS[found[3]]


def _fraction(found: re.Match[str]) -> str:
    whole, top, bottom = found.groups()
    return (f"{number(whole.strip(' 又'))}又" if whole else "") + f"{integer(int(bottom))}分之{integer(int(top))}"


def _thousands(found: re.Match[str]) -> str:
    value = round(float(found[1]) * 1_000)
    return integer(value)


_DIGIT_RULES: list[Rule] = [
    rule(r"(?<![\d.,-])(?:\+?86[- ]?)?(?<!\d)1[3-9]\d[- ]\d{4}[- ]\d{4}(?![\d-])", _phone),
    rule(r"(?<![\d.,-])1[3-9]\d{9}(?![\d-]|\.\d)", _mobile),
    rule(
        r"(?<![\d.,-])(?:[48]00-\d{3}-?\d{4}|0\d{2,3}[- ]\d{3,4}[- ]?\d{4}|\+\d{1,3}(?:[ -]\d{2,5}){1,4}|\+\d{8,15})"
        r"(?![\d-]|\.\d)",
        _phone,
    ),
    rule(
        r"(拨打|电话|热线|致电|呼叫|号码)((?:是|为)?[：: ]{0,2})(\d{3,8})(?![\d.,])",
        lambda call: call[1] + call[2] + phone_digits(call[3]),
    ),
    rule(r"(?<![\d.,])[vV]?(\d{1,5}(?:\.\d{1,5}){2,5})(?![\d.,]\d)", _dotted),
    rule(r"(?<![\d.,$¥€£])(\d{3,5})(?=[室房路](?!人))", lambda room: digits(room[1])),
    rule(
        rf"(?<![\d.,$¥€£])(\d{{8,18}})(?!\d|[.,]\d|000|[%]| ?(?:{MEASURE}|{UNIT}))",
        lambda long: digits(long[1]) if not long[1].endswith("0000") else integer(int(long[1])),
    ),
]

_QUANTITY_RULES: list[Rule] = [
    rule(r"(?<![\d/])24/7(?![\d/])", "全天候"),
    rule(
        r"(?<![\d.-])(\d{1,3})[-–](\d{1,3})(?= ?(?:获?胜|取胜|战胜|战平|大胜|击败|领先|落后|逆转|险胜))",
        lambda score: f"{number(score[1])}比{number(score[2])}",
    ),
    rule("[" + "".join(_VULGAR) + "]", lambda found: _VULGAR[found[0]]),
    rule(
        rf"{_START}({NUMBER})(%)?{_SPAN}({NUMBER})%", lambda span: f"百分之{number(span[1])}到百分之{number(span[3])}"
    ),
    rule(
        rf"({_CURRENCY})({NUMBER}){_SPAN}(?:\1)?({NUMBER}){_SCALE}",
        lambda span: f"{counted(span[2])}到{counted(span[3])}{span[4] or ''}{CURRENCIES[span[1]]}",
    ),
    rule(rf"(?<![\d.A-Za-z])(-?{NUMBER}){_SPAN}(-?{NUMBER})(?! ?[=-])", r"\1到\2"),
    rule(rf"{_SIGN}({_CURRENCY}) ?({NUMBER}){_SCALE}", _money_before),
    rule(rf"{_SIGN}({NUMBER}){_SCALE} ?({_CURRENCY})(?![A-Za-z])", _money_after),
    rule(rf"{_SIGN}({NUMBER}) ?([%‰])", _percent),
    rule(rf"{_SIGN}({NUMBER}) ?(℃|℉|[°º] ?[CF](?![A-Za-z])|[°º]|(?<=\d)度(?=[，。、；！？左以]|$))", _temperature),
    rule(rf"{_SIGN}({NUMBER}) ?({UNIT})(?![A-Za-z²³^])", _unit),
    rule(r"(?<=[元角块度个次人米克升里])/(?=[月年天日周小人个斤公次晚吨平份])", "每"),
    rule(r"(?<![\d/.])(\d{1,3}(?: |又))?(\d{1,4})/(\d{1,4})(?![\d/]|\.\d)", _fraction),
    rule(
        r"(?<![\d:：.])(\d{1,4})[:：](\d{1,4})(?![\d:：]|\.\d)", lambda ratio: f"{number(ratio[1])}比{number(ratio[2])}"
    ),
    rule(rf"{_START}(\d{{1,3}}(?:\.\d{{1,3}})?)(?:k|(?<=\d\d)K)(?![A-Za-z0-9])", _thousands),
]

_SYMBOL_RULES: list[Rule] = [
    rule(r"\bNo\.? ?(?=\d)", "第"),
    rule(rf"(?<=[{CJK_CLASS}\dA-Za-z)]) ?\+ ?(?=[{CJK_CLASS}\dA-Za-z(])", "加"),
    rule(r"(?<=\d) ?[×xX*] ?(?=\d{1,18}+ ?=)", "乘以"),
    rule(r"(?<=\d) ?[×xX*] ?(?=\d)", "乘"),
    rule(r"(?<=[A-Za-z)]) ?[×*] ?(?=[\dA-Za-z(])", "乘以"),
    rule(r" ?÷ ?", "除以"),
    rule(r"(?<=\S)−(?=\d)", "减"),
    rule(r"−", "-"),
    rule(r"(?<=\d) ?- ?(?=\d{1,18}+ ?=)", "减"),
    rule(r" ?(?:≠|!=) ?", "不等于"),
    rule(r" ?≈ ?", "约等于"),
    rule(r" ?(?:≤|<=) ?", "小于等于"),
    rule(r" ?(?:≥|>=) ?", "大于等于"),
    rule(r" ?(?:→|⇒|->|=>) ?", "到"),
    rule(r"(?<=\S) ?==? ?(?=\S)", "等于"),
    rule(r" ?<(?= ?[\dA-Za-z]) ?", "小于"),
    rule(r" ?>(?= ?[\dA-Za-z]) ?", "大于"),
    rule(r"± ?", "正负"),
    rule(r"√ ?", "根号"),
    rule(r"(?:\^2|²)(?!\d)", "的平方"),
    rule(r"(?:\^3|³)(?!\d)", "的立方"),
    rule(r"\^(\d{1,3})", lambda power: f"的{integer(int(power[1]))}次方"),
    rule(r"约?~ ?(?=\d)", "约"),
    rule(r"\b([Cc])\+\+", r"\1加加"),
    rule(r"π", "派"),
    rule(r" ?& ?", "和"),
    rule(r"(?<=\d)\+(?!\+)", "多"),
    rule(r"@(?=\w)", "艾特"),
    rule(r"%", "百分比"),
    rule(r"(?<=和)/(?=或)", ""),
    rule(rf"(?<=[{CJK_CLASS}])/(?=[{CJK_CLASS}])", "或"),
]

_NUMBER_RULES: list[Rule] = [
    rule(r"(?<=[A-Za-z])-(?=\d)|(?<=\d)-(?=[A-Za-z])", " "),
    rule(rf"([第初]) ?({NUMBER})", lambda found: found[1] + number(found[2])),
    rule(
        rf"(?<![\d.A-Za-z])(-)?+({NUMBER})(?= ?(?:{MEASURE}))",
        lambda found: ("负" if found[1] else "") + counted(found[2]),
    ),
    rule(rf"(?<![\dA-Za-z])(-)?+({NUMBER})", lambda found: signed(found[1], found[2])),
    rule(rf"({NUMBER})", lambda found: number(found[1])),
    # What no rule took is no word: a second reading must not find it beside other words.
    rule(r"[@$£€¥￥₹₩₽₿&+=×⋅÷%‰°º℃℉¢/±√∞≈≠≤≥<>~#^*№§→⇒²³]++", " "),
    rule(rf"(?<=[{CJK_CLASS}]), ?", "，"),
    rule(rf"(?<=[{CJK_CLASS}，。、；：！？]) ++(?=[{CJK_CLASS}，。、；：！？])", ""),
]

_RULES = [
    *DATE_RULES,
    *_DIGIT_RULES,
    *TIME_RULES,
    *_QUANTITY_RULES,
    *_SYMBOL_RULES,
    *YEAR_RULES,
    *_NUMBER_RULES,
]


def say_chinese(text: str) -> str:
    """Return `text` with every number, unit and symbol as words."""
    return apply_rules(text, _RULES)
