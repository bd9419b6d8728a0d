"""English measures, percentages and temperatures.

Owns the names of units and their right number. Refuses to know prices, which have subunits of their own.
"""

from __future__ import annotations

import re

from vivavoce.speech.normalise.numbers_en import cardinal, minus, number, plural, scale
from vivavoce.speech.normalise.rules import NUMBER, Rule, rule

__all__ = ["UNIT_RULES"]

_UNITS = {
    "km/h": "kilometer per hour", "kph": "kilometer per hour", "kmh": "kilometer per hour", "mph": "mile per hour",
    "m/s²": "meter per second squared", "m/s^2": "meter per second squared", "m/s": "meter per second",
    "ft/s": "foot per second", "g/cm³": "gram per cubic centimeter", "kg/m³": "kilogram per cubic meter",
    "km²": "square kilometer", "km^2": "square kilometer", "sq km": "square kilometer", "m²": "square meter",
    "m^2": "square meter", "sqm": "square meter", "sq m": "square meter", "cm²": "square centimeter",
    "cm^2": "square centimeter", "mm²": "square millimeter", "ft²": "square foot", "ft^2": "square foot",
    "sq ft": "square foot", "sq mi": "square mile", "mi²": "square mile", "m³": "cubic meter", "m^3": "cubic meter",
    "cm³": "cubic centimeter", "cm^3": "cubic centimeter", "km": "kilometer", "m": "meter", "cm": "centimeter",
    "mm": "millimeter", "µm": "micrometer", "μm": "micrometer", "nm": "nanometer", "mi": "mile", "ft": "foot",
    "yd": "yard", "kg": "kilogram", "kgs": "kilogram", "t": "ton", "g": "gram", "mg": "milligram", "µg": "microgram",
    "μg": "microgram", "lb": "pound", "lbs": "pound", "oz": "ounce", "L": "liter", "l": "liter", "mL": "milliliter",
    "ml": "milliliter", "cl": "centiliter", "dl": "deciliter", "gal": "gallon", "fl oz": "fluid ounce",
    "tbsp": "tablespoon", "tsp": "teaspoon", "h": "hour", "hr": "hour", "hrs": "hour", "min": "minute",
    "mins": "minute", "s": "second", "sec": "second", "secs": "second", "ms": "millisecond", "µs": "microsecond",
    "μs": "microsecond", "ns": "nanosecond", "yr": "year", "yrs": "year", "Hz": "hertz", "kHz": "kilohertz",
    "MHz": "megahertz", "GHz": "gigahertz", "W": "watt", "kW": "kilowatt", "MW": "megawatt", "GW": "gigawatt",
    "kWh": "kilowatt hour", "MWh": "megawatt hour", "Wh": "watt hour", "V": "volt", "mV": "millivolt",
    "kV": "kilovolt", "mA": "milliamp", "mAh": "milliamp hour", "Ω": "ohm", "kΩ": "kilohm", "J": "joule",
    "kJ": "kilojoule", "cal": "calorie", "kcal": "kilocalorie", "kB": "kilobyte", "KB": "kilobyte", "MB": "megabyte",
    "GB": "gigabyte", "TB": "terabyte", "PB": "petabyte", "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte",
    "kbps": "kilobit per second", "Kbps": "kilobit per second", "Mbps": "megabit per second",
    "Gbps": "gigabit per second", "kbit/s": "kilobit per second", "Mbit/s": "megabit per second",
    "MB/s": "megabyte per second", "GB/s": "gigabyte per second", "fps": "frame per second", "rpm": "R P M",
    "dpi": "D P I", "bpm": "beat per minute", "dB": "decibel", "px": "pixel", "Pa": "pascal", "hPa": "hectopascal",
    "kPa": "kilopascal", "psi": "P S I", "°C": "degree Celsius", "º C": "degree Celsius", "ºC": "degree Celsius",
    "℃": "degree Celsius", "° C": "degree Celsius", "°F": "degree Fahrenheit", "ºF": "degree Fahrenheit",
    "℉": "degree Fahrenheit", "° F": "degree Fahrenheit", "°": "degree", "º": "degree", "%": "percent",
    "‰": "per mille", "¢": "cent", "bps": "bit per second", "tok/s": "token per second",
}  # fmt: skip
_UNIT = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))
_PER = {
    "h": "hour", "hr": "hour", "hour": "hour", "s": "second", "sec": "second", "min": "minute", "minute": "minute",
    "day": "day", "d": "day", "week": "week", "wk": "week", "month": "month", "mo": "month", "year": "year",
    "yr": "year", "kg": "kilogram", "lb": "pound", "L": "liter", "km": "kilometer", "mi": "mile", "night": "night",
    "person": "person", "user": "user", "m²": "square meter",
}  # fmt: skip
_PER_UNIT = "|".join(re.escape(unit) for unit in sorted(_PER, key=len, reverse=True))


_MULTITUDES = {"10": "tens", "100": "hundreds", "1000": "thousands"}
_INVARIABLE = frozenset({"percent", "per mille", "hertz", "kilohertz", "megahertz", "gigahertz"})
_SIGN = r"(?<![\w.])(-)?+"


def _unit(quantity: re.Match[str]) -> str:
    sign, written, unit = quantity.groups()
    name = _UNITS[unit]
    return f"{minus(sign)}{number(written)} {name if written == '1' else _many(name)}"


def _compound(quantity: re.Match[str]) -> str:
    """Return a quantity written as an adjective, "5-km", which keeps the singular."""
    return f"{number(quantity[1])} {_UNITS[quantity[2]]}"


def _many(name: str) -> str:
    """Return the plural of a unit: of its first noun, "miles per hour", or, before none, of the whole."""
    head, per, rate = name.partition(" per ")
    if name in _INVARIABLE or head[-1].isupper():
        return name
    if head.startswith("degree"):
        return head.replace("degree", "degrees", 1)
    if head.endswith("foot"):
        return head[: -len("foot")] + "feet" + per + rate
    return plural(head) + per + rate


def _scaled(quantity: re.Match[str]) -> str:
    sign, written, letter = quantity.groups()
    return f"{minus(sign)}{number(written)} {scale(None, letter)}"


def _height(height: re.Match[str]) -> str:
    return f"{cardinal(int(height[1]))} foot {cardinal(int(height[2]))}"


UNIT_RULES: list[Rule] = [
    rule(r"(?<![\w.,])(10|100|1,?000)s (?=of\b)", lambda many: f"{_MULTITUDES[many[1].replace(',', '')]} "),
    rule(rf"(?<=\b[Aa] )({NUMBER})[ -]?({_UNIT}) (?=[a-z])", lambda adjective: f"{_compound(adjective)} "),
    rule(rf"{_SIGN}({NUMBER})\s?({_UNIT})(?![\w²³^]|-[a-z])", _unit),
    rule(rf"(?<![\w.])({NUMBER})-({_UNIT})(?![\w²³^])", _compound),
    rule(rf"{_SIGN}({NUMBER})(k|bn|M|(?<=\d\d)K)(?![\w-])", _scaled),
    rule(rf"(?<=[a-z])\s?/\s?({_PER_UNIT})(?!\w)", lambda rate: f" per {_PER[rate[1]]}"),
    rule(r"(?<![\w.])(\d)'\s?(1[01]|\d)(?:\"|'')", _height),
    rule(rf"(?<![\w.])({NUMBER})[x×](?!\w)", lambda times: f"{number(times[1])} times"),
]
"""Measures, with their unit in the right number; a rate keeps its "per"."""
