import importlib
import inspect
import re

import pytest

from bench.__main__ import BENCHES, ROOT

PAGE = (ROOT / "docs" / "reference" / "benchmarks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_can_be_called_with_arguments_and_says_what_it_takes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main = importlib.import_module(f"bench.{name.replace('-', '_')}").main
    assert list(inspect.signature(main).parameters) == ["arguments"]
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    assert ("--speech" in capsys.readouterr().out) == BENCHES[name].speaks


def test_the_page_of_the_benches_names_each_of_them() -> None:
    assert set(re.findall(r"^\| `([a-z-]+)` \|", PAGE, re.MULTILINE)) == set(BENCHES)
