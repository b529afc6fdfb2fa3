#!/bin/sh
# Makes target/buildah: buildah and mmdebstrap, where the machine has none of its own. They build an image
# and the Debian in it without a container engine, a daemon or a registry.
# Does nothing when it is there already. Packages are resolved by apt in a state directory of its own
# and unpacked, not installed: this needs no root, and changes nothing on the machine. Needs: Debian's
# apt-get and dpkg-deb.
set -eu
project=$(cd "$(dirname "$0")/../.." && pwd)
final=$project/target/buildah

missing() {
    echo "buildah: $1" >&2
    exit 1
}

if command -v buildah >/dev/null && command -v mmdebstrap >/dev/null; then
    exit 0
fi
stamp=$(sha256sum <"$0")
if [ -f "$final/.stamp" ] && [ "$(cat "$final/.stamp")" = "$stamp" ]; then
    exit 0
fi
[ "$(uname -s)" = Linux ] || missing "images are built on Linux only, this is $(uname -s)"
for tool in apt-get dpkg-deb; do
    command -v $tool >/dev/null || missing "no $tool: buildah and mmdebstrap come from Debian packages"
done

echo "buildah: unpacking buildah and mmdebstrap into $final" >&2
work=$final.new
rm -rf "$work" "$final"
mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/root"
trap 'rm -rf "$work"' EXIT
# The machine's own list of installed packages, so that only what it lacks is downloaded.
cat >"$work/apt/apt.conf" <<CONF
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Debug::NoLocking "true";
Dir::State "$work/apt";
Dir::State::status "${DPKG_STATUS:-/var/lib/dpkg/status}";
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

apt update || missing "apt-get update failed"
apt --download-only -y install buildah mmdebstrap || missing "apt has no buildah and mmdebstrap"
for deb in "$work"/apt/archives/*.deb; do
    dpkg-deb -x "$deb" "$work/root" || missing "cannot unpack $(basename "$deb")"
done
for tool in buildah mmdebstrap; do
    [ -x "$work/root/usr/bin/$tool" ] || command -v $tool >/dev/null ||
        missing "the packages contain no $tool"
done

rm -rf "$work/apt"
echo "$stamp" >"$work/.stamp"
mv "$work" "$final"
trap - EXIT
