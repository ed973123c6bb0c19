"""When to look again: every delay and deadline of the pipeline in one place.

The delays follow Astria's own estimate: a model announced in ten minutes is first looked at two
minutes after that, one announced in four seconds (as a local stand-in does) after two seconds.
See docs/decisions/0002.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

# After an ambiguous answer: look this long after it, each time, before thinking of posting again.
UNCONFIRMED_LOOKS = (timedelta(seconds=60), timedelta(minutes=3), timedelta(minutes=10))
HELD_LOOK = timedelta(hours=1)
# How far before the order a tune with its title could have been created, by Astria's clock.
TITLE_LOOK_BACK = timedelta(minutes=15)
# A worker that has not answered for its claim by now is dead: longer than the queue's time-out.
CLAIM = timedelta(minutes=5)
# What was queued at once is queued again by the clock if nobody took it by then.
SWEEP = timedelta(minutes=1)
# Nothing was sent: 30 s, doubling, to 30 minutes.
FIRST_RETRY = timedelta(seconds=30)
LAST_RETRY = timedelta(minutes=30)
# A like that Astria could not be told of: 30 s, doubling, to 6 hours.
LAST_LIKE_RETRY = timedelta(hours=6)
# An order that could not be submitted for a day is given back.
GIVE_UP_SUBMITTING = timedelta(hours=24)
PROBE_EVERY = timedelta(minutes=5)
PAUSED_LOOK = timedelta(minutes=1)
# Too late, per stage: the rest fails and its share is refunded.
TRAINING_DEADLINE = timedelta(hours=6)
GENERATING_DEADLINE = timedelta(hours=3)
# Longer than all tries to have a picture together.
FETCHING_DEADLINE = timedelta(hours=2)
# Late: the person is told.
LATE_AFTER = timedelta(minutes=15)

# A mail that could not leave.
MAIL_RETRY = timedelta(minutes=5)
GIVE_UP_MAILING = timedelta(hours=24)

_SLACK_MIN = timedelta(seconds=2)
_SLACK_MAX = timedelta(minutes=2)
_LOOK_MINUTES = (1, 2, 4, 8, 15)
_IMAGE_RETRIES = (5, 15, 60, 300, 900, 3600)
MAX_IMAGE_ATTEMPTS = len(_IMAGE_RETRIES) + 1


def slack(submitted_at: datetime | None, eta: datetime | None) -> timedelta:
    """Return how long after Astria's estimate to look: half of what it announced, 2 s to 2 min."""
    if eta is None or submitted_at is None:
        return _SLACK_MAX
    return min(_SLACK_MAX, max(_SLACK_MIN, (eta - submitted_at) / 2))


def first_look(submitted_at: datetime | None, eta: datetime | None) -> datetime:
    """Return when to look at a tune for the first time."""
    base = max(eta or timezone.now(), timezone.now())
    return base + slack(submitted_at, eta)


def next_look(submitted_at: datetime | None, eta: datetime | None, looks: int) -> datetime:
    """Return when to look after `looks` looks that brought nothing: 1, 2, 4 … 15 min at full slack."""
    minutes = _LOOK_MINUTES[min(looks, len(_LOOK_MINUTES) - 1)]
    pace = slack(submitted_at, eta) / _SLACK_MAX
    return timezone.now() + timedelta(minutes=minutes * pace)


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` (≥ 1) posts of which nothing was sent."""
    return _doubled(attempts - 1, LAST_RETRY)


def like_retry_delay(attempts: int) -> timedelta:
    """Return how long to wait to tell Astria of a like after `attempts` (≥ 0) earlier failures."""
    return _doubled(attempts, LAST_LIKE_RETRY)


def _doubled(times: int, most: timedelta) -> timedelta:
    """Return FIRST_RETRY doubled so many `times`, `most` at the most."""
    return min(most, FIRST_RETRY * (1 << min(max(times, 0), 16)))


def image_retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` (≥ 1) tries to have a picture."""
    return timedelta(seconds=_IMAGE_RETRIES[min(attempts, len(_IMAGE_RETRIES)) - 1])
