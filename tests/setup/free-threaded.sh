#!/bin/sh
# Makes target/free-threaded: CPython without the GIL, compiled from the sources of a Debian release.
#   target/free-threaded/3.13/bin/python3.13t
# Does nothing when it is there already. Needs a C compiler, make, and the headers of zlib, OpenSSL and libffi
# (Debian: zlib1g-dev libssl-dev libffi-dev). Takes five minutes on two processors.
set -eu
name=free-threaded
suite=trixie
releases=3.13
. "$(dirname "$0")/debian.sh"

if is_there; then
    exit 0
fi
echo "free-threaded: compiling CPython $releases into $final" >&2
mirror=$(apt-get indextargets --format '$(REPO_URI)' | grep '/debian/*$' | head -n 1)
[ -n "$mirror" ] || missing "apt knows no mirror of Debian"
begin /var/lib/dpkg/status "Dir::Etc::sourcelist \"$work/sources.list\"; Dir::Etc::sourceparts \"-\";" "$mirror $suite"
for release in $releases; do
    (cd "$work/apt" && apt source --download-only "python$release") || missing "Debian has no source of Python $release"
    mkdir "$work/apt/$release"
    tar -xf "$work"/apt/"python${release}_"*.orig.tar.?z -C "$work/apt/$release" --strip-components 1
    (
        cd "$work/apt/$release"
        ./configure --quiet --disable-gil --prefix "$final/$release"
        make --quiet -j "$(nproc)"
        make --quiet install "DESTDIR=$work/apt/installed"
    ) >"$work/apt/log" 2>&1 || {
        tail -n 40 "$work/apt/log" >&2
        missing "Python $release cannot be compiled"
    }
    mv "$work/apt/installed$final/$release" "$work/$release"
done
finish
for release in $releases; do
    "$final/$release/bin/python${release}t" -c 'import sys, zlib, ssl; assert not sys._is_gil_enabled()' ||
        missing "the compiled Python $release does not start"
done
