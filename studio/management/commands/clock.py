"""manage.py clock: the process that makes things right."""

from __future__ import annotations

import itertools
import logging
import os
import signal
import socket
import threading
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from studio import clock
from studio.models import Heartbeat

logger = logging.getLogger("studio.clock")

INBOX_EVERY_SECONDS = 0.4
# Every so many looks into the inbox, everything else that is due is taken as well.
DUE_EVERY = 3
LEASE = timedelta(seconds=10)
# A sign of life of this process, whether it works or waits.
BEAT_EVERY_ROUNDS = 25


class Command(BaseCommand):
    help = (
        "Queue callbacks, and whatever is due: orders to submit, shoots to look at, pictures, likes. "
        "Several may run; one holds the lease in the database and works, the others wait."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        holder = f"{socket.gethostname()}:{os.getpid()}"
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        logger.info("clock: running")
        run(holder, stop)
        Heartbeat.leave(holder)
        logger.info("clock: stopped")


def run(holder: str, stop: threading.Event) -> None:
    """Work while the lease is held, until `stop`. A database or a broker that is away ends nothing."""
    last_beat, rounds, is_ours = None, 0, False
    for number in itertools.count():
        if stop.wait(INBOX_EVERY_SECONDS):
            return
        try:
            if number % BEAT_EVERY_ROUNDS == 0:
                Heartbeat.beat("clock process", holder)
            # Renewing is a write that waits for the disk: often enough is enough.
            if not is_ours or rounds % DUE_EVERY == 0:
                is_ours = Heartbeat.hold("clock", holder, LEASE)
            if not is_ours:
                continue
            clock.queue_callbacks()
            rounds += 1
            if rounds % DUE_EVERY == 0:
                last_beat = _queue_all_else(last_beat)
        except Exception:
            logger.exception("this round failed; trying again")
            close_old_connections()
            is_ours = False


def _queue_all_else(last_beat: datetime | None) -> datetime:
    """Queue what is due and what is done every so often; return when signs of life were last asked for."""
    clock.queue_due()
    clock.keep_checked()
    clock.keep_balance_known()
    clock.keep_packs_in_step()
    clock.keep_packs_counted()
    clock.keep_purged()
    return clock.keep_beating(last_beat)
