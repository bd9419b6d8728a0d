"""Words that every database can hold.

Owns what PostgreSQL refuses: the character 0, and halves of characters. SQLite is kept to the same, so that a history
can move. Refuses to know what the words are.
"""

from __future__ import annotations

from typing import Any

__all__ = ["is_storable", "storable", "storable_row"]


def storable(words: str) -> str:
    """Return the words without characters 0, and with a question mark for half a character."""
    return words.replace("\x00", "").encode(errors="replace").decode()


def is_storable(words: str) -> bool:
    """Whether words are kept as they are; what is not cannot be found either."""
    return storable(words) == words


def storable_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose words are all storable, those within JSON too."""
    return {name: _storable_value(value) for name, value in row.items()}


def _storable_value(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): _storable_value(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable_value(each) for each in value]
    return value
