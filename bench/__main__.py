"""`python -m bench`: every measurement whose figures the project claims, one after the other."""

from __future__ import annotations

import subprocess
import sys

MEASUREMENTS = (
    ("bench.conversation",),
    ("bench.conversation", "--llm", "auto", "--wait-for", "qwen2.5-coder-1.5b"),
    ("bench.noise",),
    ("bench.barge_in",),
    ("bench.churn",),
    ("bench.wire_codec",),
)


def main() -> int:
    """Run them in processes of their own, and return how many failed."""
    extra = sys.argv[1:]
    failed = 0
    for module, *arguments in MEASUREMENTS:
        speech = extra if module in {"bench.conversation", "bench.noise", "bench.barge_in"} else []
        failed += bool(subprocess.run([sys.executable, "-m", module, *arguments, *speech], check=False).returncode)
    return failed


if __name__ == "__main__":
    sys.exit(main())
