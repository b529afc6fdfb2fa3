#!/bin/sh
# Makes target/chromium: Debian's chromium with the libraries that this machine lacks, unpacked into `root`, and
# `chromium`, which starts it. Does nothing when it is there already, or when the machine has a Chromium.
set -eu
name=chromium
. "$(dirname "$0")/debian.sh"

for installed in chromium chromium-browser google-chrome; do
    ! command -v $installed >/dev/null || exit 0
done
if is_there; then
    exit 0
fi
echo "chromium: unpacking it into $final" >&2
begin /var/lib/dpkg/status
unpack chromium fonts-dejavu-core
libraries=$(cd "$work/root" && find . -name '*.so*' -printf "$final/root/%h\n" | sort -u | paste -sd:)
printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$libraries" "$final/root/usr/lib/chromium/chromium" >"$work/chromium"
chmod +x "$work/chromium"
finish
"$final/chromium" --version >/dev/null || missing "the unpacked Chromium does not start"
