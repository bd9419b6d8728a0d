"""The checks and tests as data: what `make check` and `make test` are made of, in the order of their cost.

Owns the commands. Refuses to run anything: `scripts.check` does.
"""

from __future__ import annotations

from dataclasses import dataclass

MODELS_FOR_TESTS = (
    "silero-vad",
    "smart-turn-v3.2",
    "moonshine-tiny-en",
    "hibari",
    "smollm2-135m",
    "whisper-base",
    "sentence-encoder",
    "qwen2.5-coder-1.5b",
    "kokoro-82m",
)
"""The small set that the integration and browser tests run on, named as in the manifest."""


REAL_THINGS = (
    *("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"),
    *("--reruns", "1", "--max-suite-reruns", "6", "--rerun-show-tracebacks", "-ra"),
)
"""For tests of real processes, models and browsers: they mostly wait, so two files run at a time. Those that take
longest are begun first, which are not those with the most tests (tests/conftest.py). Any machine may be busy just
then, so one that fails is tried once more, and is shown at the end with its failure; one that fails again has failed,
and so has a run with many such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Some commands that stand or fall together.

    The first word of a command is a program of `.venv/bin`, or `npm`, which runs in `web/`, or `pytest`, whose
    tests are counted one by one. What only some stages need is made ready when their turn comes, so that a slip of
    the pen in a Python file does not wait for Node.
    """

    name: str
    commands: tuple[tuple[str, ...], ...]
    needs_page: bool = False
    needs_browser: bool = False
    needs_mcp_server: bool = False
    takes_one_core: bool = False
    """Whether it only computes, on about one core: two of these that follow each other run side by side."""

    @property
    def needs_node(self) -> bool:
        """Whether npm runs here, or something that npm has made is used."""
        needs = self.needs_page or self.needs_browser or self.needs_mcp_server
        return needs or any(command[0] == "npm" for command in self.commands)


STAGES = (
    Stage(name="format", commands=(("ruff", "format", "--check", "."),), takes_one_core=True),
    Stage(name="lint", commands=(("ruff", "check", "."),), takes_one_core=True),
    Stage(name="layers", commands=(("lint-imports", "--no-logo"),), takes_one_core=True),
    Stage(name="types", commands=(("mypy",),), takes_one_core=True),
    Stage(
        name="protocol",
        commands=(
            ("python", "-m", "scripts.wire_schema", "--check"),
            ("npm", "run", "--silent", "protocol", "--", "--check"),
        ),
        takes_one_core=True,
    ),
    Stage(name="web", commands=(("npm", "run", "lint"), ("npm", "run", "types")), takes_one_core=True),
    Stage(name="unit", commands=(("pytest", "tests/unit"),), takes_one_core=True),
    Stage(name="web-unit", commands=(("npm", "test"),), takes_one_core=True),
    Stage(name="web-size", commands=(("npm", "run", "size"),), needs_page=True, takes_one_core=True),
    Stage(name="interaction", commands=(("pytest", "tests/interaction"),), takes_one_core=True),
    Stage(name="models", commands=(("vivavoce", "models", "pull", *MODELS_FOR_TESTS),)),
    Stage(
        name="integration",
        commands=(("pytest", "tests/integration", *REAL_THINGS),),
        needs_page=True,
        needs_mcp_server=True,
    ),
    Stage(name="e2e", commands=(("pytest", "tests/e2e", *REAL_THINGS),), needs_page=True, needs_browser=True),
)

FAST = ("format", "lint", "layers", "types", "protocol", "web")
"""What `make check` runs: seconds, no test."""

FORMATTERS = Stage(
    name="fmt",
    commands=(("ruff", "format", "."), ("ruff", "check", "--fix", "."), ("npm", "run", "--if-present", "format")),
)

GENERATORS = Stage(
    name="docs",
    commands=(
        ("python", "-m", "scripts.docs"),
        ("python", "-m", "scripts.wire_schema"),
        ("npm", "run", "--silent", "protocol"),
    ),
)
"""What writes those files that repeat the code, in the order in which one needs the other."""


def named(names: list[str]) -> tuple[Stage, ...]:
    """Return the stages with these names in their own order; "fast" and "all" stand for many.

    Raises:
        KeyError: no stage has one of the names.
    """
    if names == ["all"]:
        return STAGES
    if names == ["fast"]:
        names = list(FAST)
    known = {stage.name: stage for stage in (*STAGES, FORMATTERS, GENERATORS)}
    wanted = {known[name].name for name in names}
    return tuple(stage for stage in known.values() if stage.name in wanted)
