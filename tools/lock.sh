#!/bin/sh
# Write constraints.txt: one tested version of everything, for every Python and platform we support.
# Keeps the versions already there where it can; `tools/lock.sh --upgrade` takes the newest.
set -eu
uv=$(command -v uv || echo .venv/bin/uv)
"$uv" pip compile --quiet --universal --python-version 3.12 --all-extras --group dev \
    --no-annotate --no-emit-index-url --no-emit-find-links \
    --custom-compile-command "make lock" "$@" -o constraints.txt pyproject.toml
