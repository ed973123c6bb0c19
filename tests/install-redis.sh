#!/bin/sh
# Installs Debian's Redis for the tests that want one; they start it themselves. Says clearly when it cannot.
set -eu
command -v redis-server >/dev/null 2>&1 && exit 0
run=""
[ "$(id -u)" = 0 ] || run="sudo"
$run apt-get update -qq >&2 || true
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null || true
command -v redis-server >/dev/null 2>&1 && exit 0
echo "redis-server is missing and could not be installed: apt-get install redis-server" >&2
exit 1
