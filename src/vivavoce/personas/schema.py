"""A character as its file and the REST API write it.

Owns the fields that may be written, their limits, and how they become a `Persona`. Refuses to know YAML and folders.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from vivavoce.errors import InputError
from vivavoce.personas.lines import standard_lines
from vivavoce.personas.persona import FallbackLines, Persona, Wording
from vivavoce.speech.cues import ActionName
from vivavoce.speech.scripts import CJK_CLASS

__all__ = ["CharacterFile", "FallbackFields"]

T = TypeVar("T")
_EVERY = ""
"""The key of what is written once, for all languages."""
_WIDE = f"{CJK_CLASS}。，！？；：、“”「」『』（）《》"
_FOLD = re.compile(f"(?<=[{_WIDE}])\\s+(?=[{_WIDE}])")


def _per_language(value: object) -> object:
    return value if isinstance(value, Mapping) else {_EVERY: value}


def _as_written(value: Mapping[str, Any]) -> object:
    return value[_EVERY] if _EVERY in value else dict(value)


def _unfolded(text: str) -> str:
    """Return the text without the blanks that YAML puts where a line of Chinese was broken."""
    return _FOLD.sub("", text.strip())


def _localised(kind: dict[str, object]) -> tuple[object, ...]:
    schema = {"anyOf": [kind, {"type": "object", "additionalProperties": kind}]}
    return BeforeValidator(_per_language), PlainSerializer(_as_written), WithJsonSchema(schema)


_TEXT = _localised({"type": "string"})
_LINES = _localised({"type": "array", "items": {"type": "string"}})

Language = Annotated[str, Field(pattern="^[a-z]{2,3}$")]
Expression = Literal["neutral", "joy", "sadness", "surprise", "anger", "relaxed", "thinking"]
Name = Annotated[dict[str, Annotated[str, Field(min_length=1, max_length=40)]], *_TEXT]
Prompt = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(_unfolded)]
Instructions = Annotated[dict[str, Prompt], *_TEXT]
Spoken = Annotated[dict[str, Annotated[str, Field(max_length=300)]], *_TEXT]
SpokenChoice = Annotated[
    dict[str, Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(min_length=1, max_length=20)]],
    *_LINES,
]


class FallbackFields(BaseModel):
    """Lines for when something is missing; what is left out has ours."""

    model_config = ConfigDict(extra="forbid", strict=True)

    trouble: Spoken | None = Field(default=None, description="said when the model does not answer")
    working: SpokenChoice | None = Field(default=None, description="said, one of them, when a tool takes long")
    tool_failed: Spoken | None = Field(default=None, description="said when a tool has failed")


class CharacterFile(BaseModel):
    """A character, as written. A text may be one for all languages, or one for each, by language code."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Name = Field(description="what it is called")
    languages: list[Language] = Field(
        min_length=1, max_length=20, description="two-letter codes of the languages it speaks, its first language first"
    )
    switches_languages: bool = Field(
        False, description="whether the language may change from one sentence to the next, so each is recognised anew"
    )
    about: Spoken = Field({_EVERY: ""}, description="a line on who it is, for whoever chooses; never told to the model")
    instructions: Instructions = Field(
        description="who it is and how it speaks: what the language model is told first; short is fast"
    )
    greeting: Spoken = Field({_EVERY: ""}, description="what it says first in a new conversation")
    voice: Name | None = Field(
        default=None, description="the voice's name; each language has a voice where none is named"
    )
    speed: float = Field(1.0, ge=0.25, le=1.5, strict=False, description="speaking rate, 0.25 to 1.5")
    expressions: list[Expression] = Field([], max_length=7, description="what its face may show")
    actions: list[ActionName] = Field([], max_length=3, description="movements it may make")
    tools: list[Annotated[str, Field(min_length=1, max_length=100)]] = Field(
        ["*"], max_length=100, description="tools it may use: names or patterns such as `time.*`; `[]` for none"
    )
    engine: str = Field("", max_length=100, description="the reply engine; the server's where none is named")
    memory: bool = Field(True, description="whether it remembers the user from one conversation to the next")
    fallback: FallbackFields = Field(default=FallbackFields(), description="its lines for when something is missing")

    def persona(self, persona_id: str) -> Persona:
        """Return the character.

        Raises:
            InputError: `persona_invalid`, a text is in a language that is not the character's, or not in its first.
        """
        self._check_languages()
        first, *others = self.languages
        wording = self._wording(first)
        return Persona(
            id=persona_id,
            name=wording.name,
            languages=tuple(self.languages),
            about=tuple((language, self._in(self.about, language)) for language in self.languages),
            instructions=wording.instructions,
            fallback=wording.fallback,
            greeting=wording.greeting,
            voice=self._voices(),
            speed=self.speed,
            expressions=tuple(self.expressions),
            actions=tuple(self.actions),
            tools=tuple(self.tools),
            engine=self.engine,
            memory=self.memory,
            switches_languages=self.switches_languages,
            wordings=tuple((language, self._wording(language)) for language in others),
        )

    def _wording(self, language: str) -> Wording:
        return Wording(
            name=self._in(self.name, language),
            instructions=self._in(self.instructions, language),
            greeting=self._in(self.greeting, language),
            fallback=self._lines(language),
        )

    def _lines(self, language: str) -> FallbackLines:
        ours, own = standard_lines(language), self.fallback
        return FallbackLines(
            trouble=self._in(own.trouble, language) if own.trouble else ours.trouble,
            working=tuple(self._in(own.working, language)) if own.working else ours.working,
            tool_failed=self._in(own.tool_failed, language) if own.tool_failed else ours.tool_failed,
        )

    def _voices(self) -> tuple[tuple[str, str], ...]:
        voice = self.voice or {}
        if _EVERY in voice:
            return tuple((language, voice[_EVERY]) for language in self.languages)
        return tuple(voice.items())

    def _in(self, texts: Mapping[str, T], language: str) -> T:
        """Return the text in the language, or else in the character's first."""
        return texts[next(key for key in (_EVERY, language, self.languages[0]) if key in texts)]

    def _check_languages(self) -> None:
        for field, texts in self._localised_fields():
            foreign = next((key for key in texts if key != _EVERY and key not in self.languages), None)
            if foreign is not None:
                raise _refused(
                    f"{field}.{foreign}", f"'{foreign}' is not among its languages ({', '.join(self.languages)})"
                )
            if field != "voice" and _EVERY not in texts and self.languages[0] not in texts:
                raise _refused(field, f"it has to be there in its first language, '{self.languages[0]}'")

    def _localised_fields(self) -> Sequence[tuple[str, Mapping[str, object]]]:
        lines = self.fallback
        fields: list[tuple[str, Mapping[str, object] | None]] = [
            ("name", self.name),
            ("about", self.about),
            ("instructions", self.instructions),
            ("greeting", self.greeting),
            ("voice", self.voice),
            ("fallback.trouble", lines.trouble),
            ("fallback.working", lines.working),
            ("fallback.tool_failed", lines.tool_failed),
        ]
        return [(field, texts) for field, texts in fields if texts is not None]


def _refused(field: str, reason: str) -> InputError:
    return InputError("persona_invalid", f"The character's '{field}' cannot be used: {reason}.", param=field)
