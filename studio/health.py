"""How the studio is: a function for each line of /healthz, and what is down, for who depends on it.

A page makes no call and writes no file: the costly checks are made by the workers (studio/probing.py), and
read here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import Error
from django.utils import timezone

import astria
from studio.astria_client import astria_client
from studio.budget import OverBudget
from studio.models import Check, Heartbeat
from studio.probing import ASTRIA, BALANCE, STORAGE, beat, is_low, was_answered
from studio.queue import enqueue
from studio.spending import cap_mc, today_mc

CLOCK_FRESH = timedelta(seconds=10)
WORKER_PATIENCE_SECONDS = 15.0
# Signs of life are asked for every ten seconds, checks are made every minute.
QUEUE_FRESH = timedelta(minutes=1)
CHECK_FRESH = timedelta(minutes=3)


class State(StrEnum):
    """Of a part, and of the whole. Degraded: slower or waiting, but people are served."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True)
class Line:
    """One part and how it is, with a few words when it is not well."""

    name: str
    state: State
    words: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.state}" + (f" ({self.words})" if self.words else "")


def report() -> list[Line]:
    """Return a line for each part, the total last. Down is only what pages cannot do without.

    Whoever asks is told: no line holds what is the studio's own business.
    """
    lines = _parts()
    return [*lines, _total(lines)]


def report_to_staff() -> list[Line]:
    """Return the same lines, and those about money."""
    lines = [*_parts(), balance(), spending()]
    return [*lines, _total(lines)]


def _parts() -> list[Line]:
    lines = [Line("web", State.OK), database()]
    if lines[-1].state == State.OK:
        lines += [storage(), queue(), clock(), calls(), reachable()]
    return lines


def _total(lines: list[Line]) -> Line:
    states = {line.state for line in lines}
    worst = next(state for state in (State.DOWN, State.DEGRADED, State.OK) if state in states)
    return Line("total", worst)


def database() -> Line:
    """Whether the database answers."""
    try:
        Heartbeat.objects.exists()
    except Error as error:
        return Line("database", State.DOWN, type(error).__name__)
    return Line("database", State.OK)


def storage() -> Line:
    """Whether a worker could write, read and delete a small file within the last minutes."""
    return _checked("storage", STORAGE, at_worst=State.DOWN)


def queue() -> Line:
    """Whether workers take tasks from the queue."""
    return _alive("queue", "worker", QUEUE_FRESH)


def clock() -> Line:
    """Whether a clock holds the lease and renews it."""
    return _alive("clock", "clock", CLOCK_FRESH)


def calls() -> Line:
    """Whether the workers that call Astria take tasks."""
    return _alive("calls", "caller", QUEUE_FRESH)


def reachable() -> Line:
    """Whether Astria answered within the last minutes. Without it orders wait, and pages go on."""
    return _checked("astria", ASTRIA, at_worst=State.DEGRADED)


def balance() -> Line:
    """What is left at Astria, and whether that is less than staff want there."""
    left_mc = Check.objects.filter(name=BALANCE).values_list("value", flat=True).first()
    if left_mc is None:
        return Line("balance", State.OK, "Astria has not said what is left")
    state = State.DEGRADED if is_low(left_mc) else State.OK
    return Line("balance", state, f"${left_mc / settings.ASTRIA_MILLICENTS_PER_DOLLAR:,.2f} left at Astria")


def spending() -> Line:
    """Whether another order like today's would pass the operator's cap, and is refused."""
    cap, today = cap_mc(), today_mc()
    if not cap:
        return Line("spending", State.OK, "no cap")
    state = State.DEGRADED if today.total + today.average > cap else State.OK
    spent, most = (n / settings.ASTRIA_MILLICENTS_PER_DOLLAR for n in (today.total, cap))
    return Line("spending", state, f"${spent:,.2f} of ${most:,.2f} for today")


def _alive(line: str, name: str, within: timedelta) -> Line:
    if Heartbeat.is_fresh(name, within):
        return Line(line, State.OK)
    return Line(line, State.DEGRADED, f"no sign of life for {within.total_seconds():.0f} s")


def _checked(line: str, name: str, *, at_worst: State) -> Line:
    """What nobody checked lately is not known to be down: then queue and clock say why."""
    check = Check.objects.filter(name=name, checked_at__gt=timezone.now() - CHECK_FRESH).first()
    if check is None:
        return Line(line, State.DEGRADED, f"not checked for {CHECK_FRESH.total_seconds():.0f} s")
    return Line(line, at_worst, check.error) if check.error else Line(line, State.OK)


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
    except OverBudget:
        return was_answered()
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
