"""Reading a character's file, and telling its author what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vivavoce.errors import InputError
from vivavoce.personas.files import FILE_MAX_BYTES, is_persona_id, parse_character, read_character, write_character
from vivavoce.personas.lines import standard_lines
from vivavoce.personas.persona import EXPRESSIONS

LEAST = """\
name: Ada
languages: [en]
instructions: You are Ada.
"""
FULL = """\
name: {en: Mei, zh: 小美}
languages: [en, zh]
instructions:
  en: You are Mei.
  zh: >-
    你是小美，
    爱笑。
greeting: {en: Hi!, zh: 你好！}
voice: {en: heart, zh: zf_xiaoyi}
speed: 1
expressions: [joy, anger]
actions: [wave]
tools: [time.*]
engine: mem0_proxy
memory: false
fallback:
  trouble: {en: Oops., zh: 哎呀。}
  working: [Hm.]
"""


def refusal(text: str, name: str = "ada.yaml") -> InputError:
    with pytest.raises(InputError) as caught:
        parse_character(text, Path(name))
    assert caught.value.code == "persona_invalid"
    return caught.value


def test_a_file_needs_only_a_name_a_language_and_instructions() -> None:
    _, persona = parse_character(LEAST, Path("ada.yaml"))

    assert (persona.id, persona.name, persona.languages, persona.instructions) == (
        "ada",
        "Ada",
        ("en",),
        "You are Ada.",
    )
    assert (persona.greeting, persona.voice, persona.speed, persona.tools) == ("", (), 1.0, ("*",))
    assert persona.memory
    assert persona.fallback == standard_lines("en")


def test_every_text_may_differ_by_language() -> None:
    _, persona = parse_character(FULL, Path("mei.yaml"))
    chinese = dict(persona.wordings)["zh"]

    assert (persona.name, chinese.name) == ("Mei", "小美")
    assert (persona.greeting, chinese.greeting) == ("Hi!", "你好！")
    assert dict(persona.voice) == {"en": "heart", "zh": "zf_xiaoyi"}
    assert (persona.fallback.trouble, chinese.fallback.trouble) == ("Oops.", "哎呀。")
    assert persona.fallback.working == chinese.fallback.working == ("Hm.",)
    assert chinese.fallback.tool_failed == standard_lines("zh").tool_failed
    assert (persona.speed, persona.expressions, persona.tools) == (1.0, ("joy", "anger"), ("time.*",))
    assert persona.actions == ("wave",)
    assert (persona.engine, persona.memory) == ("mem0_proxy", False)


def test_lines_of_chinese_are_joined_without_a_blank() -> None:
    _, persona = parse_character(FULL, Path("mei.yaml"))

    assert dict(persona.wordings)["zh"].instructions == "你是小美，爱笑。"


def test_every_expression_there_is_may_be_used() -> None:
    _, persona = parse_character(LEAST + f"expressions: [{', '.join(EXPRESSIONS)}]\n", Path("ada.yaml"))

    assert persona.expressions == EXPRESSIONS


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        (LEAST + "speed: 3\n", 4, "speed"),
        (LEAST + "speed: fast\n", 4, "speed"),
        (LEAST + "greting: Hi\n", 4, "greting"),
        (LEAST + "memory: 1\n", 4, "memory"),
        (LEAST + "expressions:\n  - joy\n  - smirk\n", 6, "expressions.1"),
        (LEAST + "voice: {en: heart, fr: jean}\n", 4, "voice.fr"),
        (LEAST + "greeting:\n  fr: Salut\n", 5, "greeting.fr"),
        (LEAST + "greeting: 5\n", 4, "greeting"),
        (LEAST + "fallback:\n  working: []\n", 5, "fallback.working"),
        (LEAST + "fallback:\n  truble: Oh\n", 5, "fallback.truble"),
        (LEAST.replace("[en]", "[english]"), 2, "languages.0"),
        (LEAST.replace("[en]", "[no]"), 2, "languages.0"),
        (LEAST.replace("instructions", "prompt"), 1, "instructions"),
        (FULL.replace("  en: You are Mei.\n", ""), 3, "instructions"),
    ],
)
def test_a_wrong_field_is_named_with_its_file_and_line(text: str, line: int, field: str) -> None:
    error = refusal(text)

    assert error.message.startswith(f"ada.yaml, line {line}: '{field}': ")
    assert error.param == field


def test_the_sentence_says_what_may_stand_there() -> None:
    assert "less than or equal to 1.5" in refusal(LEAST + "speed: 3\n").message
    assert "'joy'" in refusal(LEAST + "expressions: [smirk]\n").message
    assert "there are trouble, working, tool_failed" in refusal(LEAST + "fallback: {oh: no}\n").message
    assert "has to be there" in refusal("languages: [en]\ninstructions: x\n").message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: [unclosed\n", "not YAML"),
        ("name: a\n  b: c\n", "line 2: this is not YAML"),
        ("just words", "written as fields"),
        ("- a\n- b\n", "written as fields"),
        ("", "has to be there"),
        ("name: a\nname: b\n", "line 2: 'name' is there twice"),
        ("name: &a Ada\nlanguages: [en]\ninstructions: *a\n", "references"),
        ("name: !!python/object/apply:os.system [id]\n", "not YAML"),
        ("name: " + "[" * 3_000, "not YAML"),
        ("name: a\nwhen: 2024-13-45\n", "not YAML"),
        ("? [a, b]\n: c\n", "not YAML"),
        ("name: \x07\n", "not YAML"),
    ],
)
def test_what_is_no_plain_yaml_is_refused_in_one_sentence(text: str, told: str) -> None:
    error = refusal(text)

    assert told in error.message
    assert "\n" not in error.message


def test_a_file_that_cannot_be_read_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "big.yaml").write_text("name: " + "a" * FILE_MAX_BYTES)
    (tmp_path / "latin.yaml").write_bytes("name: Jürgen".encode("latin-1"))
    (tmp_path / "Bad Name.yaml").write_text(LEAST)
    (tmp_path / "folder.yaml").mkdir()

    for name, told in {
        "big": "larger than 64 kB",
        "latin": "UTF-8",
        "Bad Name": "lower-case",
        "folder": "cannot be read",
    }.items():
        with pytest.raises(InputError, match=told):
            read_character(tmp_path / f"{name}.yaml")


@pytest.mark.parametrize("text", [LEAST, FULL])
def test_what_is_written_reads_the_same_again(tmp_path: Path, text: str) -> None:
    written, persona = parse_character(text, Path("ada.yaml"))

    write_character(tmp_path / "new" / "ada.yaml", written)

    assert read_character(tmp_path / "new" / "ada.yaml") == (written, persona)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["ada.yaml"]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("viva", True),
        ("old-tom-2", True),
        ("", False),
        ("Viva", False),
        ("a--b", False),
        ("../a", False),
        ("小梅", False),
        ("a" * 41, False),
        ("-a", False),
    ],
)
def test_an_id_is_short_and_plain(name: str, is_one: bool) -> None:
    assert is_persona_id(name) is is_one
