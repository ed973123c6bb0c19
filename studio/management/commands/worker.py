"""manage.py worker: the queue's cluster, under a watchdog."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import Error, close_old_connections
from django.utils import timezone

from studio.models import Heartbeat

logger = logging.getLogger("studio.worker")

LOOK_EVERY_SECONDS = 1.0
# Longer than the longest task: workers that are all busy must not pass for dead.
STALE_AFTER = timedelta(minutes=5)
CLOCK_FRESH = timedelta(seconds=30)
# Beyond the longest task, for the cluster to end by itself.
GRACE_SECONDS = 10.0


class Command(BaseCommand):
    help = (
        "Run what is queued. A watchdog exits with 1 when no task came through for a while although the "
        "clock queues one every ten seconds, so that the supervisor starts the worker anew: a cluster "
        "whose idle workers were killed stops working without exiting by itself."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        seconds = STALE_AFTER.total_seconds()
        parser.add_argument("--stale-after", type=float, default=seconds, metavar="SECONDS")

    def handle(self, *args: Any, stale_after: float, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        # A session of its own: a Ctrl-C or a supervisor's signal to the group reaches only the
        # watchdog, which then lets the cluster finish the tasks at hand.
        cluster = subprocess.Popen([sys.executable, sys.argv[0], "qcluster"], start_new_session=True)
        self.stdout.write("worker: running")
        if watch(stop, timedelta(seconds=stale_after), lambda: cluster.poll() is None):
            cluster.terminate()
            _end(cluster, settings.Q_CLUSTER["timeout"] + GRACE_SECONDS)
            self.stdout.write("worker: stopped")
            return
        logger.error("the cluster is gone, or no task came through for %s s: exiting", stale_after)
        _end(cluster, 0)
        raise SystemExit(1)


def _end(cluster: subprocess.Popen[bytes], patience_seconds: float) -> None:
    """Wait for the cluster's end, then kill what is left of it: workers outlive a parent that was killed."""
    with suppress(subprocess.TimeoutExpired):
        cluster.wait(timeout=patience_seconds)
    with suppress(ProcessLookupError):
        os.killpg(cluster.pid, signal.SIGKILL)
    cluster.wait()


def watch(stop: threading.Event, stale_after: timedelta, is_running: Callable[[], bool]) -> bool:
    """Wait until `stop` (True), or until the cluster is gone or silent (False).

    Silent: for as long as `stale_after` the clock, which queues a beat every ten seconds, was alive, and
    none came through.
    """
    heard = timezone.now()
    while not stop.wait(LOOK_EVERY_SECONDS):
        if not is_running():
            return False
        try:
            if not _is_silent(since=heard):
                heard = timezone.now()
        except Error:
            logger.exception("the database did not answer; trying again")
            close_old_connections()
            heard = timezone.now()
        if timezone.now() - heard >= stale_after:
            return False
    return True


def _is_silent(since: datetime) -> bool:
    if not Heartbeat.is_fresh("clock", CLOCK_FRESH):
        return False
    return not Heartbeat.is_fresh("worker", timezone.now() - since)
