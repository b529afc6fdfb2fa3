#!/bin/sh
# Makes target/buildah: buildah and mmdebstrap, where the machine has none of its own. They build an image
# and the Debian in it without a container engine, a daemon or a registry.
# Does nothing when it is there already.
set -eu
name=buildah
. "$(dirname "$0")/debian.sh"

if is_there || { command -v buildah >/dev/null && command -v mmdebstrap >/dev/null; }; then
    exit 0
fi
echo "buildah: unpacking buildah and mmdebstrap into $final" >&2
# The machine's own list of installed packages, so that only what it lacks is downloaded.
begin "${DPKG_STATUS:-/var/lib/dpkg/status}"
unpack buildah mmdebstrap
for tool in buildah mmdebstrap; do
    [ -x "$work/root/usr/bin/$tool" ] || command -v $tool >/dev/null ||
        missing "the packages contain no $tool"
done
finish
