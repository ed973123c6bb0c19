"""`make test-services`: the suite on PostgreSQL and S3, then the pipeline on each broker.

Starts what is not running (PostgreSQL and Redis are Debian's packages, S3 and SQS are moto's server) and
says what it could not start. tests/services/ground.py holds that the suite ran on what is said here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.services.servers import aws, database

HERE = Path(__file__).parent
SUITE = ["tests/services/ground.py", "tests/accounts", "tests/packs", "tests/studio"]
# With those that `make test` leaves out for their time.
OF_SUITE = "not postgres and not services and not live and not deployment"
# All of them: a list forgot the test that restarts the database.
PIPELINE = ["tests"]
# pytest's word for it; others mean that it could not even begin.
TESTS_FAILED = 1


def main() -> int:
    postgres = _prepared("start-postgres.sh")
    _prepared("install-redis.sh")
    with aws() as stand_in, database(postgres) as address:
        on = {"DATABASE_URL": address, **stand_in.storage()}
        failed = _tried(SUITE, "--dist", "loadfile", "-m", OF_SUITE, environment=on)
    return failed or _tried(
        PIPELINE,
        "--dist",
        "worksteal",
        "-m",
        "services or postgres",
        environment={"TEST_DATABASE_URL": postgres},
    )


def _prepared(script: str) -> str:
    """Run a script of tests/, and return what it printed; it says itself why it could not."""
    done = subprocess.run(["sh", HERE.parent / script], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"make test-services: tests/{script} failed, nothing was tested.")
    return done.stdout.strip()


def _tried(paths: list[str], *options: str, environment: dict[str, str]) -> int:
    """Run tests; what failed on a machine that was starved for a moment, once more and by itself."""
    failed = _pytest(paths, *options, environment=environment)
    if failed != TESTS_FAILED:
        return failed
    return _pytest(paths, *options, "--last-failed", environment=environment)


def _pytest(paths: list[str], *options: str, environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", "-n", "2", *options, *paths]
    return subprocess.run(command, env=os.environ | environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
