#!/bin/sh
# Makes target/clang:
#   target/clang/bin      clang, lld and llvm's archiver
#   target/clang/root     what they are in, with Debian's C library for arm64: a sysroot
# Does nothing when it is there already.
set -eu
name=clang
release=16
. "$(dirname "$0")/debian.sh"

if is_there; then
    exit 0
fi
echo "clang: unpacking clang $release into $final" >&2
begin "${DPKG_STATUS:-/var/lib/dpkg/status}"
unpack clang-$release lld-$release llvm-$release libc6-dev-arm64-cross libgcc-12-dev-arm64-cross
mkdir "$work/bin"
libraries=$final/root/usr/lib/llvm-$release/lib:$final/root/usr/lib/$(uname -m)-linux-gnu
for tool in clang clang++ ld.lld ld64.lld llvm-ar llvm-ranlib; do
    exe=$final/root/usr/lib/llvm-$release/bin/$tool
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$libraries" "$exe" >"$work/bin/$tool"
    chmod +x "$work/bin/$tool"
done
finish
"$final/bin/clang" --version >/dev/null || missing "the unpacked clang does not start"
