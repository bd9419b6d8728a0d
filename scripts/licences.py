"""What licence an installed distribution is under, as far as its own metadata says.

Owns the reading of licence statements. Refuses to give legal advice: it finds the GPL and AGPL, which nothing in the
default installation may be under, and native libraries that are known to be under them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_STRONG = re.compile(r"\bA?GPL|(?<!Lesser )(?<!Library )General Public License", re.IGNORECASE)
_WITH_EXCEPTION = re.compile(r"\bGPL-[\d.]+(-only|-or-later)?(\s+WITH\s+|-with-)[\w.-]*exception[\w.-]*", re.IGNORECASE)
_GPL_LIBRARY = re.compile(r"\blib(x264|x265|xvidcore|postproc)\b", re.IGNORECASE)


def is_strong_copyleft(statement: str) -> bool:
    """Tell whether a licence statement leaves no choice but the GPL or AGPL.

    A statement is an SPDX expression, a classifier or a few free words. The LGPL is not meant, nor the GPL with the
    run-time exception of the compilers' libraries. Of "A OR B" it is enough that one is free of them.
    """
    choices = re.split(r"\s+OR\s+", statement)
    return all(_STRONG.search(_WITH_EXCEPTION.sub("", choice)) for choice in choices)


def statements(distribution: Distribution) -> list[str]:
    """Return what the metadata says of the licence, the most exact kind only; empty when it says nothing."""
    metadata = distribution.metadata
    if "License-Expression" in metadata:
        return [metadata["License-Expression"]]
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License ::")]
    # Some put the whole text there; its name stands in the first lines.
    words = " ".join(" ".join(metadata.get_all("License") or []).split())[:120]
    return [*classifiers, *([words] if words and words != "UNKNOWN" else [])]


def gpl_libraries(distribution: Distribution) -> list[str]:
    """Return the files of a distribution that are, by their name, native libraries under the GPL."""
    names = [str(path) for path in distribution.files or []]
    return [name for name in names if _GPL_LIBRARY.search(name.rpartition("/")[2].replace("-", " "))]


def objection(distribution: Distribution) -> str | None:
    """Return why this distribution may not be in the default installation, or None."""
    said = statements(distribution)
    if not said:
        return "its metadata names no licence"
    bad = [statement for statement in said if is_strong_copyleft(statement)]
    if bad:
        return "it is under " + "; ".join(bad)
    libraries = gpl_libraries(distribution)
    return "it carries " + ", ".join(libraries) if libraries else None
