"""An empty database in the PostgreSQL of this machine, for as long as it is needed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

START = Path(__file__).parents[1] / "tests" / "start-postgres.sh"


@contextmanager
def database() -> Iterator[str]:
    """Make a database, yield its address, drop it. PostgreSQL is started, and installed, if need be."""
    done = subprocess.run(["sh", START], stdout=subprocess.PIPE, text=True, check=True)
    server, name = done.stdout.strip(), f"studio_bench_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
