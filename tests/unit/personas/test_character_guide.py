"""The guide to writing a character shows what really loads."""

from __future__ import annotations

import re
from pathlib import Path

from vivavoce.personas.files import parse_character

GUIDE = Path(__file__).parents[3] / "docs/how-to/write-a-character.md"


def test_the_example_of_the_guide_is_a_character() -> None:
    example = re.search(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None

    _, persona = parse_character(example[1], Path("tom.yaml"))

    assert (persona.id, persona.name) == ("tom", "Tom")
