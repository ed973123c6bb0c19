#!/bin/sh
# The browser of the tests: Debian's Chromium, installed if it is missing.
set -eu
if command -v chromium >/dev/null 2>&1; then
    exit 0
fi
echo "Installing Chromium for the browser tests …"
run=""
[ "$(id -u)" = 0 ] || run="sudo"
$run apt-get update -qq
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
