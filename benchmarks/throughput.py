"""What gunicorn serves: requests a second, how long they take, what they cost, beside an empty view.

Requests a second are those of a machine that asks itself, too; what a request costs the workers is not.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from accounts.models import User
from benchmarks.ground import prepare, signed_in
from benchmarks.load import Load, keep_busy
from benchmarks.pages import ANONYMOUS, SIGNED_IN, Page
from benchmarks.posts import EMPTY, callback, inspections, uploads
from benchmarks.report import Figure, clocked, ratio, seen
from benchmarks.rows import person_with
from benchmarks.server import Server, request, serving
from packs.models import Pack
from sandbox.process import Sandbox, running
from studio.models import Shoot

SECONDS, QUICK_SECONDS = 3.0, 0.4
ROUNDS, QUICK_ROUNDS = 20, 6
# What the public reference app serves a second on two cores; ours is to serve five times as many.
REFERENCE = {"gallery of 40": 84, "gallery of 400": 46, "callback": 172}
# Of an empty POST, by database.
CALLBACK = {"sqlite": 0.35, "postgresql": 0.25}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Subject:
    """What is asked for: over so many connections to each worker, until time or messages are over."""

    name: str
    messages: bytes | Iterator[bytes]
    statuses: tuple[int, ...] = (200,)
    connections: int = 0  # 0: as many as a worker has threads


def figures(quick: bool) -> list[Figure]:
    """Return the figures of every address; on PostgreSQL those of callbacks alone."""
    prepare()
    folder = Path(os.environ["BENCHMARKS_DIR"], "sandbox")
    folder.mkdir()
    with ExitStack() as stack:
        options = ("--speed", "1000", "--pictures", "small", "--no-callbacks")
        sandbox = stack.enter_context(running(folder, *options))
        astria = {"ASTRIA_BASE_URL": sandbox.url, "ASTRIA_CALLS_PER_MINUTE": "1000000"}
        server, person = stack.enter_context(serving(**astria)), person_with(40)
        found = _callbacks(server, person, quick)
        return found if connection.vendor == "postgresql" else found + _all(server, sandbox, person, quick)


def _all(server: Server, sandbox: Sandbox, person: User, quick: bool) -> list[Figure]:
    publish_packs(sandbox)
    seconds = QUICK_SECONDS if quick else SECONDS
    floor = _load(server, Subject("anonymous empty view", request(ANONYMOUS)), seconds)
    found = _said("anonymous empty view", floor, floor)
    for subject in _subjects(person, quick):
        found += _said(subject.name, _load(server, subject, seconds), floor)
    return found


def _subjects(person: User, quick: bool) -> list[Subject]:
    gallery, pack = reverse("studio:gallery"), Pack.objects.published()[0].get_absolute_url()
    paths = (SIGNED_IN, gallery, "/made-anew/gallery/", reverse("packs:packs"), pack)
    empty, forty, anew, packs, one = (Page(signed_in(person), path).request() for path in paths)
    return [
        Subject("signed-in empty page", empty),
        Subject("gallery of 40", forty),
        Subject("gallery of 40, made anew", anew),
        Subject("gallery of 400", Page(signed_in(person_with(400)), gallery).request()),
        Subject("gallery of 4,000", Page(signed_in(person_with(4000)), gallery).request()),
        Subject("pack list", packs),
        Subject("pack page", one),
        # One at a time and process: a quarter of its threads may wait for Astria, and one photo is decoded.
        Subject("inspection of a photo", inspections(20 if quick else 200), (200, 503), connections=1),
        Subject("upload of 12 megapixels", uploads(4 if quick else 30), (201, 503), connections=1),
    ]


def _load(server: Server, subject: Subject, seconds: float) -> Load:
    with ExitStack() as stack:
        workers = server.connections(stack)
        count = subject.connections or settings.WEB_THREADS
        connections = [one for some in workers.values() for one in some[:count]]
        if isinstance(subject.messages, bytes):
            keep_busy(connections, subject.messages, seconds=0.1, pids=[*workers], statuses=subject.statuses)
        return keep_busy(
            connections, subject.messages, seconds=seconds, pids=[*workers], statuses=subject.statuses
        )


def _said(name: str, load: Load, floor: Load) -> list[Figure]:
    """Return what is reported of an address."""
    found = [
        seen(f"{name}: requests a second", load.a_second, "1/s"),
        *[seen(f"{name}: p{share}", load.within(share / 100), "ms") for share in (50, 95, 99)],
        seen(f"{name}: CPU of a request", load.cpu_ms, "ms"),
        seen(f"{name}: throughput against an empty view", floor.cpu_ms / load.cpu_ms, "×"),
    ]
    return found + _beside_reference(name, load)


def _beside_reference(name: str, load: Load) -> list[Figure]:
    """Return how many two cores that do nothing else could serve, against the reference app's."""
    if name not in REFERENCE:
        return []
    title = f"{name}: requests a second that two cores pay for"
    return [
        Figure(title, 2000 / load.cpu_ms, "1/s", "least", 5 * REFERENCE[name], is_exact=False, is_gate=False)
    ]


def _callbacks(server: Server, person: User, quick: bool) -> list[Figure]:
    """Return what an accepted callback costs beside an empty POST, and how long two at a time take."""
    shoot = Shoot.objects.get(account=person.account)
    message, name = callback(shoot), NAMES[connection.vendor]
    share = server.ratio(EMPTY, message, rounds=QUICK_ROUNDS if quick else ROUNDS)
    two = _load(server, Subject("", message, (204,), connections=1), QUICK_SECONDS if quick else SECONDS)
    many = _load(server, Subject("", message, (204,)), QUICK_SECONDS if quick else SECONDS)
    return [
        ratio(
            f"{name}, callback against an empty POST, throughput", share, "least", CALLBACK[connection.vendor]
        ),
        clocked(f"{name}, callback, two at a time: p99", two.within(0.99), "ms", 75),
        seen(f"{name}, callback: requests a second", many.a_second, "1/s"),
        *[seen(f"{name}, callback: p{share}", many.within(share / 100), "ms") for share in (50, 95, 99)],
        seen(f"{name}, callback: CPU of a request", many.cpu_ms, "ms"),
        *_beside_reference("callback", many),
    ]


def publish_packs(sandbox: Sandbox, *, has_pictures: bool = False) -> None:
    """Take in the sandbox's packs, with the pictures of their shots if so asked: that takes longer."""
    settings.ASTRIA_BASE_URL, settings.ASTRIA_CALLS_PER_MINUTE = sandbox.url, 1_000_000
    with sandbox.changed(faults={} if has_pictures else {"picture-gone": 1.0}):
        call_command("sync_packs", "--publish", stdout=StringIO(), stderr=StringIO())
