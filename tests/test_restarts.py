"""What is restarted or killed beneath a running studio: the database, the clock that holds the lease."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.processes import Studio, free_port, studio_running
from tests.sandbox.process import eventually
from tests.visitor import visitor_at

pytestmark = [pytest.mark.processes, pytest.mark.long]

LEASE_HOLDER = "print(Heartbeat.objects.get(name='clock').holder)"


def test_when_the_clock_that_holds_the_lease_is_killed_another_takes_over(studio: Studio) -> None:
    first = studio.processes["clock"]
    eventually(lambda: studio.shell(LEASE_HOLDER).endswith(f":{first.pid}"), seconds=90)
    studio.start("clock")

    first.kill()
    first.wait()
    visitor = visitor_at(studio)
    ended = visitor.wait_for_end(visitor.order())

    assert (ended["status"], ended["stored"]) == ("ready", 8)
    assert studio.shell(LEASE_HOLDER).endswith(f":{studio.processes['clock'].pid}")


class Postgres:
    """A PostgreSQL of this test alone, that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.binaries = max(Path("/usr/lib/postgresql").iterdir(), key=lambda path: int(path.name)) / "bin"
        # PostgreSQL refuses to run as root.
        self.prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.prefix:
            shutil.chown(folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync", "-D", f"{folder}/data")

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        self._run(
            "pg_ctl", "-D", f"{self.folder}/data", "-w", "-l", f"{self.folder}/log", "-o", options, "start"
        )

    def stop(self, mode: str) -> None:
        self._run("pg_ctl", "-D", f"{self.folder}/data", "-w", "-m", mode, "stop")

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self.prefix, str(self.binaries / name), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="studio-postgres-") as folder:
        server = Postgres(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")


def page(studio: Studio) -> requests.Response:
    return requests.get(f"{studio.url}/packs/", timeout=60)


@pytest.mark.postgres
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restarted_database_needs_no_hand_and_the_order_ends(
    tmp_path: Path, postgres: Postgres, mode: str
) -> None:
    # The answer of the post may be what was lost: then it is looked for, at this pace half a minute later.
    more = {"DATABASE_URL": postgres.url, "DEBUG": "0", "PACE": "10"}
    with studio_running(tmp_path, speed=0.2, more=more) as studio:
        visitor = visitor_at(studio)
        shoot = visitor.order()
        eventually(lambda: studio.sandbox.get("/tunes").json(), seconds=90)

        postgres.stop(mode)
        meanwhile, health = page(studio), requests.get(f"{studio.url}/healthz", timeout=60)
        postgres.start()
        ended = visitor.wait_for_end(shoot)

        assert (meanwhile.status_code, meanwhile.headers["Retry-After"]) == (503, "5")
        assert "Nothing was lost or charged" in meanwhile.text
        assert (health.status_code, "database: down" in health.text) == (503, True)
        assert (ended["status"], ended["stored"]) == ("ready", 8)
        assert page(studio).status_code == 200
        assert all(process.poll() is None for process in studio.processes.values())
