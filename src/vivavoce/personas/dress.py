"""What a session takes over from a character, in the language it is held in.

Owns the choice among a character's wordings and voices, and how the model is told of cues. Refuses to know what
a session is. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass

from vivavoce.personas.lines import standard_lines
from vivavoce.personas.persona import FallbackLines, Persona, Wording

__all__ = ["Dress", "dressed", "expression_rule", "language_with"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """One character in one language.

    Attributes:
        persona_id: whose.
        name: what it is called in this language.
        language: ISO 639-1 code; the character's first where the session names none. One that it does not speak leaves
            it its own prompt, and no voice.
        instructions: the system prompt, without memory, tools and expressions.
        greeting: what it says first; empty for nothing, and where the language is not the character's.
        voice: the voice's name; empty lets the language choose, which a session in several languages has to.
        voices: the voice of each of its languages, for such a session.
        speed: speaking rate, 0.25 to 1.5.
        expressions: what its replies may show.
        actions: the movements its replies may ask for.
        expression_rule: the sentence that tells the model so; empty where there is nothing to show.
        fallback: what it says when something is missing, in the session's language.
        tools: names or patterns of the tools it may use.
        engine: the reply engine; empty for the server's.
        memory: whether it remembers the user.
    """

    persona_id: str
    name: str
    language: str
    instructions: str
    greeting: str
    voice: str
    voices: tuple[tuple[str, str], ...]
    speed: float
    expressions: tuple[str, ...]
    actions: tuple[str, ...]
    expression_rule: str
    fallback: FallbackLines
    tools: tuple[str, ...]
    engine: str
    memory: bool


def language_with(persona: Persona, language: str) -> str:
    """Return the language of a conversation that someone moves to this character: theirs, or one it speaks."""
    if persona.switches_languages:
        return "auto"
    code = language.partition("-")[0].lower()
    return language if code == "auto" or code in persona.languages else persona.languages[0]


def dressed(persona: Persona, language: str) -> Dress:
    """Return what a session held in `language` (ISO 639-1, perhaps with a region, or auto) takes over."""
    code = language.partition("-")[0].lower()
    spoken = persona.languages[0] if code in ("", "auto") else code
    is_spoken = spoken in persona.languages
    wording = _wording(persona, spoken)
    return Dress(
        persona_id=persona.id,
        name=wording.name,
        language=spoken,
        instructions=wording.instructions,
        greeting=wording.greeting if is_spoken else "",
        voice="" if code == "auto" and len(persona.languages) > 1 else dict(persona.voice).get(spoken, ""),
        voices=persona.voice,
        speed=persona.speed,
        expressions=persona.expressions,
        actions=persona.actions,
        expression_rule=expression_rule(persona, spoken),
        fallback=wording.fallback if is_spoken else standard_lines(spoken),
        tools=persona.tools,
        engine=persona.engine,
        memory=persona.memory,
    )


def expression_rule(persona: Persona, language: str = "") -> str:
    """Return the sentence for the prompt that says which cues there are; empty when there are none.

    `language` is the prompt's, the character's first where it is not given.
    """
    shown = [name for name in persona.expressions if name != "neutral"]
    marks = " ".join(f"[{name}]" for name in (*shown, *persona.actions))
    if not marks:
        return ""
    # At the end: before the words a mark costs a small model 120 ms of silence, and an example is said for an answer.
    if (language if language in persona.languages else persona.languages[0]) == "zh":
        return f"有情绪时，可以在句末加一个标记：{marks}。"
    return (
        f"Say your answer in words; only at their end, where they show a feeling, may stand its mark, one of {marks}."
    )


def _wording(persona: Persona, language: str) -> Wording:
    first = Wording(
        name=persona.name, instructions=persona.instructions, greeting=persona.greeting, fallback=persona.fallback
    )
    return dict(persona.wordings).get(language, first)
