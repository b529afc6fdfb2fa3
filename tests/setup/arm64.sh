#!/bin/sh
# Makes target/arm64: what it takes to run an arm64 Python on another machine.
#   target/arm64/root   Debian's python3 for arm64, unpacked, with the libraries it needs
#   target/arm64/bin    qemu-aarch64-static, where the machine has none of its own
#   target/arm64/site   cffi's runtime for it, from its aarch64 wheel
# Does nothing when it is there already. Packages are resolved by apt in a state
# directory of its own and unpacked, not installed: this needs no root, and changes
# nothing on the machine. Needs: Debian's apt-get and dpkg-deb, and target/judges.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
final=$project/target/arm64
judges=$project/target/judges
cffi=2.1.1

missing() {
    echo "arm64: $1" >&2
    exit 1
}

stamp=$(sha256sum <"$0")
if [ -f "$final/.stamp" ] && [ "$(cat "$final/.stamp")" = "$stamp" ]; then
    exit 0
fi
[ "$(uname -s)" = Linux ] || missing "programs for arm64 Linux run on Linux only, this is $(uname -s)"
for tool in apt-get dpkg-deb dpkg; do
    command -v $tool >/dev/null || missing "no $tool: the arm64 Python comes from Debian packages"
done
[ -x "$judges/bin/python" ] || missing "no target/judges: run tests/setup/judges.sh first"

echo "arm64: unpacking an arm64 Python into $final" >&2
work=$final.new
rm -rf "$work" "$final"
mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/root" "$work/bin" "$work/site"
trap 'rm -rf "$work"' EXIT
: >"$work/apt/status"
host=$(dpkg --print-architecture)
cat >"$work/apt/apt.conf" <<CONF
APT::Architecture "arm64";
APT::Architectures { "arm64"; "$host"; };
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Dir::State "$work/apt";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt";
Dir::Log "$work/apt";
Acquire::Languages "none";
Acquire::Retries "3";
CONF

apt() {
    APT_CONFIG=$work/apt/apt.conf apt-get -qq "$@" >"$work/apt/log" 2>&1 || {
        cat "$work/apt/log" >&2
        return 1
    }
}

apt update || missing "apt-get update failed for arm64: do the sources in /etc/apt carry that architecture?"
apt --download-only -y install python3-minimal libpython3-stdlib ||
    missing "apt has no python3-minimal and libpython3-stdlib for arm64"
for deb in "$work"/apt/archives/*.deb; do
    dpkg-deb -x "$deb" "$work/root" || missing "cannot unpack $(basename "$deb")"
done

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

rm -rf "$work/apt"
echo "$version" >"$work/version"
echo "$stamp" >"$work/.stamp"
mv "$work" "$final"
trap - EXIT
