"""How long shoots take here, learnt from the last ones of this installation."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from statistics import median

from studio.models import Shoot

LEARN_FROM = 50
AT_LEAST = 3


def usual_duration() -> timedelta | None:
    """Return the median time from order to end of the latest shoots that trained a model; None if too few."""
    ended = Shoot.objects.filter(
        trains=True, status__in=[Shoot.Status.READY, Shoot.Status.PARTLY], queued_at__isnull=False
    ).order_by("-ended_at")
    seconds = [
        (ended_at - queued_at).total_seconds()
        for queued_at, ended_at in ended.values_list("queued_at", "ended_at")[:LEARN_FROM]
        if ended_at and queued_at
    ]
    return timedelta(seconds=median(seconds)) if len(seconds) >= AT_LEAST else None


def usual_minutes() -> int | None:
    """Return `usual_duration` in whole minutes, at least 1; None if too few shoots have ended."""
    duration = usual_duration()
    return None if duration is None else max(1, ceil(duration.total_seconds() / 60))
