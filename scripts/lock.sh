#!/bin/sh
# Renews the locks in requirements/ from pyproject.toml. Pins that still fit stay; `scripts/lock.sh --upgrade`
# takes the newest of everything, `--upgrade-package NAME` of one. Needs .venv, which any ./aftercare call builds.
set -eu
cd "$(dirname -- "$0")/.."

uv=.venv/bin/uv
[ -x "$uv" ] || {
    echo "scripts/lock.sh: there is no $uv; call ./aftercare --help once, which builds it." >&2
    exit 1
}

lock() { # lock NAME INPUT [OPTION...]: one lock for every supported Python and platform, with hashes, without addresses
    name=$1
    shift
    "$uv" pip compile "$@" --universal --python-version 3.11 --generate-hashes --quiet \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o "requirements/$name.txt"
}

# The launcher relies on this order: dev contains postgres, postgres contains runtime, at the same versions.
lock runtime pyproject.toml "$@"
lock postgres pyproject.toml --extra postgres -c requirements/runtime.txt "$@"
lock dev pyproject.toml --all-extras --group dev -c requirements/postgres.txt "$@"
echo uv | lock bootstrap - "$@"

if grep -nE '://|^ *-(i|f|-index|-extra|-find)' requirements/*.txt; then
    echo "scripts/lock.sh: the lines above hold an address; a lock must work with everybody's own index." >&2
    exit 1
fi
