"""What stays in memory of web and worker after minutes of load, and what twenty large photos take.

BENCHMARKS_MINUTES says how many minutes; ten by default.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from django.urls import reverse

from benchmarks.downloads import store_files
from benchmarks.ground import prepare, signed_in
from benchmarks.load import keep_busy
from benchmarks.origin import pending_pictures, serving_pictures
from benchmarks.pages import Page
from benchmarks.pipeline import process
from benchmarks.posts import uploads
from benchmarks.report import Figure, seen
from benchmarks.rows import person_with
from benchmarks.server import Server, serving
from studio.delivery import deliver
from studio.models import Image
from studio.queue import enqueue

MINUTES = float(os.environ.get("BENCHMARKS_MINUTES", "10"))
WARM_UP_SECONDS, EACH_SECONDS = 60.0, 2.0
PHOTOS, MOST_MB, MOST_LEFT_MB, MOST_GROWTH_MB = 20, 150, 30, 15
_RESET_PEAK = "5"


def figures(quick: bool) -> list[Figure]:
    prepare()
    person = person_with(40)
    store_files(person)
    pages = [Page(signed_in(person), path) for path in _paths(person.pk)]
    with ExitStack() as stack:
        origin = stack.enter_context(serving_pictures())
        server = stack.enter_context(serving())
        worker = stack.enter_context(process("worker", ASTRIA_BASE_URL=origin))
        pids = _workers_of(server)
        found = _of_uploads(server, pids)
        return found + _of_minutes(server, pids, worker, origin, [page.request() for page in pages])


def _paths(person_id: int) -> list[str]:
    gallery = reverse("studio:gallery")
    shoot = Image.objects.filter(account__user=person_id)[0].shoot_id
    download = f"{reverse('studio:download')}?shoot={shoot}&size=original"
    return [gallery, "/made-anew/gallery/", reverse("studio:shoots"), reverse("studio:home"), download]


def _of_uploads(server: Server, pids: Sequence[int]) -> list[Figure]:
    """Return by how much a web process grows while photos are uploaded, and after."""
    for _ in keep(server, uploads(2), seconds=60, statuses=(201, 503)):
        pass  # what is loaded at the first photo stays
    before = [_memory(pid, "VmRSS") for pid in pids]
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK)
    for _ in keep(server, uploads(PHOTOS), seconds=300, statuses=(201, 503)):
        pass
    most = max(_memory(pid, "VmHWM") - own for pid, own in zip(pids, before, strict=True))
    left = max(_memory(pid, "VmRSS") - own for pid, own in zip(pids, before, strict=True))
    what = f"upload of {PHOTOS} × 12 megapixels"
    return [
        _most(f"{what}: a web process more", most, MOST_MB),
        _most(f"{what}: and after it", left, MOST_LEFT_MB),
    ]


def _of_minutes(
    server: Server, pids: Sequence[int], worker: int, origin: str, messages: list[bytes]
) -> list[Figure]:
    web, work = [], []
    began = time.monotonic()
    photos = uploads(int(MINUTES * 60))
    while time.monotonic() - began < MINUTES * 60:
        for pk in pending_pictures(origin, 10):
            enqueue(deliver, pk)
        for message in [*messages, next(photos)]:
            for _ in keep(server, iter([message] * 40), seconds=EACH_SECONDS, statuses=(200, 201, 503)):
                pass
        if time.monotonic() - began > min(WARM_UP_SECONDS, MINUTES * 30):
            web.append(max(_memory(pid, "VmRSS") for pid in pids))
            work.append(max(_memory(pid, "VmRSS") for pid in _descendants(worker)))
    return [
        *_growth(f"web process after {MINUTES:g} minutes", web),
        *_growth(f"worker process after {MINUTES:g} minutes", work),
    ]


def _growth(name: str, sizes: list[float]) -> list[Figure]:
    """Compare the first fifth of what was seen with the last."""
    part = max(1, len(sizes) // 5)
    more = median(sizes[-part:]) - median(sizes[:part])
    return [
        seen(f"{name}: memory", median(sizes[-part:]), "MB"),
        _most(f"{name}: more than at the start", more, MOST_GROWTH_MB),
    ]


def _most(name: str, megabytes: float, limit: float) -> Figure:
    return Figure(name, megabytes, "MB", "most", limit, is_exact=False)


def keep(
    server: Server, messages: Iterator[bytes], *, seconds: float, statuses: Sequence[int]
) -> Iterator[float]:
    """Ask for all of them over one connection to each worker; yield how long each took."""
    with ExitStack() as stack:
        workers = server.connections(stack)
        connections = [some[0] for some in workers.values()]
        yield from keep_busy(
            connections, messages, seconds=seconds, pids=[*workers], statuses=statuses
        ).latencies


def _workers_of(server: Server) -> list[int]:
    with ExitStack() as stack:
        return [*server.connections(stack)]


def _memory(pid: int, name: str) -> float:
    """Return a line of a process's status in MB; of one that has ended, 0."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024 if name in status else 0


def _descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(found for child in map(int, children) for found in _descendants(child))]
