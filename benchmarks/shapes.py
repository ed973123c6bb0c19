"""How many workers and threads serve best here: each number runs, and all are asked in turn.

Requests a second are compared, so that the machine should have nothing else to do meanwhile.
"""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager, ExitStack
from itertools import cycle
from statistics import median

from django.urls import reverse

from benchmarks.ground import prepare, signed_in
from benchmarks.load import Load, keep_busy
from benchmarks.pages import Page
from benchmarks.posts import callback
from benchmarks.report import Figure, seen
from benchmarks.rows import person_with
from benchmarks.server import Server, serving
from studio.models import Shoot

# Workers and threads.
SHAPES = [(1, 4), (1, 8), (2, 2), (2, 4), (2, 8), (4, 4)]
OURS = (2, 4)
ROUNDS, SECONDS, BROWSERS = 7, 1.0, 16


def figures(quick: bool) -> list[Figure]:
    """Return each one's throughput against ours, and how long 95 of 100 requests take."""
    prepare()
    person = person_with(40)
    paths = ("/made-anew/gallery/", reverse("studio:shoots"), reverse("studio:gallery"))
    asked = [Page(signed_in(person), path).request() for path in paths]
    asked.append(callback(Shoot.objects.get(account=person.account)))
    with ExitStack() as stack:
        servers = {shape: stack.enter_context(_serving(*shape)) for shape in SHAPES}
        for server in servers.values():
            _load(server, asked)
        rounds = [{shape: _load(server, asked) for shape, server in servers.items()} for _ in range(ROUNDS)]
    return [it for shape in SHAPES for it in _said(shape, rounds)]


def _serving(workers: int, threads: int) -> AbstractContextManager[Server]:
    return serving(WEB_WORKERS=str(workers), WEB_THREADS=str(threads))


def _load(server: Server, asked: list[bytes]) -> Load:
    with ExitStack() as stack:
        address = ("127.0.0.1", server.port)
        browsers = [stack.enter_context(socket.create_connection(address)) for _ in range(BROWSERS)]
        return keep_busy(browsers, cycle(asked), seconds=SECONDS, pids=[], statuses=(200, 204))


def _said(shape: tuple[int, int], rounds: list[dict[tuple[int, int], Load]]) -> list[Figure]:
    name = f"{shape[0]} workers of {shape[1]} threads"
    against = median(loads[shape].a_second / loads[OURS].a_second for loads in rounds)
    return [
        seen(f"{name}: throughput against {OURS[0]} of {OURS[1]}", against, "×"),
        seen(f"{name}: p95", median(loads[shape].within(0.95) for loads in rounds), "ms"),
    ]
