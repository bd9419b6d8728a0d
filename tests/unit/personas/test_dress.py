"""What a session takes over from a character."""

from __future__ import annotations

from dataclasses import replace

from vivavoce.personas.dress import dressed, expression_rule, language_with
from vivavoce.personas.lines import standard_lines
from vivavoce.personas.persona import FallbackLines, Persona, Wording

LINES = FallbackLines(trouble="Oh.", working=("Hm.",), tool_failed="No.")
CHINESE = FallbackLines(trouble="哦。", working=("嗯。",), tool_failed="不行。")
MEI = Persona(
    id="mei",
    name="Mei",
    languages=("en", "zh"),
    instructions="You are Mei.",
    greeting="Hi!",
    fallback=LINES,
    voice=(("en", "heart"), ("zh", "zf_xiaoyi")),
    speed=1.1,
    expressions=("joy", "anger"),
    wordings=(("zh", Wording(name="小美", instructions="你是小美。", greeting="你好！", fallback=CHINESE)),),
)


def test_a_session_gets_the_words_and_the_voice_of_its_language() -> None:
    english, chinese = dressed(MEI, "en"), dressed(MEI, "zh-CN")

    assert (english.name, english.instructions, english.greeting) == ("Mei", "You are Mei.", "Hi!")
    assert (chinese.name, chinese.instructions, chinese.greeting) == ("小美", "你是小美。", "你好！")
    assert (english.voice, chinese.voice) == ("heart", "zf_xiaoyi")
    assert (english.fallback, chinese.fallback) == (LINES, CHINESE)
    assert (english.speed, english.expressions, english.persona_id) == (1.1, ("joy", "anger"), "mei")


def test_a_session_without_a_language_gets_the_characters_first() -> None:
    assert dressed(MEI, "") == dressed(MEI, "en")
    assert dressed(replace(MEI, languages=("zh",)), "auto").voice == "zf_xiaoyi"


def test_in_a_session_in_several_languages_each_has_its_voice() -> None:
    dress = dressed(MEI, "auto")

    assert (dress.voice, dress.voices) == ("", (("en", "heart"), ("zh", "zf_xiaoyi")))
    assert (dress.instructions, dress.greeting) == ("You are Mei.", "Hi!")


def test_a_language_it_does_not_speak_is_not_greeted_in_another_nor_spoken_in_a_foreign_voice() -> None:
    german, chinese = dressed(MEI, "de"), dressed(replace(MEI, languages=("en",), wordings=()), "zh")

    assert (german.greeting, german.voice, german.instructions) == ("", "", "You are Mei.")
    assert chinese.fallback == standard_lines("zh")


def test_who_moves_to_a_character_moves_to_a_language_it_speaks() -> None:
    assert language_with(MEI, "zh-TW") == "zh-TW"
    assert language_with(MEI, "auto") == "auto"
    assert language_with(MEI, "de") == "en"


def test_the_rule_names_the_cues_in_the_language_of_the_prompt() -> None:
    assert "[joy]" in expression_rule(MEI)
    assert "[anger]" in expression_rule(MEI)
    assert expression_rule(MEI) == expression_rule(MEI, "de") == dressed(MEI, "de").expression_rule
    assert "句" in expression_rule(MEI, "zh")


def test_the_rule_names_movements_where_the_character_has_any() -> None:
    assert "[nod]" not in expression_rule(MEI)
    nodding = replace(MEI, actions=("nod", "wave"))
    assert "[joy] [anger] [nod] [wave]" in expression_rule(nodding)
    assert "[nod]" in expression_rule(replace(nodding, expressions=()))
    assert dressed(nodding, "en").actions == ("nod", "wave")


def test_there_is_no_rule_where_there_is_nothing_to_show() -> None:
    assert expression_rule(replace(MEI, expressions=())) == ""
    assert expression_rule(replace(MEI, expressions=("neutral",))) == ""
