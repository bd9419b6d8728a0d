import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.report import Report, aligned

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def test_a_table_has_even_columns_also_with_chinese_in_them() -> None:
    text = aligned(("word", "ms"), [("对不起", 7), ("sorry", 125), ("uh", None)])
    assert text.splitlines() == [
        "  word     ms",
        "  ------  ---",
        "  对不起    7",
        "  sorry   125",
        "  uh        -",
    ]


def test_a_table_without_rows_still_shows_its_headers() -> None:
    assert aligned(("a", "bc"), []) == "  a  bc\n  -  --"


def test_a_figure_says_whether_its_limit_is_met_and_the_json_keeps_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = Report("made-up", "A bench that measures nothing", folder=tmp_path)
    report.figure("within", 349.6, "ms", 350)
    report.figure("at the limit", 0, "", 0)
    report.figure("over", 0.41, "s", 0.4)
    report.figure("never came", None, "ms", 5)
    report.figure("for the record", 12.0, "MB")
    path = report.save([{"clip": "对"}])
    printed = capsys.readouterr().out
    assert "within" in printed
    assert printed.count(": met)") == 2
    assert printed.count(": missed)") == 2
    assert report.missed == ("over", "never came")
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["machine"]
    assert kept["machine"] in printed
    assert [figure["met"] for figure in kept["figures"]] == [True, True, False, False, None]
    assert kept["data"] == [{"clip": "对"}]


def test_a_plot_is_an_svg_file_whose_words_are_text(tmp_path: Path) -> None:
    def draw(axes: "Axes") -> None:
        axes.plot([1, 2], [3, 4])
        axes.set_xlabel("milliseconds")

    path = Report("made-up", "A plot", folder=tmp_path).plot(draw, "curve")
    assert path is not None
    assert path == tmp_path / "curve.svg"
    root = ElementTree.parse(path).getroot()
    assert "milliseconds" in "".join(root.itertext())


def test_figures_are_not_lost_where_nothing_can_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert Report("made-up", "No plot", folder=tmp_path).plot(lambda axes: None, "curve") is None
    assert "matplotlib is missing" in capsys.readouterr().out
