"""Signs of life, and checks that are too dear for a page: queued by the clock, read by studio/health.py."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import Error
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.signals import post_execute_in_worker

import astria
from studio import files
from studio.astria_client import astria_client
from studio.mail import alarm_staff
from studio.models import Check, Event, Heartbeat
from studio.queue import calls_astria

# The name of the watchdog under whose cluster a task runs; it sets this for its clusters.
WATCHDOG = "STUDIO_WATCHDOG"
# Of a busy worker; as often as the clock asks idle ones for a sign.
PULSE_SECONDS = 10.0
STORAGE, ASTRIA, BALANCE = "storage", "astria", "balance"


def beat() -> None:
    """Show that a worker of this cluster takes tasks from the queue and finishes them."""
    Heartbeat.beat("worker", os.environ.get(WATCHDOG, ""))


@calls_astria
def beat_of_callers() -> None:
    """Show the same of a worker that calls Astria."""
    Heartbeat.beat("caller", os.environ.get(WATCHDOG, ""))


class Pulse:
    """The sign of life of a worker process that is busy: `beat` may wait behind many slow tasks."""

    def __init__(self) -> None:
        self._next_at = 0.0

    def give(self, **kwargs: object) -> None:
        """Show, now and then, that a task has ended. Never raises: django-q's loop would end with it."""
        holder = os.environ.get(WATCHDOG)
        if holder is None or time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + PULSE_SECONDS
        is_caller = os.environ.get("Q_CLUSTER_NAME") == settings.CALLERS_CLUSTER
        with suppress(Error):
            Heartbeat.beat("caller" if is_caller else "worker", holder)


_pulse = Pulse()


def feel_pulse() -> None:
    """Let every worker process show that it finishes tasks."""
    post_execute_in_worker.connect(_pulse.give, dispatch_uid="pulse")


def check_storage() -> None:
    """Write, read and delete a small file, and note how that went."""
    key, content = f"health/{uuid4()}", os.urandom(16)
    try:
        files.write(key, content)
        same = files.read(key) == content
        files.delete(key)
    except Exception as error:
        # Whatever a storage may raise: which one it was is what staff need to know.
        Check.note(STORAGE, error=type(error).__name__)
    else:
        Check.note(STORAGE, error="" if same else "read something else than was written")


@calls_astria
def check_astria() -> None:
    """Note whether Astria answers; it is asked only if no other call was answered within a minute."""
    try:
        if not was_answered():
            astria_client(timeout=(3.0, 10.0)).tunes.list(limit=1)
    except astria.Refused:
        Check.note(ASTRIA)  # a refusal is an answer
    except astria.AstriaError as error:
        Check.note(ASTRIA, error=type(error).__name__)
    else:
        Check.note(ASTRIA)


@calls_astria
def check_balance() -> None:
    """Note what is left at Astria, and write to staff when it has just fallen below ASTRIA_BALANCE_LOW."""
    try:
        left = astria_client(timeout=(3.0, 10.0)).users.get().usd_balance_mc
    except astria.AstriaError:
        return  # `check_astria` says so; what was known is still what is known
    before = Check.objects.filter(name=BALANCE).values_list("value", flat=True).first()
    Check.note(BALANCE, value=left)
    Heartbeat.beat(BALANCE)
    if is_low(left) and not is_low(before):
        alarm_staff(
            _("The balance at Astria is low"),
            _("Less than $%(least)d are left. An empty balance holds every order: top it up at Astria.")
            % {"least": settings.ASTRIA_BALANCE_LOW},
        )


def is_low(balance_mc: int | None) -> bool:
    """Whether so many milli-cents are less than the operator wants to have; what is not known is not."""
    least_mc = settings.ASTRIA_BALANCE_LOW * settings.ASTRIA_MILLICENTS_PER_DOLLAR
    return balance_mc is not None and balance_mc < least_mc


def was_answered() -> bool:
    """Whether Astria answered a call of anybody's within the last minute."""
    calls = Event.objects.calls_within(timedelta(minutes=1), timezone.now())
    return calls.filter(data__status__lt=500).exists()
