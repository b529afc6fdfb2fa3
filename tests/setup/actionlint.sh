#!/bin/sh
# Makes target/actionlint/actionlint with the Go of `pygo go`, which the tests need too. Does nothing when it is there
# already. Needs target/release/pygo ($PYGO names another one), a package index and a Go module proxy.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# Older versions do not know the runner macos-15-intel.
module=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
final=$root/target/actionlint

if [ "$(cat "$final/.stamp" 2>/dev/null)" = "$module" ]; then
    exit 0
fi
echo "actionlint: building into $final" >&2
rm -rf "$final"
GOBIN=$final GOFLAGS=-trimpath CGO_ENABLED=0 GOCACHE=${XDG_CACHE_HOME:-$HOME/.cache}/pygo-tests/go \
    "${PYGO:-$root/target/release/pygo}" go install "$module"
echo "$module" >"$final/.stamp"
