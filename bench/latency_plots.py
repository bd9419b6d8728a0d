"""The pictures of `bench latency`: the waterfall of a turn, and how the wait for the first audio is spread.

Owns what is drawn and from where to where a step reaches. Refuses to measure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

__all__ = ["distribution", "spans_ms", "waterfall"]

STARTS = {
    "turn_confirmed": (),
    "transcript": (),
    "first_token": ("transcript",),
    "first_clause": ("first_token",),
    "first_audio": ("first_clause", "first_token"),
}
"""The step that each waits for, the nearest first; steps that wait for nothing begin with the silence itself."""

COLOURS = ("#7a7f87", "#3a6ea5", "#5b8c5a", "#c08a2b", "#a8483f")
BIN_MS = 50


def spans_ms(steps: Mapping[str, Mapping[int, float]]) -> dict[str, tuple[float, float]]:
    """Return from when to when each step's work goes on, at the medians.

    Work under the silence and the decision that the turn is over overlap; where the step it waits for is not known to
    have come first, a step has no length.
    """
    spans: dict[str, tuple[float, float]] = {}
    for step, found in steps.items():
        before = next((steps[name][50] for name in STARTS[step] if name in steps), 0.0)
        spans[step] = (min(before, found[50]), found[50])
    return spans


def waterfall(axes: Axes, steps: Mapping[str, Mapping[int, float]]) -> None:
    """Draw each step from where it may begin to its median, with a line on to its 95th percentile."""
    spans = spans_ms(steps)
    for row, (step, (begin, end)) in enumerate(spans.items()):
        late = steps[step][95]
        axes.barh(row, end - begin, left=begin, height=0.6, color=COLOURS[row % len(COLOURS)])
        axes.plot([end, late], [row, row], color="#555555", linewidth=1)
        axes.text(late + 8, row, f"{end:.0f} (p95 {late:.0f})", va="center", fontsize=9)
    if "turn_confirmed" in spans:
        # What lies left of this line was done under the silence.
        axes.axvline(spans["turn_confirmed"][1], color=COLOURS[0], linewidth=1, linestyle=":")
    axes.set_yticks(range(len(spans)), [step.replace("_", " ") for step in spans])
    axes.invert_yaxis()
    axes.set_xlim(0, max(found[95] for found in steps.values()) * 1.25)
    axes.set_xlabel("milliseconds after the end of speech: bar to the median, line to the 95th percentile")


def distribution(axes: Axes, waits: Sequence[float], limits: Mapping[int, float]) -> None:
    """Draw how many turns waited how long for the first audio, their share so far, and the limits."""
    # Only here, as in `Report.plot`: nothing but a drawing needs matplotlib.
    from matplotlib.ticker import MaxNLocator

    edges = [index * BIN_MS for index in range(int(max(waits)) // BIN_MS + 2)]
    axes.hist(waits, bins=edges, color=COLOURS[1])
    axes.set_xlabel("milliseconds from the end of speech to the first audio")
    axes.set_ylabel("turns")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    share = axes.twinx()
    ordered = sorted(waits)
    share.step(
        ordered, [100 * (index + 1) / len(ordered) for index in range(len(ordered))], where="post", color="#555555"
    )
    share.set_ylim(0, 100)
    share.set_ylabel("% of turns answered by then")
    for percent, limit in limits.items():
        axes.axvline(limit, color=COLOURS[4], linewidth=1, linestyle="--")
        axes.text(
            limit,
            0.98,
            f" p{percent} limit",
            rotation=90,
            va="top",
            fontsize=8,
            color=COLOURS[4],
            transform=axes.get_xaxis_transform(),
        )
