"""gunicorn with the studio's own configuration, and browsers that leave it no pause."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from django.conf import settings

from benchmarks.load import answer, keep_busy

BURST_SECONDS = 0.4
PATIENCE_SECONDS = 30.0
# Which worker answers a new connection is chance; after so many each should have had its share.
MOST_CONNECTIONS = 400
HOST = "127.0.0.1:8000"
WORKER = "/worker/"


def request(path: str, cookie: str = "", *, etag: str = "") -> bytes:
    """Return what a browser sends; with the `etag` of a page that it has."""
    more = f"Cookie: {cookie}\r\n" if cookie else ""
    more += f"If-None-Match: {etag}\r\n" if etag else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{more}\r\n".encode()


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int

    def ratio(self, floor: bytes, page: bytes, *, rounds: int) -> float:
        """Return how much throughput asking for `page` has, floor = 1: the median of `rounds`.

        Both are asked in turn over the same connections, as many to each worker as it has threads.
        """
        with ExitStack() as stack:
            workers = self.connections(stack)
            for warm_up in (floor, page):
                _burst(workers, warm_up)
            return median(_burst(workers, page) / _burst(workers, floor) for _ in range(rounds))

    def connections(self, stack: ExitStack) -> dict[int, list[socket.socket]]:
        """Return by process id of the worker as many connections as it has threads."""
        found: defaultdict[int, list[socket.socket]] = defaultdict(list)
        for _ in range(MOST_CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", self.port)))
            connection.sendall(request(WORKER))
            found[int(answer(connection))].append(connection)
            if len(found) == settings.WEB_WORKERS and _fewest(found) >= settings.WEB_THREADS:
                return {pid: some[: settings.WEB_THREADS] for pid, some in found.items()}
        raise RuntimeError("Some worker answered no connection")


@contextmanager
def serving(**environment: str) -> Iterator[Server]:
    """Run gunicorn on a free port, with more in its environment; end it, and its workers, afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "gunicorn"), "--log-level", "warning", "benchmarks.wsgi"]
    own = {"PORT": str(port), "BIND": "127.0.0.1", **environment}
    with Path(os.environ["BENCHMARKS_DIR"], "web.log").open("ab") as log:
        process = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("gunicorn did not start")


def _fewest(connections: dict[int, list[socket.socket]]) -> int:
    return min(len(some) for some in connections.values())


def _burst(workers: dict[int, list[socket.socket]], message: bytes) -> float:
    """Return how many answers a CPU second of the workers gave while every connection was kept busy."""
    connections = [one for some in workers.values() for one in some]
    load = keep_busy(connections, message, seconds=BURST_SECONDS, pids=[*workers], statuses=(200, 204, 304))
    return len(load.latencies) / load.cpu
