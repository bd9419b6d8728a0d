"""`make docs`: those pages of `docs/` that repeat what the code says, written from the code.

Run as `python -m scripts.docs`.

Owns the generated pages. Everything else in `docs/` is written by hand. Unlike the set-up it needs the environment.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.steps import ROOT, say
from vivavoce.conversation import transitions
from vivavoce.models.manifest import load_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCS = ROOT / "docs"
NOTE = "<!-- Written by `make docs` from the code. Do not edit. -->"


def turn_states() -> str:
    """The theory of the turn and its diagram, from the transition table."""
    prose = inspect.getdoc(transitions) or ""
    title, _, theory = prose.partition("Theory of operation\n-------------------\n")
    rows = [
        f"| `{source}` | {trigger} | `{target}` |"
        for (source, trigger), target in transitions.TABLE.items()
        if target is not transitions.State.CLOSED
    ]
    table = "\n".join(["| while | when | then |", "| --- | --- | --- |", *rows])
    return page("Turn states", title, "```mermaid\n" + transitions.diagram() + "```", theory, "## The table", table)


def models() -> str:
    """The models that vivavoce knows, from its manifest."""
    rows = [
        f"| `{model.name}` | {model.job} | {model.purpose} | {model.bytes / 1e6:.0f} MB | {model.memory_mb} MB "
        f"| {model.licence} | {'yes' if model.default else ''} |"
        for model in load_manifest().models
    ]
    heading = "| name | for | what it does | download | memory | licence | standard |"
    table = "\n".join([heading, "| --- | --- | --- | --- | --- | --- | --- |", *rows])
    intro = "The standard set comes by itself; `vivavoce models pull NAME` fetches another."
    return page("Models", intro, table)


def page(title: str, *parts: str) -> str:
    """Return the text of a page: its title, the note that it is generated, and its parts."""
    return "\n\n".join([f"# {title}", NOTE, *(part.strip() for part in parts)]) + "\n"


PAGES: Mapping[Path, Callable[[], str]] = {
    Path("explanation/turn-states.md"): turn_states,
    Path("reference/models.md"): models,
}


def main() -> int:
    """Write every generated page that differs from what is there."""
    for path, write in PAGES.items():
        target, text = DOCS / path, write()
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            say(f"wrote docs/{path}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
