#!/bin/sh
# Makes target/arm64: what it takes to run an arm64 Python on another machine.
#   target/arm64/root   Debian's python3 for arm64, unpacked, with the libraries it needs
#   target/arm64/bin    qemu-aarch64-static, where the machine has none of its own
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

if qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64); then
    ln -s "$qemu" "$work/bin/qemu-aarch64"
else
    (cd "$work/apt" && { apt download "qemu-user-static:$host" || apt download "qemu-user:$host"; }) ||
        missing "no qemu-aarch64 on the PATH, and apt has neither qemu-user-static nor qemu-user"
    mkdir "$work/apt/qemu"
    dpkg-deb -x "$work"/apt/qemu-user*.deb "$work/apt/qemu"
    for qemu in "$work/apt/qemu/usr/bin/qemu-aarch64-static" "$work/apt/qemu/usr/bin/qemu-aarch64"; do
        [ ! -f "$qemu" ] || { mv "$qemu" "$work/bin/qemu-aarch64"; break; }
    done
fi

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
