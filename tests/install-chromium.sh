#!/bin/sh
# The browser of the tests: Debian's Chromium, installed if it is missing. Where there is one, its headless
# shell: the whole browser draws a window that nobody sees, and takes five times the CPU for each page.
set -eu
if command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1; then
    exit 0
fi
echo "Installing Chromium for the browser tests …"
run=""
[ "$(id -u)" = 0 ] || run="sudo"
install() { $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null; }
$run apt-get update -qq
install chromium-headless-shell || install chromium
