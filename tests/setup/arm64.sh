#!/bin/sh
# Makes target/arm64: what it takes to run an arm64 Python on another machine.
#   target/arm64/root   Debian's python3 for arm64, unpacked, with the libraries it needs
#   target/arm64/bin    qemu-aarch64, and those of other processors, for programs that need no libraries
#   target/arm64/site   cffi's runtime for it, from its aarch64 wheel
# Does nothing when it is there already. Needs target/judges.
set -eu
name=arm64
. "$(dirname "$0")/debian.sh"
judges=$project/target/judges
cffi=2.1.1

if is_there; then
    exit 0
fi
[ -x "$judges/bin/python" ] || missing "no target/judges: run tests/setup/judges.sh first"
echo "arm64: unpacking an arm64 Python into $final" >&2
host=$(dpkg --print-architecture)
begin "$work/apt/status" "APT::Architecture \"arm64\"; APT::Architectures { \"arm64\"; \"$host\"; };"
mkdir "$work/bin" "$work/site"
unpack python3-minimal libpython3-stdlib

if command -v qemu-aarch64-static >/dev/null || command -v qemu-aarch64 >/dev/null; then
    found() { command -v "$1-static" || command -v "$1"; }
else
    (cd "$work/apt" && { apt download "qemu-user-static:$host" || apt download "qemu-user:$host"; }) ||
        missing "no qemu-aarch64 on the PATH, and apt has neither qemu-user-static nor qemu-user"
    dpkg-deb -x "$work"/apt/qemu-user*.deb "$work/qemu"
    found() { ls "$work/qemu/usr/bin/$1-static" 2>/dev/null || ls "$work/qemu/usr/bin/$1" 2>/dev/null; }
fi
for arch in aarch64 arm ppc64le riscv64 s390x; do
    if qemu=$(found "qemu-$arch"); then
        case $qemu in
        "$work"/*) mv "$qemu" "$work/bin/qemu-$arch" ;;
        *) ln -s "$qemu" "$work/bin/qemu-$arch" ;;
        esac
    fi
done
rm -rf "$work/qemu"

python="$work/bin/qemu-aarch64 -L $work/root $work/root/usr/bin/python3"
version=$($python -c 'import sys; print("%d.%d" % sys.version_info[:2])') ||
    missing "the unpacked arm64 Python does not start under qemu-aarch64"
"$judges/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps \
    --target "$work/site" --only-binary :all: --python-version "$version" --implementation cp \
    --platform manylinux2014_aarch64 --platform manylinux_2_17_aarch64 --platform manylinux_2_28_aarch64 \
    "cffi==$cffi" || missing "no wheel of cffi $cffi for Python $version on aarch64"
PYTHONPATH=$work/site $python -c 'import _cffi_backend, dataclasses' ||
    missing "cffi's runtime does not load in the unpacked arm64 Python"

echo "$version" >"$work/version"
finish
