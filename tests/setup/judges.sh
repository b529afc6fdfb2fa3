#!/bin/sh
# Makes target/judges: a virtual environment with the tools that judge the wheels,
# at the versions of judges.txt. Does nothing when it is there already.
# Needs: Python 3.10 or later with venv ($PYTHON, else python3) and a package index.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$root/target/judges
python=${PYTHON:-python3}

missing() {
    echo "judges: $1" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    missing "no $python found: install Python 3.10 or later, or name one with PYTHON="
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    missing "$("$python" --version) is too old: Python 3.10 or later is needed (name one with PYTHON=)"
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    missing "$python has no venv: install it (Debian: apt-get install python3-venv)"

stamp=$({ cat "$here/judges.txt"; "$python" -c 'import sys; print(sys.version, sys.base_prefix)'; } | sha256sum)
if [ -f "$venv/.stamp" ] && [ "$(cat "$venv/.stamp")" = "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null; then
    exit 0
fi

echo "judges: installing into $venv" >&2
rm -rf "$venv"
mkdir -p "$root/target"
"$python" -m venv "$venv"
# pip replaces itself first: it is one of the judges.
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$(grep '^pip==' "$here/judges.txt")"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile -r "$here/judges.txt"
echo "$stamp" >"$venv/.stamp"
