#!/usr/bin/env bash
# Builds the image of the Dockerfile, and with it, without a network, the wheel of example/hello: as a user
# that the system does not know, and as root, who continues as the owner of the project.
#
# Needs: root, a Debian with apt-get, and the network while the image is built; no container engine and
# no registry. Takes about ten minutes.
#   PYTHON_IMAGE, RUST_IMAGE  start from these; otherwise from a Debian that mmdebstrap downloads, to
#                             which this machine's Rust is mounted for the first stage
#   PYGO                      an executable to put into the image, instead of compiling it there
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
fail() {
    echo "container: FAILED: $1" >&2
    exit 1
}
passed=0
pass() {
    passed=$((passed + 1))
    echo "container: ok: $1"
}
[ "$(id -u)" = 0 ] || fail "only root can build an image without a container engine"
unshare --net true || fail "unshare --net does not work here, so nothing proves that builds download nothing"
"$root/tests/setup/buildah.sh" || fail "buildah and mmdebstrap are missing: apt-get install buildah mmdebstrap"
unpacked=$root/target/buildah/root/usr
if [ -d "$unpacked" ]; then
    PATH=$PATH:$unpacked/bin
fi

mkdir -p "$root/target"
work=$(mktemp -d "$root/target/container.XXXXXX")
# buildah reads its settings below HOME first: none of this machine's count.
mkdir -p "$work/home/.config/containers"
echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$work/home/.config/containers/policy.json"
: >"$work/home/.config/containers/registries.conf"
storage=(--storage-driver vfs --root "$work/store" --runroot "$work/run")
buildah() {
    HOME=$work/home BUILDAH_ISOLATION=chroot command buildah "${storage[@]}" "$@"
}
cleanup() {
    buildah umount --all >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT

# The certificates and the index of this machine may be those of a proxy.
proxy=()
certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
[ -f "$certificates" ] && proxy+=(-v "$certificates:/etc/ssl/certs/ca-certificates.crt:ro")
[ -f /etc/pip.conf ] && proxy+=(-v /etc/pip.conf:/etc/pip.conf:ro)

base=${PYTHON_IMAGE:-}
if [ -z "$base" ]; then
    base=localhost/base
    packages=python3,python3-pip,python3-venv,ca-certificates
    mmdebstrap --quiet --variant=minbase --include=$packages bookworm "$work/base.tar" http://deb.debian.org/debian ||
        fail "mmdebstrap cannot make a Debian"
    printf 'FROM scratch\nADD base.tar /\n' >"$work/Dockerfile"
    buildah bud --quiet -t "$base" "$work" >/dev/null
    rm "$work/base.tar"
fi

stages=(--build-arg "PYTHON_IMAGE=$base")
if [ -n "${PYGO:-}" ]; then
    mkdir -p "$work/stage/pygo/target/release"
    cp "$PYGO" "$work/stage/pygo/target/release/pygo"
    stages+=(--build-context "build=$work/stage" --build-arg "RUST_IMAGE=$base")
elif [ -n "${RUST_IMAGE:-}" ]; then
    stages+=(--build-arg "RUST_IMAGE=$RUST_IMAGE")
else
    rust=$(rustc --print sysroot) || fail "no Rust found: see docs/contributing.md, or set RUST_IMAGE"
    registry=${CARGO_HOME:-$HOME/.cargo}/registry
    mkdir -p "$registry"
    cat >"$work/Dockerfile" <<DOCKERFILE
FROM $base
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev
ENV PATH=/rust/bin:/usr/local/bin:/usr/bin:/bin CARGO_HOME=/cargo
DOCKERFILE
    buildah bud --quiet "${proxy[@]}" -t localhost/rust "$work" >/dev/null ||
        fail "apt-get cannot install gcc in the image"
    stages+=(--build-arg RUST_IMAGE=localhost/rust -v "$rust:/rust:ro" -v "$registry:/cargo/registry")
fi
buildah bud "${proxy[@]}" "${stages[@]}" -t pygo "$root" || fail "the Dockerfile does not build"
buildah inspect --type image --format '{{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}}' localhost/pygo |
    grep -qx '\[entrypoint\] \[matrix\]' || fail "the image does not start pygo matrix"
pass "the image builds"

# Runs the image, as `docker run` does, without a network. buildah gives no entrypoint to `run`.
container=$(buildah from localhost/pygo)
in_image() {
    local options=()
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    HOME=$work/home BUILDAH_ISOLATION=chroot unshare --net buildah "${storage[@]}" run "${options[@]}" \
        "$container" -- entrypoint "$@"
}
project() {
    rm -rf "$work/project"
    cp -r "$root/example/hello" "$work/project"
    rm -rf "$work/project/dist"
    chown -R 12345:12345 "$work/project"
}
only_wheel() {
    local wheels=("$work"/project/dist/*.whl)
    [ ${#wheels[@]} = 1 ] && [ -f "${wheels[0]}" ] || fail "expected one wheel in dist, found: ${wheels[*]}"
    [ "$(stat -c %u "${wheels[0]}")" = "$1" ] || fail "${wheels[0]} does not belong to $1"
    wheel=${wheels[0]}
}

if in_image -- python3 -c 'import socket; socket.create_connection(("pypi.org", 443), 5)' 2>/dev/null; then
    fail "the container has a network"
fi
pass "the container has no network"

project
in_image --user 12345:12345 --env HOME=/ -v "$work/project:/io" -- \
    matrix --targets linux-amd64,linux-arm64,macos-universal2 || fail "uid 12345 with HOME=/ cannot build"
for wheel in "$work"/project/dist/*.whl; do
    [ "$(stat -c %u "$wheel")" = 12345 ] || fail "$wheel does not belong to 12345"
done
set -- "$work"/project/dist/*.whl
[ $# = 3 ] || fail "expected three wheels, found $*"
in_image -v "$work/project:/io:ro" -- check dist || fail "pygo check finds errors"
pass "uid 12345 with HOME=/ builds for three targets, and the wheels belong to it"

project
in_image --user 12345:12345 -v "$work/project:/src" -- \
    sh -c 'unset HOME; cd /src && exec pygo matrix --targets linux-amd64' ||
    fail "uid 12345 without HOME cannot build"
only_wheel 12345
first=$(sha256sum <"$wheel")
pass "uid 12345 without HOME builds at another mount point"

# Root in the container, and a repository of another user, whose tag is the version.
project
chown -R 0:0 "$work/project"
git -C "$work/project" init -q
git -C "$work/project" add .
git -C "$work/project" -c user.name=a -c user.email=a@b commit -qm a
git -C "$work/project" tag 1.2.3
chown -R 12345:12345 "$work/project"
[ "$(in_image -v "$work/project:/src" -- git -C /src describe --tags)" = 1.2.3 ] ||
    fail "git refuses the repository of another user"
pass "root reads another user's repository"

# `docker run --rm -v "$PWD:/io" pygo matrix`, by a caller who is not root.
in_image -v "$work/project:/io" -- matrix --targets linux-amd64 || fail "root cannot build in /io"
only_wheel 12345
[ "$(stat -c %g "$wheel")" = 12345 ] || fail "$wheel belongs to another group"
[ "$first" = "$(sha256sum <"$wheel")" ] || fail "the wheel differs from that of uid 12345"
pass "root builds the same bytes in /io, and the wheel belongs to the owner of the project"

project
chown -R 0:0 "$work/project"
in_image -v "$work/project:/io" -- matrix --targets linux-amd64 || fail "root cannot build its own project"
only_wheel 0
pass "root's own project is built as root"

said=$(in_image --user 12345:12345 --env HOME=/ -v "$work/project:/io:ro" -- sh -c '
    pip install --quiet --no-cache-dir --no-index --no-deps --target /tmp/installed /io/dist/*.whl
    PYTHONPATH=/tmp/installed:$(ls -d /var/cache/pygo/tools/cffi-*/) python3 -c "from example import ExtensionAdapter as A; print(A.hello(\"Go\", 2))"') ||
    fail "the wheel cannot be installed and imported"
[ "$said" = "hello Go 2" ] || fail "the wheel says: $said"
pass "the image's Python imports the wheel"

for program in bash sh; do
    said=$(in_image --user 12345:12345 --env HOME=/ -- $program -c \
        'git --version && pygo --version && python3 -c "print(40 + 2)" && ! touch /x 2>/dev/null && pwd') ||
        fail "$program does not start"
    [ "$(echo "$said" | sed -n '1s/ .*//p;2s/ .*//p;3,$p' | xargs)" = "git pygo 42 /io" ] ||
        fail "$program says: $said"
done
in_image -- --version | grep -q '^pygo ' || fail "an option is not given to pygo"
[ "$(in_image -- sh -c 'command -v cargo gcc || true')" = "" ] || fail "the image contains compilers of its build"
pass "a shell starts, with git, Python and pygo"

size=$(($(du -sk "$(buildah mount "$container")" | cut -f1) / 1024))
echo "container: $passed passed, 0 failed; the image has $size MiB"
