"""How long shoots take here, learnt from the last ones of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median

from studio.models import Shoot

LEARN_FROM = 50
AT_LEAST = 3
# From being ordered to being at Astria, to having a model, to the last picture.
MARKS = ("queued_at", "submitted_at", "generating_at", "ended_at")


@dataclass(frozen=True)
class Usual:
    """How long shoots take: each stage by itself, and all of it."""

    stages: tuple[timedelta, ...]
    total: timedelta

    def left(self, reached: int, since: timedelta) -> timedelta:
        """Return how long a shoot still takes that has been in stage `reached` for `since`."""
        here = max(self.stages[reached] - since, timedelta())
        return here + sum(self.stages[reached + 1 :], timedelta())


def usual(*, trains: bool) -> Usual | None:
    """Return the medians of the latest shoots that trained a model, or did not; None if too few ended."""
    ended = Shoot.objects.filter(
        trains=trains,
        status__in=[Shoot.Status.READY, Shoot.Status.PARTLY],
        # The other marks are there in these states. The index holds those that have ended.
        generating_at__isnull=False,
        ended_at__isnull=False,
    ).order_by("-ended_at")
    lives = list(ended.values_list(*MARKS)[:LEARN_FROM])
    if len(lives) < AT_LEAST:
        return None
    total = _median([life[-1] - life[0] for life in lives])
    return Usual(tuple(_median(_stage(lives, number)) for number in range(len(MARKS) - 1)), total)


def _stage(lives: list[tuple[datetime, ...]], number: int) -> list[timedelta]:
    return [max(life[number + 1] - life[number], timedelta()) for life in lives]


def _median(durations: list[timedelta]) -> timedelta:
    return timedelta(seconds=median(it.total_seconds() for it in durations))


def usual_minutes() -> int | None:
    """Return how many minutes a shoot that trains a model takes, at least 1; None if too few have ended."""
    found = usual(trains=True)
    return None if found is None else in_minutes(found.total)


def in_minutes(duration: timedelta) -> int:
    """Return whole minutes, rounded up, at least 1."""
    return max(1, ceil(duration.total_seconds() / 60))
