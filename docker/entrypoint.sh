#!/bin/sh
# What the image runs. Arguments are pygo's, unless they start with another program that people use here.
set -eu
case "${1-}" in
    bash | sh | git | pip | python | python3 | pygo | /*) ;;
    *) set -- pygo "$@" ;;
esac
# Root continues as the owner of the working directory, a mounted project: its wheels belong to the caller then.
owner=$(stat -c %u .)
if [ "$(id -u)" = 0 ] && [ "$owner" != 0 ]; then
    # Others may not read root's home directory, without which git stops.
    if [ "${HOME-}" = /root ]; then export HOME=/; fi
    set -- setpriv --reuid "$owner" --regid "$(stat -c %g .)" --clear-groups -- "$@"
fi
exec "$@"
