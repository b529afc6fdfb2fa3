#!/bin/sh
# Makes target/pypy:
#   target/pypy/bin/pypy3   Debian's PyPy, which has cffi
#   target/pypy/root        what it is in
# Does nothing when it is there already.
set -eu
name=pypy
. "$(dirname "$0")/debian.sh"

if is_there; then
    exit 0
fi
echo "pypy: unpacking PyPy into $final" >&2
begin /var/lib/dpkg/status
unpack pypy3
mkdir "$work/bin"
libraries=$final/root/usr/lib/$(uname -m)-linux-gnu:$final/root/lib/$(uname -m)-linux-gnu
printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s "$@"\n' "$libraries" "$final/root/usr/bin/pypy3" >"$work/bin/pypy3"
chmod +x "$work/bin/pypy3"
finish
"$final/bin/pypy3" -c 'import _cffi_backend, ctypes' || missing "the unpacked PyPy does not start"
