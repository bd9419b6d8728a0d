"""`make docs`: those pages of `docs/` that repeat what the code says, written from the code.

Run as `python -m scripts.docs`.

Owns the generated pages. Everything else in `docs/` is written by hand. Unlike the set-up it needs the environment.
"""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.rest_reference import application_openapi, render_rest
from scripts.steps import ROOT, say
from vivavoce.conversation import transitions
from vivavoce.models.manifest import load_manifest
from vivavoce.observe.metrics import METRICS
from vivavoce.personas.library import PersonaLibrary
from vivavoce.personas.persona import EXPRESSIONS
from vivavoce.personas.schema import CharacterFile, FallbackFields
from vivavoce.providers import LlmBlock, ProviderBlock, SttBlock, TtsBlock
from vivavoce.realtime.wire.schema import render_markdown
from vivavoce.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic.fields import FieldInfo

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


def settings() -> str:
    """Every setting, from the settings class."""
    rows = [
        f"| `{name}` | {_default(field.get_default())} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    table = "\n".join(["| setting | default | meaning |", "| --- | --- | --- |", *rows])
    intro = (
        "Each can be given as an option of `vivavoce serve` where there is one, as `VIVAVOCE_NAME` in the environment, "
        "or as `name` in `vivavoce.toml` (or the file after `--config`), in this order. `vivavoce config` shows what "
        "is in force and where it comes from."
    )
    return page("Settings", intro, table, *_provider_blocks())


def _provider_blocks() -> list[str]:
    """The fields of a provider block, from their classes: those all jobs share, then each job's own."""
    heading = "| field | default | meaning |\n| --- | --- | --- |"
    common = ProviderBlock.model_fields
    jobs: dict[str, type[ProviderBlock]] = {"stt": SttBlock, "llm": LlmBlock, "tts": TtsBlock}
    own = {job: {n: f for n, f in block.model_fields.items() if n not in common} for job, block in jobs.items()}
    intro = (
        "`stt`, `llm` and `tts` each take one provider or a list of them, in order of preference: when the first fails "
        "or is late, the next goes on within the turn, and only what is listed counts. On one line, names, files, hub "
        "names and URLs are parted by commas (`VIVAVOCE_LLM=http://127.0.0.1:11434/v1#qwen3,auto`). In the file, each "
        "may be a table instead (`[[llm]]`), and in the environment a JSON list."
    )
    return [
        "## Provider blocks",
        intro,
        _fields(heading, common),
        *(part for job, fields in own.items() for part in (f"Besides, in `[[{job}]]`:", _fields(heading, fields))),
    ]


def _fields(heading: str, fields: Mapping[str, FieldInfo]) -> str:
    rows = (f"| `{name}` | {_default(_unset(field))} | {field.description} |" for name, field in fields.items())
    return "\n".join([heading, *rows])


def _unset(field: FieldInfo) -> object:
    """Return a field's default; a field that must be given has none."""
    return None if field.is_required() else field.get_default()


def metrics() -> str:
    """Every metric of `GET /metrics`, from its table."""
    rows = [
        f"| `{metric.name}{'_total' if metric.kind == 'counter' else ''}` | {metric.kind} "
        f"| {', '.join(metric.labels)} | {metric.meaning} |"
        for metric in METRICS
    ]
    table = "\n".join(["| metric | kind | labels | meaning |", "| --- | --- | --- | --- |", *rows])
    intro = (
        "`GET /metrics` answers in Prometheus's text format; a server with an API key asks for the key. Every metric "
        "has the label `worker`, the number of the process it is about: with `vivavoce serve --workers N` whichever "
        "process answers tells the figures of all. `job` is what an engine is for: turn, stt, llm or tts."
    )
    return page("Metrics", intro, table)


def characters() -> str:
    """Every field of a character's file, from its schema, and the characters that ship."""
    rows = [_field_row(name, field) for name, field in CharacterFile.model_fields.items() if name != "fallback"]
    rows += [_field_row(f"fallback.{name}", field) for name, field in FallbackFields.model_fields.items()]
    table = "\n".join(["| field | default | meaning |", "| --- | --- | --- |", *rows])
    shipped = [
        f"| `{persona.id}` | {' / '.join([persona.name, *(wording.name for _, wording in persona.wordings)])} "
        f"| {', '.join(persona.languages)} | {', '.join(f'`{voice}`' for _, voice in persona.voice)} |"
        for persona in PersonaLibrary().all()
    ]
    listed = "\n".join(["| id | name | languages | voices |", "| --- | --- | --- | --- |", *shipped])
    intro = (
        "A character is a file `ID.yaml`; [Write a character](../how-to/write-a-character.md) shows how. `name`, "
        "`instructions`, `greeting`, `voice` and the lines of `fallback` may be written once, or by language, as in "
        "`name: {en: Lin, zh: 阿林}`. A field without a default has to be there. Expressions are "
        f"{', '.join(f'`{name}`' for name in EXPRESSIONS)}."
    )
    return page("Characters", intro, table, "## Those that ship", listed)


def _field_row(name: str, field: FieldInfo) -> str:
    shown = "" if field.is_required() else json.dumps(_written(field.get_default(call_default_factory=False)))
    return f"| `{name}` | {'' if shown in ('', 'null') else f'`{shown}`'} | {field.description} |"


def _written(default: object) -> object:
    return default[""] if isinstance(default, dict) and "" in default else default


def protocol() -> str:
    """The wire, from the types that decode and encode it."""
    return page("Protocol", render_markdown().partition("\n")[2])


def rest() -> str:
    """Every request that the server answers, from the application's OpenAPI document."""
    intro = (
        "What a server answers over HTTP, beside the sockets of the [protocol](protocol.md). The same as an OpenAPI "
        "document: `GET /v1/openapi.json`. A server with keys wants one with each: `Authorization: Bearer KEY`. "
        'An error is told as `{"error": {message, type, code, param}}`, with a code of [these](errors.md).'
    )
    return page("REST", intro, render_rest(application_openapi()))


def errors() -> str:
    """Every error code that the sources can raise or tell, with the kind of error and where it comes from."""
    found: dict[str, tuple[str, set[str]]] = {}
    for path in sorted((ROOT / "src/vivavoce").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = _error_code(call)
            if named is not None:
                code, kind = named
                found.setdefault(code, (kind, set()))[1].add(path.relative_to(ROOT / "src/vivavoce").parts[0])
    rows = [f"| `{code}` | {kind} | {', '.join(sorted(places))} |" for code, (kind, places) in sorted(found.items())]
    table = "\n".join(["| code | kind | raised in |", "| --- | --- | --- |", *rows])
    intro = (
        "The wire, the log and the command line tell the same code, with one sentence saying what happened and one "
        "saying what to do. An InputError is the caller's to mend; what is retryable may succeed later, unchanged."
    )
    return page("Error codes", intro, table)


def _error_code(node: ast.AST) -> tuple[str, str] | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    kind, values = node.func.id, list(node.args[:1])
    if kind == "Failure":
        values = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
    elif not kind.endswith("Error"):
        return None
    first = values[0] if values else None
    is_code = isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value.isidentifier()
    return (str(first.value), kind) if is_code and isinstance(first, ast.Constant) else None


def _default(value: object) -> str:
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else value
    return f"`{shown}`" if value not in (None, "", (), {}) else ""


def page(title: str, *parts: str) -> str:
    """Return the text of a page: its title, the note that it is generated, and its parts."""
    return "\n\n".join([f"# {title}", NOTE, *(part.strip() for part in parts)]) + "\n"


PAGES: Mapping[Path, Callable[[], str]] = {
    Path("explanation/turn-states.md"): turn_states,
    Path("reference/characters.md"): characters,
    Path("reference/models.md"): models,
    Path("reference/settings.md"): settings,
    Path("reference/errors.md"): errors,
    Path("reference/metrics.md"): metrics,
    Path("reference/protocol.md"): protocol,
    Path("reference/rest.md"): rest,
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
