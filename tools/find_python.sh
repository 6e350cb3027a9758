#!/bin/sh
# Print the first Python that cxsim can use, or say what to do and fail.
# Candidates are run, not just looked up: a version manager's shim may exist without its Python.
suitable='import sys; sys.exit(not (3, 12) <= sys.version_info[:2] < (3, 15))'

for candidate in ${PYTHON:+"$PYTHON"} python3.13 python3.12 python3.14 python3 python \
    "$HOME"/.pyenv/versions/3.1[234]*/bin/python; do
    if "$candidate" -c "$suitable" >/dev/null 2>&1; then
        echo "$candidate"
        exit 0
    fi
    if [ "$candidate" = "$PYTHON" ]; then
        echo "PYTHON=$PYTHON is not a working Python 3.12, 3.13 or 3.14." >&2
        exit 1
    fi
done

cat >&2 <<TEXT
cxsim needs Python 3.12, 3.13 or 3.14 (python3 here: $(python3 --version 2>/dev/null || echo none)).
Install one, or install uv (which can fetch one), or point to one that is elsewhere:
    make app PYTHON=/path/to/python3.12
TEXT
exit 1
