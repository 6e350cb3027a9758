#!/bin/sh
# tools/install.sh VENV [dev]: make the environment if needed and install cxsim, editable, at the
# tested versions.  Uses uv where it can (seconds), pip where it cannot (a minute or two).
set -eu
venv=$1
group=${2:+--group $2}
python=$venv/bin/python
uv=$(command -v uv || true)

usable() { "$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; }

create_with_uv() {
    # Without a suitable Python, and without a wish for a certain one, uv fetches its own.
    found=$(sh tools/find_python.sh 2>/dev/null || echo "${PYTHON:-3.12}")
    "$uv" venv --quiet --clear --seed --python "$found" "$venv"
}

create_with_python() {
    found=$(sh tools/find_python.sh)
    "$found" -m venv --clear "$venv" || { rm -rf "$venv"; exit 1; }
}

bootstrap_uv() {
    uv=$venv/bin/uv
    [ -x "$uv" ] || "$python" -m pip install --quiet --disable-pip-version-check uv || uv=
}

if ! usable; then
    if [ -n "$uv" ]; then create_with_uv; else create_with_python; fi
    echo "Made $venv with $("$python" --version)."
fi
[ -n "$uv" ] || bootstrap_uv
echo "Installing cxsim and the tested versions of its dependencies ..."
# $group stays unquoted on purpose: it is nothing or two words.
if [ -n "$uv" ]; then
    "$uv" pip install --quiet --python "$python" -c constraints.txt $group -e '.[all]'
else
    "$python" -m pip install --quiet --upgrade 'pip>=25.1' # the first that knows --group
    "$python" -m pip install --quiet -c constraints.txt $group -e '.[all]'
fi
