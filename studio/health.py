"""Which of the studio's processes are running, asked by who depends on them."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings

import astria
from studio.astria_client import astria_client
from studio.clock import beat
from studio.models import Heartbeat
from studio.queue import enqueue

CLOCK_FRESH = timedelta(seconds=10)
WORKER_PATIENCE_SECONDS = 15.0


def what_is_down() -> list[str]:
    """Return a sentence for each process that does not answer: Astria, clock, worker."""
    down = []
    if not _astria_answers():
        down.append(
            f"Astria does not answer at {settings.ASTRIA_BASE_URL}. Locally, start the sandbox: "
            "python -m sandbox (or `make run`, which starts everything)."
        )
    if not Heartbeat.is_fresh("clock", CLOCK_FRESH):
        down.append("The clock is not running. Start it: manage.py clock (or `make run`).")
    if not _worker_takes_tasks():
        down.append("The worker is not running. Start it: manage.py worker (or `make run`).")
    return down


def _astria_answers() -> bool:
    try:
        astria_client(timeout=(3.0, 10.0)).packs.list()
    except astria.Refused:
        return True
    except astria.AstriaError:
        return False
    return True


def _worker_takes_tasks() -> bool:
    """Queue a beat and wait for it: only a task that came through proves a worker."""
    if Heartbeat.is_fresh("worker", timedelta(seconds=2)):
        return True
    enqueue(beat)
    deadline = time.monotonic() + WORKER_PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if Heartbeat.is_fresh("worker", timedelta(seconds=2)):
            return True
        time.sleep(0.2)
    return False
