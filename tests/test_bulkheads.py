"""With Astria hanging, everything that does not need it goes on; with idle workers killed, pictures come."""

from __future__ import annotations

import os
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests import processes
from tests.processes import Studio, studio_running
from tests.sandbox.process import eventually
from tests.visitor import Visitor, state_of, visitor_at

pytestmark = [pytest.mark.processes, pytest.mark.long]

# Of one request while inspection hangs, against the same while nothing does: a hanging thread would make
# it a hundred times slower.
MUCH_SLOWER = 10
# Less than inspection waits.
HANGS_SECONDS = 7.0
PHOTOS_OF = """
print(*Photo.objects.filter(photo_set={photo_set!r}).values_list("pk", flat=True))
"""
LOOKS_ANSWERED = "print(Event.objects.filter(data__path__endswith='/prompts', data__status=200).count())"
HANG = """
from studio.queue import enqueue
from packs.sync import sync_packs
[enqueue(sync_packs) for _ in range(6)]
"""


@pytest.fixture(scope="module")
def slow_studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio whose models train long enough for something to happen meanwhile."""
    with studio_running(tmp_path_factory.mktemp("slow"), speed=0.2) as studio:
        yield studio


@contextmanager
def astria_hanging(studio: Studio, seconds: float) -> Iterator[None]:
    """Let every call of Astria's API be answered only after `seconds`; pictures are served as ever."""
    with studio.sandbox.changed(faults={"slow": 1.0}, slow_seconds=seconds):
        yield


def test_with_astria_hanging_callbacks_are_processed_and_pictures_arrive(slow_studio: Studio) -> None:
    visitor = visitor_at(slow_studio)
    shoot = visitor.order()
    eventually(lambda: slow_studio.sandbox.get("/tunes").json(), seconds=90)

    with astria_hanging(slow_studio, 100):
        slow_studio.shell(HANG)
        ended = visitor.wait_for_end(shoot)
        answered = int(slow_studio.shell(LOOKS_ANSWERED))

    assert (ended["status"], ended["stored"], answered) == ("ready", 8, 0)


def inspections(visitor: Visitor, photos: list[str], number: int) -> list[requests.Response]:
    """Ask for so many inspections at once."""

    def inspect(n: int) -> requests.Response:
        return visitor.post("/images/inspect", name="woman", photo=photos[n % len(photos)])

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(inspect, range(number)))


def is_asked_to_come_again(visitor: Visitor, photos: list[str]) -> bool:
    return any("Retry-After" in answer.headers for answer in inspections(visitor, photos, 4))


def time_of_pages(visitor: Visitor, number: int) -> float:
    """Return the median of the seconds that a page of pictures takes."""
    seconds = []
    for _ in range(number):
        started = time.monotonic()
        # A connection of its own each time: a kept one stays with one of gunicorn's processes.
        cookies = visitor.browser.cookies.get_dict()
        assert requests.get(f"{visitor.studio.url}/gallery/", cookies=cookies, timeout=60).status_code == 200
        seconds.append(time.monotonic() - started)
    return statistics.median(seconds)


def test_with_inspection_hanging_pages_are_as_quick_and_the_rest_is_asked_to_come_again(
    slow_studio: Studio,
) -> None:
    visitor = visitor_at(slow_studio)
    photos = slow_studio.shell(PHOTOS_OF.format(photo_set=visitor.photo_set)).split()
    time_of_pages(visitor, 8)
    before = time_of_pages(visitor, 20)

    with astria_hanging(slow_studio, HANGS_SECONDS), ThreadPoolExecutor(1) as pool:
        started = time.monotonic()
        asked = pool.submit(inspections, visitor, photos, 16)
        eventually(lambda: is_asked_to_come_again(visitor, photos), seconds=90)
        meanwhile = time_of_pages(visitor, 10)
        answers = asked.result(timeout=60)
        took = time.monotonic() - started

    come_again = [answer for answer in answers if answer.headers.get("Retry-After") == "1"]
    assert meanwhile < before * MUCH_SLOWER
    assert {answer.status_code for answer in come_again} == {503}
    # Two processes, four threads each: one of each may hang, and be free for another one afterwards. What was
    # not even tried, since Astria was known to be silent, was answered at once.
    hung = [it for it in answers if it not in come_again and it.elapsed.total_seconds() >= HANGS_SECONDS]
    assert len(hung) <= 2 * (1 + took // HANGS_SECONDS)


def pool_of(studio: Studio) -> list[int]:
    """Return the ids of all processes below the sentinels of both clusters."""
    clusters = children(studio.processes["worker"].pid)
    sentinels = [sentinel for cluster in clusters for sentinel in children(cluster)]
    return [worker for sentinel in sentinels for worker in children(sentinel)]


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def test_when_every_idle_worker_is_killed_pictures_still_arrive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # At this pace what died in a worker's hands is due again in a quarter of a minute.
    command = [sys.executable, "manage.py", "worker", "--stale-after", "25"]
    monkeypatch.setitem(processes.COMMANDS, "worker", command)
    with studio_running(tmp_path, more={"PACE": "20"}) as studio:
        visitor = visitor_at(studio)
        eventually(lambda: len(pool_of(studio)) == 8, seconds=90)

        for process in pool_of(studio):
            os.kill(process, signal.SIGKILL)
        shoot = visitor.order()

        def supervised() -> bool:
            """Do what a supervisor does, until the shoot has ended."""
            if studio.processes["worker"].poll() is not None:
                studio.start("worker")
            return visitor.has_ended(shoot)

        eventually(supervised, seconds=240)
        ended = state_of(studio, shoot)

    assert (ended["status"], ended["stored"]) == ("ready", 8)
