"""Why a client event was refused, in words its sender understands.

Owns the error that carries the client's `event_id`, and the translation of the decoder's complaints into the codes of
the Realtime protocol, a dotted `param` and a plain sentence. Refuses to know which events exist: callers hand in the
type that was being decoded.
"""

import re
from collections.abc import Iterable
from typing import Final

import msgspec
from msgspec import inspect

from vivavoce.errors import InputError

__all__ = [
    "INVALID_EVENT",
    "INVALID_VALUE",
    "MISSING_PARAMETER",
    "UNKNOWN_PARAMETER",
    "ClientEventError",
    "invalid_value",
    "missing_parameter",
    "refusal_of",
]

INVALID_EVENT: Final = "invalid_event"
INVALID_VALUE: Final = "invalid_value"
MISSING_PARAMETER: Final = "missing_required_parameter"
UNKNOWN_PARAMETER: Final = "unknown_parameter"

_OTHER_FORM: Final = "Expected `str` matching regex"

_SHOWN_CHARACTERS = 80
"""What a client wrote is quoted back no longer than this."""

_WORDS: Final = {
    "object": "an object",
    "array": "an array",
    "str": "a string",
    "bytes": "a base64 string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
}

_MOVED: Final = {
    "session.modalities": "session.output_modalities",
    "session.voice": "session.audio.output.voice",
    "session.speed": "session.audio.output.speed",
    "session.input_audio_format": "session.audio.input.format",
    "session.output_audio_format": "session.audio.output.format",
    "session.input_audio_transcription": "session.audio.input.transcription",
    "session.input_audio_noise_reduction": "session.audio.input.noise_reduction",
    "session.turn_detection": "session.audio.input.turn_detection",
    "session.max_response_output_tokens": "session.max_output_tokens",
    "response.modalities": "response.output_modalities",
    "response.voice": "response.audio.output.voice",
    "response.output_audio_format": "response.audio.output.format",
    "response.max_response_output_tokens": "response.max_output_tokens",
    "response.max_tokens": "response.max_output_tokens",
}
"""Where a field of the beta protocol lives now."""

_GONE: Final = frozenset({"session.temperature", "response.temperature"})

_HINTS: Final = {
    "output_modalities": 'Ask for ["audio"], which always comes with its transcript, or for ["text"]; never for both.',
    "format": 'A format is an object such as {"type": "audio/pcm", "rate": 24000}.',
    "language": "Name it `auto`, or by an ISO 639 code such as `en` or `zh`.",
    "metadata": "Metadata holds up to 16 pairs; keys have up to 64 characters, values are strings of up to 512.",
}


class ClientEventError(InputError):
    """A client event that cannot be used.

    Attributes:
        event_id: the client's own id of that event, to be echoed in the error; None when none could be read.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        remedy: str = "",
        param: str | None = None,
        event_id: str | None = None,
    ) -> None:
        super().__init__(code, message, remedy=remedy, param=param)
        self.event_id = event_id


def invalid_value(param: str, message: str, *, remedy: str = "") -> InputError:
    """Return the refusal of a value that is there but cannot be used."""
    return InputError(INVALID_VALUE, message, remedy=remedy, param=param)


def missing_parameter(param: str) -> InputError:
    """Return the refusal of an object that lacks `param`."""
    return InputError(MISSING_PARAMETER, f"Missing required parameter: '{param}'.", param=param)


def refusal_of(error: msgspec.ValidationError, decoded: inspect.Type) -> InputError:
    """Translate what the decoder said while decoding the type `decoded` into a refusal.

    The decoder names the place last, so that nothing the client wrote can be mistaken for it.
    """
    what, found, place = str(error).rpartition(" - at `")
    if not found:
        what, place = place, ""
    path = place.removesuffix("`").removeprefix("key` in `").removeprefix("$")
    param = path.removeprefix(".").removesuffix("[...]")
    if match := re.fullmatch(r"Object missing required field `(.*)`", what, re.DOTALL):
        return missing_parameter(_joined(param, match[1]))
    if match := re.fullmatch(r"Object contains unknown field `(.*)`", what, re.DOTALL):
        return _unknown_parameter(_joined(param, _shown(match[1])))
    message = _sentence(what, param, _supported(decoded, _steps(path)))
    return invalid_value(param, message, remedy=_hint(what, param.rpartition(".")[2]))


def _hint(what: str, name: str) -> str:
    if name.endswith("id") and what.startswith(_OTHER_FORM):
        return "An id is made of printable ASCII characters, without spaces."
    return _HINTS.get(name, "")


def _unknown_parameter(param: str) -> InputError:
    remedy = ""
    if param in _MOVED:
        remedy = f"That is its name in the beta protocol; it is now '{_MOVED[param]}'."
    elif param in _GONE:
        remedy = "It went away with the beta protocol; leave it out."
    return InputError(UNKNOWN_PARAMETER, f"Unknown parameter: '{param}'.", remedy=remedy, param=param)


def _sentence(what: str, param: str, supported: list[str]) -> str:
    if match := re.fullmatch(r"Expected `([^`]+)`, got `([^`]+)`", what):
        expected = " or ".join(_WORDS.get(name, name) for name in match[1].split(" | "))
        return f"Invalid type for '{param}': expected {expected}, but got {_WORDS.get(match[2], match[2])}."
    if match := re.fullmatch(r"Invalid (?:enum )?value (.*)", what, re.DOTALL):
        choice = f" Supported values are: {', '.join(supported)}." if supported else ""
        return f"Invalid value for '{param}': {_shown(match[1])}.{choice}"
    if match := re.fullmatch(r"Expected `(\w+)` (of length )?([<>=]=?) (\S+)", what):
        bound = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}.get(match[3], "exactly")
        subject = f"The length of '{param}'" if match[2] else f"'{param}'"
        return f"{subject} must be {bound} {match[4]}."
    if what.startswith(_OTHER_FORM):
        return f"Invalid value for '{param}'."
    if what == "Invalid base64 encoded string":
        return f"'{param}' is not valid base64: it needs the standard alphabet, padding, and no line breaks."
    return f"Invalid value for '{param}': {_shown(what)}."


def _joined(parent: str, name: str) -> str:
    return f"{parent}.{name}" if parent else name


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _steps(path: str) -> list[str]:
    return re.findall(r"[^.\[\]]+|\.\.\.", path)


def _supported(decoded: inspect.Type, steps: list[str]) -> list[str]:
    """Return the literal values that the place `steps` may hold, quoted; empty when it takes more than literals."""
    places = _flat([decoded])
    for step in steps:
        tags = [p.tag for p in places if isinstance(p, inspect.StructType) and p.tag_field == step]
        if tags:
            return [repr(tag) for tag in tags]
        places = _flat(_inside(places, step))
    return [repr(value) for place in places if isinstance(place, inspect.LiteralType) for value in place.values]


def _inside(places: Iterable[inspect.Type], step: str) -> Iterable[inspect.Type]:
    for place in places:
        if isinstance(place, inspect.StructType):
            yield from (field.type for field in place.fields if field.encode_name == step)
        elif isinstance(place, inspect.VarTupleType):
            yield place.item_type


def _flat(places: Iterable[inspect.Type]) -> list[inspect.Type]:
    flat: list[inspect.Type] = []
    for place in places:
        if isinstance(place, inspect.Metadata):
            flat.extend(_flat([place.type]))
        elif isinstance(place, inspect.UnionType):
            flat.extend(_flat(place.types))
        else:
            flat.append(place)
    return flat
