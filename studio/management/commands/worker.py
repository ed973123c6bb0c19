"""manage.py worker: the queues' clusters, under a watchdog."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections

from studio.models import Heartbeat
from studio.probing import WATCHDOG

logger = logging.getLogger("studio.worker")

LOOK_EVERY_SECONDS = 1.0
# Longer than the longest task: workers that are all busy must not pass for dead.
STALE_AFTER = timedelta(minutes=5)
CLOCK_FRESH = timedelta(seconds=30)
# Beyond the longest task, for the clusters to end by themselves.
GRACE_SECONDS = 10.0
# The signs of life of either cluster.
SIGNS = ("worker", "caller")


class Command(BaseCommand):
    help = (
        "Run what is queued: one cluster for what calls Astria, one for all else. A watchdog exits with 1 "
        "when no task of one came through for a while although the clock queues some every ten seconds, so "
        "that the supervisor starts the worker anew: a cluster whose idle workers were killed stops working "
        "without exiting by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        seconds = STALE_AFTER.total_seconds()
        parser.add_argument(
            "--stale-after",
            type=float,
            default=seconds,
            metavar="SECONDS",
            help="for how long no task may come through",
        )

    def handle(self, *args: Any, stale_after: float, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        holder = f"{socket.gethostname()}:{os.getpid()}"
        clusters = [_start(name, holder) for name in (settings.Q_CLUSTER["name"], settings.CALLERS_CLUSTER)]
        logger.info("worker: running")
        is_well = watch(
            stop,
            timedelta(seconds=stale_after),
            lambda: all(cluster.poll() is None for cluster in clusters),
            holder,
        )
        if not is_well:
            logger.error("a cluster is gone, or no task came through for %s s: exiting", stale_after)
        _end(clusters, settings.Q_CLUSTER["timeout"] + GRACE_SECONDS if is_well else 0)
        if not is_well:
            raise SystemExit(1)
        Heartbeat.leave(holder)
        logger.info("worker: stopped")


def _start(name: str, holder: str) -> subprocess.Popen[bytes]:
    """Start the cluster `name`, whose workers give their signs of life as `holder`."""
    # A session of its own: a Ctrl-C or a supervisor's signal to the group reaches only the watchdog,
    # which then lets the clusters finish the tasks at hand.
    return subprocess.Popen(
        [sys.executable, sys.argv[0], "qcluster"],
        env=os.environ | {"Q_CLUSTER_NAME": name, WATCHDOG: holder},
        start_new_session=True,
    )


def _end(clusters: list[subprocess.Popen[bytes]], patience_seconds: float) -> None:
    """Let the clusters end, then kill what is left of them: workers outlive a parent that was killed."""
    deadline = time.monotonic() + patience_seconds
    for cluster in clusters:
        if patience_seconds:
            cluster.terminate()
    for cluster in clusters:
        with suppress(subprocess.TimeoutExpired):
            cluster.wait(timeout=max(0.0, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(cluster.pid, signal.SIGKILL)
        cluster.wait()


def watch(stop: threading.Event, stale_after: timedelta, is_running: Callable[[], bool], holder: str) -> bool:
    """Wait until `stop` (True), or until a cluster of `holder` is gone or silent (False).

    Silent: for as long as `stale_after` the clock, which queues a beat every ten seconds, was alive, and
    none came through. What another machine's clusters do says nothing of ours.
    """
    signs = [Sign(name, holder) for name in SIGNS]
    while not stop.wait(LOOK_EVERY_SECONDS):
        if not is_running():
            return False
        for sign in signs:
            sign.look()
        if any(sign.missed_seconds >= stale_after.total_seconds() for sign in signs):
            return False
    return True


class Sign:
    """A cluster's sign of life, and for how long it has been missed.

    Only whether it changes is looked at, look by look: the time of day may be set forwards or back.
    """

    def __init__(self, name: str, holder: str) -> None:
        self._name = f"{name}@{holder}"
        self._last: datetime | None = None
        self.missed_seconds = 0.0

    def look(self) -> None:
        """See whether the sign was given since the last look. Without a clock, or a database, none can be."""
        try:
            is_clock_alive = Heartbeat.is_fresh("clock", CLOCK_FRESH)
            last = Heartbeat.last(self._name)
        except Error:
            logger.exception("the database did not answer; trying again")
            close_old_connections()
            is_clock_alive, last = False, self._last
        is_missed = is_clock_alive and last == self._last
        self.missed_seconds = self.missed_seconds + LOOK_EVERY_SECONDS if is_missed else 0.0
        self._last = last
