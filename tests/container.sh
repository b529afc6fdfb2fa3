#!/usr/bin/env bash
# Builds the image of the Dockerfile, and in it, as a user that the system does not know, the wheel of
# example/hello.
#
# Needs: root, buildah, and an executable that `make build` made. No container engine has to run. With
# PYTHON_IMAGE, the image starts from that; otherwise from a Debian that mmdebstrap downloads, as no
# registry may be reachable. The stage of the Dockerfile that compiles pygo is replaced by the executable.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
pygo=${PYGO:-$root/target/release/pygo}
fail() {
    echo "container: $1" >&2
    exit 1
}
[ "$(id -u)" = 0 ] || fail "only root can build an image without a container engine"
for tool in buildah mmdebstrap; do
    command -v "$tool" >/dev/null || fail "no $tool found: apt-get install buildah mmdebstrap"
done
[ -x "$pygo" ] || fail "no executable $pygo: run \`make build\`"

work=$(mktemp -d)
buildah() {
    command buildah --storage-driver vfs --root "$work/store" --runroot "$work/run" "$@"
}
trap 'buildah umount --all >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

# The certificates and the index of this machine may be those of a proxy.
mounts=()
certificates=${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}
[ -f "$certificates" ] && mounts+=(-v "$certificates:/etc/ssl/certs/ca-certificates.crt:ro")
[ -f /etc/pip.conf ] && mounts+=(-v /etc/pip.conf:/etc/pip.conf:ro)

image=${PYTHON_IMAGE:-}
if [ -z "$image" ]; then
    packages=python3,python3-pip,python3-venv,ca-certificates,git,openssh-client
    mmdebstrap --quiet --variant=minbase --include=$packages bookworm "$work/base.tar"
    image=localhost/base
    printf 'FROM scratch\nADD base.tar /\n' >"$work/Dockerfile"
    buildah bud --quiet --isolation chroot -t "$image" "$work"
    rm "$work/base.tar"
fi
mkdir -p "$work/stage/pygo/target/release"
cp "$pygo" "$work/stage/pygo/target/release/pygo"
buildah bud --isolation chroot "${mounts[@]}" --build-context "build=$work/stage" \
    --build-arg "PYTHON_IMAGE=$image" --build-arg "RUST_IMAGE=$image" -t pygo "$root"

cp -r "$root/example/hello" "$work/project"
rm -rf "$work/project/dist"
chown -R 12345:12345 "$work/project"
container=$(buildah from localhost/pygo)
# buildah gives no entrypoint to `run`.
buildah run --isolation chroot --user 12345:12345 --env HOME=/ "${mounts[@]}" \
    -v "$work/project:/project" "$container" -- entrypoint matrix --targets linux-amd64
wheel=$(ls "$work"/project/dist/*.whl)
[ "$(stat -c %u "$wheel")" = 12345 ] || fail "$wheel belongs to another user"
buildah run --isolation chroot --user 12345:12345 --env HOME=/ "$container" -- entrypoint sh -c \
    'git --version && test "$(pygo --version | cut -d" " -f1)" = pygo && ! touch /x 2>/dev/null'
"$pygo" check "$wheel"
echo "container: 1 passed, 0 failed"
