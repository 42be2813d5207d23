#!/bin/sh
# Make or repair .venv from the hashed requirements of one profile (full or lite).
#
# Every missing piece is named with the command that installs it. The stamp is written last, so that
# an interrupted run is repaired by running again; a run with a fresh stamp does nothing.
set -eu
cd "$(dirname "$0")/.."
profile=${1:-full}
requirements=requirements/$profile.txt
stamp=.venv/stamp-$profile

say() { printf '%s\n' "$*" >&2; }

fingerprint() { cat requirements/build.txt "$requirements" pyproject.toml | cksum; }

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then
    exit 0
fi

# A version manager's shim may be on PATH for a Python that is not installed: run it to find out.
python=
for candidate in ${PYTHON:-} python3 python3.12 python3.11 python3.13; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
        2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    say "tinymledu needs Python 3.11, 3.12 or 3.13, and none was found. Install one, then run again:"
    say "    sudo apt install python3 python3-venv"
    exit 3
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "This Python cannot make virtual environments. Install the missing part, then run again:"
    say "    sudo apt install python3-venv"
    exit 3
fi

say "Setting up .venv ($profile profile), once: a download of up to 1 GB, then a minute or two."
rm -f .venv/stamp-*
if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv  # a set-up that was stopped half-way
    "$python" -m venv .venv
fi

# Bytecode is left to first use: most modules are never imported.
pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet "$@"; }

(while sleep 10; do printf . >&2; done) &  # a sign of life: pip is quiet
heartbeat=$!
trap 'kill "$heartbeat" 2>/dev/null || true' EXIT

# Build tools first, by hash too: otherwise pip fetches its own choice for packages without a wheel.
pip install --no-compile --require-hashes -r requirements/build.txt &&
    pip install --no-compile --require-hashes --no-build-isolation -r "$requirements" &&
    pip install --no-deps --no-build-isolation --editable . || {
    say ""
    say "The set-up stopped. If pip could not reach the package index, connect and run again: what was"
    say "downloaded is kept. If a package had to be compiled and no compiler was found, then first:"
    say "    sudo apt install build-essential python3-dev"
    exit 3
}
fingerprint >"$stamp"
say ""
say "Done: .venv is ready."
