"""`make setup`: everything the project needs, in order, leaving out what is there already.

Run as `python -m scripts.prepare [--development] [--extra NAME]... [--without-page]`.

Owns the order of the steps. Run by any Python from 3.11 on, before the environment exists.
"""

from __future__ import annotations

import argparse

from scripts import node_env, python_env
from scripts.steps import SetupError, fail, one_at_a_time


def main() -> int:
    """Prepare the checkout; return 0, or 1 after one line that says what is missing."""
    parser = argparse.ArgumentParser(prog="python -m scripts.prepare", description="Set up this checkout.")
    parser.add_argument("--development", action="store_true", help="also what the checks and tests need")
    parser.add_argument("--extra", action="append", default=[], help="an extra of the project, as piper")
    parser.add_argument("--without-page", action="store_true", help="leave Node and the web page out")
    options = parser.parse_args()
    try:
        with one_at_a_time():
            uv = python_env.find_uv()
            python_env.ensure_venv(uv)
            python_env.ensure_packages(uv, development=options.development, extras=frozenset(options.extra))
            if not options.without_page:
                node_env.ensure_page(node_env.find_node(uv))
    except SetupError as error:
        return fail(error)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
