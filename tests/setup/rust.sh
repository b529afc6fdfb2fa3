#!/bin/sh
# Makes target/rust: Debian's newest Rust with the sources of its standard library, from which cargo compiles it for
# targets that rustup is not asked for.
#   target/rust/bin    cargo and rustc
# Does nothing when it is there already.
set -eu
name=rust
. "$(dirname "$0")/debian.sh"

if is_there; then
    exit 0
fi
echo "rust: unpacking Rust into $final" >&2
begin "${DPKG_STATUS:-/var/lib/dpkg/status}"
unpack rustc-web cargo-web rust-web-src
mkdir "$work/bin"
