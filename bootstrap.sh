#!/bin/sh
# Finds a Python that is new enough and lets it build .venv. Called by make; may be called by hand.
set -eu
cd "$(dirname "$0")"
for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" -P config/bootstrap.py
    fi
done
echo "Python 3.11 or newer is needed, and none of python3, python3.11 … python3.14 is that: install one." >&2
exit 1
