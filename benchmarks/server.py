"""gunicorn with the studio's own configuration, and browsers that leave it no pause."""

from __future__ import annotations

import os
import re
import selectors
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

BURST_SECONDS = 0.4
PATIENCE_SECONDS = 30.0
# Which worker answers a new connection is chance; after so many each should have had its share.
MOST_CONNECTIONS = 400
HOST = "127.0.0.1:8000"
WORKER = "/worker/"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def request(path: str, cookie: str = "") -> bytes:
    """Return what a browser sends."""
    more = f"Cookie: {cookie}\r\n" if cookie else ""
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
            workers = self._connections(stack)
            for warm_up in (floor, page):
                _burst(workers, warm_up)
            return median(_burst(workers, page) / _burst(workers, floor) for _ in range(rounds))

    def _connections(self, stack: ExitStack) -> dict[int, list[socket.socket]]:
        """Return by process id of the worker as many connections as it has threads."""
        found: defaultdict[int, list[socket.socket]] = defaultdict(list)
        for _ in range(MOST_CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", self.port)))
            connection.sendall(request(WORKER))
            found[int(_answer(connection))].append(connection)
            if len(found) == settings.WEB_WORKERS and _fewest(found) >= settings.WEB_THREADS:
                return {pid: some[: settings.WEB_THREADS] for pid, some in found.items()}
        raise RuntimeError("Some worker answered no connection")


@contextmanager
def serving() -> Iterator[Server]:
    """Run gunicorn on a free port; end it, and its workers, afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "gunicorn"), "--log-level", "warning", "benchmarks.wsgi"]
    process = subprocess.Popen(command, env=os.environ | {"PORT": str(port), "BIND": "127.0.0.1"})
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
    before = _cpu_seconds(workers)
    answers = 0
    end = time.monotonic() + BURST_SECONDS
    with selectors.DefaultSelector() as selector:
        for connection in (one for some in workers.values() for one in some):
            connection.sendall(message)
            selector.register(connection, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select(PATIENCE_SECONDS):
                assert isinstance(key.fileobj, socket.socket)
                _answer(key.fileobj)
                answers += 1
                if time.monotonic() < end:
                    key.fileobj.sendall(message)
                else:
                    selector.unregister(key.fileobj)
    return answers / (_cpu_seconds(workers) - before)


def _cpu_seconds(workers: dict[int, list[socket.socket]]) -> float:
    """Return what the workers' processes have used so far, by the clock that Linux keeps for each."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in workers)


def _answer(connection: socket.socket) -> bytes:
    """Return the body of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head + b"\r\n")
    assert head.startswith(b"HTTP/1.1 200") and length, head.decode()
    while len(body) < int(length[1]):
        body += _more(connection)
    return body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(1 << 18)
    if not received:
        raise ConnectionError("gunicorn closed a connection")
    return received
