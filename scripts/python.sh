#!/bin/sh
# Runs its arguments with a Python that every locked package has a wheel for: $PYTHON when it is
# set, else the first of the usual names that is 3.11 to 3.14. POSIX sh, because no Python is
# known to exist before this has run.

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1
}

if [ -n "${PYTHON:-}" ]; then
    if fits "$PYTHON"; then exec "$PYTHON" "$@"; fi
    echo "vivavoce: PYTHON=$PYTHON is not a Python 3.11 to 3.14. Point PYTHON at one, or leave it unset." >&2
    exit 1
fi

for candidate in python3 python3.13 python3.12 python3.11 python3.14 python; do
    if fits "$candidate"; then exec "$candidate" "$@"; fi
done

echo "vivavoce: no Python 3.11 to 3.14 on PATH. Install one, or name it: make run PYTHON=/path/to/python3." >&2
exit 1
