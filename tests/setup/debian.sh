# For the scripts next to it, which source it with `name` set: makes target/$name out of Debian
# packages. apt resolves them in a state directory of its own and they are unpacked, not installed: this
# needs no root, and changes nothing on the machine. Needs Debian's apt-get and dpkg-deb.
project=$(cd "$(dirname "$0")/../.." && pwd)
final=$project/target/$name
work=$final.new
stamp=$(cat "$0" "$project/tests/setup/debian.sh" | sha256sum)

missing() {
    echo "$name: $1" >&2
    exit 1
}

is_there() {
    [ -f "$final/.stamp" ] && [ "$(cat "$final/.stamp")" = "$stamp" ]
}

# begin STATUS [OPTION [MIRROR-AND-SUITE]]: an empty $work, and apt with that list of installed packages and more
# options. With a mirror, $work/sources.list names the sources of that release of Debian there.
begin() {
    [ "$(uname -s)" = Linux ] || missing "its programs run on Linux only, this is $(uname -s)"
    for tool in apt-get dpkg-deb dpkg; do
        command -v $tool >/dev/null || missing "no $tool: it is made of Debian packages"
    done
    rm -rf "$work" "$final"
    mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial" "$work/root"
    trap 'rm -rf "$work"' EXIT
    cat >"$work/apt/apt.conf" <<CONF
APT::Sandbox::User "$(id -un)";
APT::Install-Recommends "false";
Debug::NoLocking "true";
Dir::State "$work/apt";
Dir::State::status "$1";
Dir::Cache "$work/apt";
Dir::Log "$work/apt";
Acquire::Languages "none";
Acquire::Retries "3";
${2:-}
CONF
    : >>"$work/apt/status"
    keys=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -z "${3:-}" ] || echo "deb-src [signed-by=$keys] $3 main" >"$work/sources.list"
    apt update || missing "apt-get update failed: do the sources in /etc/apt carry the architecture?"
}

apt() {
    APT_CONFIG=$work/apt/apt.conf apt-get -qq "$@" >"$work/apt/log" 2>&1 || {
        cat "$work/apt/log" >&2
        return 1
    }
}

# unpack PACKAGE...: the packages, and what they need and is not installed, into $work/root.
unpack() {
    apt --download-only -y --reinstall install "$@" || missing "apt lacks one of: $*"
    for deb in "$work"/apt/archives/*.deb; do
        dpkg-deb -x "$deb" "$work/root" || missing "cannot unpack $(basename "$deb")"
    done
}

finish() {
    rm -rf "$work/apt"
    echo "$stamp" >"$work/.stamp"
    mv "$work" "$final"
    trap - EXIT
}
