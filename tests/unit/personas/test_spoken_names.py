"""Finding a character by what someone called it."""

from __future__ import annotations

import pytest

from vivavoce.personas.library import PersonaLibrary

LIBRARY = PersonaLibrary()


@pytest.mark.parametrize(
    ("spoken", "meant"),
    [
        ("Viva", "viva"),
        ("switch to Viva, please", "viva"),
        ("can I talk to lin", "lin"),
        ("Lynn", None),
        ("Xiao Mei", "xiaomei"),
        ("xiaomei", "xiaomei"),
        ("小梅", "xiaomei"),
        ("小美", "xiaomei"),
        ("换成小妹吧", "xiaomei"),
        ("我想跟阿林说话", "lin"),
        ("薇娃", "viva"),
        ("小明", None),
        ("somebody else", None),
        ("the line is bad", None),
        ("", None),
        ("？！", None),
    ],
)
def test_a_name_is_found_as_it_sounds(spoken: str, meant: str | None) -> None:
    found = LIBRARY.find(spoken, "en")

    assert (found.id if found else None) == meant
