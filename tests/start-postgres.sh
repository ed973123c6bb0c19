#!/bin/sh
# A PostgreSQL for the tests that want one: started, and installed from Debian's packages if it is missing.
# Prints the address to use. Says clearly when it cannot.
set -eu
if [ -n "${TEST_DATABASE_URL:-}" ]; then
    # Somebody's own: nothing is installed or started for it.
    if command -v pg_isready >/dev/null 2>&1 && ! pg_isready -q -d "$TEST_DATABASE_URL"; then
        echo "PostgreSQL does not answer at the address in TEST_DATABASE_URL." >&2
        exit 1
    fi
    echo "$TEST_DATABASE_URL"
    exit 0
fi
is_up() { pg_isready -q -h 127.0.0.1 -p 5432 2>/dev/null; }
run=""
[ "$(id -u)" = 0 ] || run="sudo"
if ! command -v pg_isready >/dev/null 2>&1; then
    $run apt-get update -qq >&2 || true
    $run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql >/dev/null || {
        echo "PostgreSQL is missing and could not be installed: apt-get install postgresql" >&2
        exit 1
    }
    # Loopback without a password, for tests on this machine alone.
    $run sh -c 'for f in /etc/postgresql/*/main/pg_hba.conf; do
        sed -i "s/^\(host.*127\.0\.0\.1\/32\s*\).*/\1trust/" "$f"; done'
fi
if ! is_up; then
    version=$(ls /etc/postgresql | sort -n | tail -n 1)
    $run pg_ctlcluster --skip-systemctl-redirect "$version" main start >&2 || true
fi
tries=0
until is_up; do
    tries=$((tries + 1))
    if [ "$tries" -gt 50 ]; then
        echo "PostgreSQL does not answer on 127.0.0.1:5432. Start it, or set TEST_DATABASE_URL." >&2
        exit 1
    fi
    sleep 0.2
done
echo "postgres://postgres@127.0.0.1:5432/postgres"
