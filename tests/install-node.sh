#!/bin/sh
# Node.js for the samples of the documentation: Debian's, if there is none; and the packages they import, pinned.
set -eu
if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    echo "Installing Node.js for the samples of the documentation …"
    run=""
    [ "$(id -u)" = 0 ] || run="sudo"
    $run apt-get update -qq
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
fi
cd "$(dirname "$0")/astria/docs"
# npm keeps its own copy of the lock file where it installs to.
if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
    npm ci --silent --no-audit --no-fund
    touch node_modules/.package-lock.json
fi
