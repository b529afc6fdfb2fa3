#!/bin/sh
# Makes target/index: a virtual environment with pypiserver, the index that tests publish to, at the
# versions of index.txt. Does nothing when it is there already.
# Needs: Python 3.10 or later with venv ($PYTHON, else python3) and a package index.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$root/target/index
python=${PYTHON:-python3}

stamp=$({ cat "$here/index.txt"; "$python" -c 'import sys; print(sys.version, sys.base_prefix)'; } | sha256sum)
if [ -f "$venv/.stamp" ] && [ "$(cat "$venv/.stamp")" = "$stamp" ]; then
    exit 0
fi
echo "index: installing into $venv" >&2
rm -rf "$venv"
mkdir -p "$root/target"
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile -r "$here/index.txt"
echo "$stamp" >"$venv/.stamp"
