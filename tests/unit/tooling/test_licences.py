"""Nothing in the default installation is under the GPL."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution

import pytest
from packaging.requirements import Requirement

from scripts.licences import gpl_libraries, is_strong_copyleft, objection
from scripts.python_env import lock_text


def locked_here() -> list[str]:
    lines = [line.rstrip("\\ ") for line in lock_text("runtime").splitlines() if line[:1].isalnum()]
    requirements = [Requirement(line) for line in lines]
    return [wanted.name for wanted in requirements if wanted.marker is None or wanted.marker.evaluate()]


@pytest.mark.parametrize(
    "statement",
    [
        "GPL-3.0-or-later",
        "GPLv2",
        "AGPL-3.0",
        "MIT AND GPL-2.0-only",
        "License :: OSI Approved :: GNU General Public License v3 or later (GPLv3+)",
        "License :: OSI Approved :: GNU Affero General Public License v3",
        "GPL-2.0-only OR AGPL-3.0-only",
    ],
)
def test_the_gpl_is_recognised(statement: str) -> None:
    assert is_strong_copyleft(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "MIT",
        "LGPL-2.1-or-later",
        "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
        "License :: OSI Approved :: GNU Library or Lesser General Public License (LGPL)",
        "MIT OR GPL-3.0-only",
        "BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1",
        "PSF-2.0",
        "MPL-2.0",
    ],
)
def test_other_licences_pass(statement: str) -> None:
    assert not is_strong_copyleft(statement)


class Wheel(Distribution):
    """A distribution of the test's own."""

    def __init__(self, metadata: str, record: str = "") -> None:
        self._texts = {"METADATA": f"Metadata-Version: 2.4\nName: wheel\n{metadata}\n", "RECORD": record}

    def read_text(self, filename: str) -> str | None:
        return self._texts.get(filename)

    def locate_file(self, path: object) -> object:  # type: ignore[override]  # read only by callers of locate()
        raise NotImplementedError


def test_a_native_library_under_the_gpl_is_found_in_a_wheel_with_a_free_licence() -> None:
    wheel = Wheel("License-Expression: BSD-3-Clause", "av.libs/libx264-9b7d.so.164,,\nav/__init__.py,,")
    assert gpl_libraries(wheel) == ["av.libs/libx264-9b7d.so.164"]
    assert objection(wheel) == "it carries av.libs/libx264-9b7d.so.164"


def test_a_distribution_that_says_nothing_is_objected_to() -> None:
    assert objection(Wheel("License: UNKNOWN")) == "its metadata names no licence"


def test_nothing_that_everybody_gets_is_under_the_gpl() -> None:
    names = locked_here()
    objections = {name: reason for name in names if (reason := objection(distribution(name)))}
    assert len(names) > 40
    assert objections == {}
