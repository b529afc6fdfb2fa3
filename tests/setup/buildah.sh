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
unpack buildah mmdebstrap patchelf
# buildah runs itself in the environment of the image, where no variable says where its libraries are. The
# older DT_RPATH counts for the libraries' own libraries, too.
for libraries in "$work"/root/usr/lib/*-linux-gnu; do
    "$work/root/usr/bin/patchelf" --force-rpath --set-rpath "$final/root/usr/lib/${libraries##*/}" \
        "$work/root/usr/bin/buildah" || missing "patchelf cannot say where buildah's libraries are"
done
for tool in buildah mmdebstrap; do
    [ -x "$work/root/usr/bin/$tool" ] || command -v $tool >/dev/null ||
        missing "the packages contain no $tool"
done
finish
