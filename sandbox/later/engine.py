"""The one thread that trains tunes, finishes prompts and hands callbacks to the senders, each in its time."""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections

from sandbox.later import clock
from sandbox.later.callbacks import Senders, send
from sandbox.later.due import next_due
from sandbox.switches import switches

LONGEST_SLEEP = 1.0
# Receivers that hang hold up a journey through time for so long; then the senders take over.
PATIENCE_SECONDS = 5.0

log = logging.getLogger(__name__)

# Whoever makes things happen: the engine, or a call that moves the clock.
_turn = threading.Lock()
_senders = Senders()


class Engine:
    """Advances everything that waits. What is finished is written before anybody is told."""

    def __init__(self) -> None:
        """Prepare the thread; nothing runs before start()."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)

    def start(self) -> None:
        """Begin, first of all with what the last run left waiting."""
        _senders.start()
        self._thread.start()

    def stop(self) -> None:
        """End within a fraction of a second; callbacks being sent are abandoned."""
        self._stopping.set()
        switches.wake.set()
        self._thread.join(timeout=0.5)

    def _run(self) -> None:
        while not self._stopping.is_set():
            switches.wake.clear()
            try:
                pause = min(max(step(), 0.0), LONGEST_SLEEP)
            except Exception:
                # The engine must outlive whatever happens to one row.
                log.exception("the engine stumbled")
                close_old_connections()
                pause = LONGEST_SLEEP
            if pause:
                switches.wake.wait(pause)


def step() -> float:
    """Let happen what is due next, if it is due; return the seconds until the one after, 0 for at once."""
    with _turn:
        due = next_due(_senders.put)
        wait = due.at - clock.seconds() if due else LONGEST_SLEEP
        if due and wait <= 0:
            due.happen()
            return 0.0
    return wait


def advance(seconds: float) -> None:
    """Move the clock forward; all that falls due meanwhile happens in order, at the moment it is due.

    Callbacks are posted one after another, as long as the receivers answer.
    """
    patient_until = time.monotonic() + PATIENCE_SECONDS

    def post(delivery_id: int) -> None:
        in_turn = time.monotonic() < patient_until
        (send if in_turn else _senders.put)(delivery_id)

    with _turn:
        target = clock.seconds() + seconds
        while (due := next_due(post)) and due.at <= target:
            clock.travel_to(due.at)
            due.happen()
        clock.travel_to(target)
        clock.keep(switches.data)
    switches.wake.set()
