"""When to look again: every delay and deadline of the pipeline in one place.

The delays follow Astria's own estimate: a model announced in ten minutes is first looked at two
minutes after that, one announced in four seconds (as a local stand-in does) after two seconds.
See docs/decisions/0002.

`PACE` divides them all, so that tests can live a day in minutes with every proportion kept. At 1 they are as
written here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

PACE: Final[float] = settings.PACE


def _paced(**time: float) -> timedelta:
    return timedelta(**time) / PACE


# After an ambiguous answer: look this long after it, each time, before thinking of posting again.
UNCONFIRMED_LOOKS = (_paced(seconds=60), _paced(minutes=3), _paced(minutes=10))
HELD_LOOK = _paced(hours=1)
# How far before the order a tune with its title could have been created, by Astria's clock.
TITLE_LOOK_BACK = _paced(minutes=15)
# Seconds to connect, and to be answered: over before Astria's own limit of 30 s is long past. Never below
# what a busy machine needs; a post that is given up too early is looked for, which costs nothing but time.
POST_TIMEOUT = (5.0, max(2.0, 60.0 / PACE))
# The files of an upload go that came to no end by then. Longer than any storage takes to be written to.
KEPT_BY = _paced(minutes=15)
# What no browser asked inspection about by then, the worker does; for a day, at last every half hour.
INSPECT_AFTER = _paced(minutes=1)
GIVE_UP_INSPECTING = _paced(hours=24)
# A photo that was removed can come back for as long.
UNDO = _paced(minutes=10)
# A worker that has not answered for its claim by now is dead: longer than the queue's time-out.
CLAIM = _paced(minutes=5)
# An erasure that is not over is looked at again.
ERASURE_LOOK = _paced(seconds=10)
# What was queued at once is queued again by the clock if nobody took it by then.
SWEEP = _paced(minutes=1)
# A callback that was queued is queued again if it was not processed by then; after each attempt that broke
# off twice as long, and after the last one (an hour or two later) it is given up: the clock looks anyway.
INBOX_AGAIN = _paced(minutes=2)
MAX_INBOX_ATTEMPTS = 6
# After a 429, nobody asks Astria for anything for as long.
QUIET_AFTER_429 = _paced(seconds=30)
# While Astria leaves calls without an answer: one call each so often, to see whether it is back.
SILENCE_PROBE = _paced(seconds=15)
# What found no room in the budget of calls is due again after this.
NO_ROOM = _paced(seconds=5)
# Nothing was sent: 30 s, doubling, to 30 minutes.
FIRST_RETRY = _paced(seconds=30)
LAST_RETRY = _paced(minutes=30)
# A like that Astria could not be told of: 30 s, doubling, to 6 hours.
LAST_LIKE_RETRY = _paced(hours=6)
# An order that could not be submitted for a day is given back.
GIVE_UP_SUBMITTING = _paced(hours=24)
PROBE_EVERY = _paced(minutes=5)
PAUSED_LOOK = _paced(minutes=1)
# Too late, per stage: the rest fails and its share is refunded.
TRAINING_DEADLINE = _paced(hours=6)
GENERATING_DEADLINE = _paced(hours=3)
# After the deadline, so much longer while Astria does not say what has become of it.
GIVE_UP_LOOKING = _paced(hours=24)
# Longer than all tries to have a picture together.
FETCHING_DEADLINE = _paced(hours=2)
# Late: the person is told.
LATE_AFTER = _paced(minutes=15)

# A mail that could not leave.
MAIL_RETRY = _paced(minutes=5)
GIVE_UP_MAILING = _paced(hours=24)

# The end of a model's time at Astria: the person is told so long before, within a day after that moment.
END_REMINDERS = (_paced(days=7), _paced(days=1))
END_REMINDER_GRACE = _paced(days=1)
# A model that was to be extended: looked at again after its end, for a day.
EXTENSION_LOOK = _paced(minutes=5)
GIVE_UP_EXTENDING = _paced(hours=24)

# A try of the configuration: how often it is looked at, and when callbacks are no longer waited for.
TRIAL_LOOK = _paced(seconds=10)
GIVE_UP_TRIAL = _paced(minutes=15)
# A comparison of packs for which no call could be made just now.
COMPARISON_LOOK = _paced(seconds=15)
GIVE_UP_COMPARING = _paced(minutes=15)

_SLACK_MIN = _paced(seconds=2)
_SLACK_MAX = _paced(minutes=2)
_LOOK_MINUTES = (1, 2, 4, 8, 15)
_IMAGE_RETRIES = (5, 15, 60, 300, 900, 3600)
MAX_IMAGE_ATTEMPTS = len(_IMAGE_RETRIES) + 1


def believable(eta: datetime | None) -> datetime | None:
    """Return Astria's estimate; None if it lies beyond the deadline of a training.

    Then its clock or ours is wrong, or the estimate is: nothing waits for it.
    """
    return eta if eta and eta <= timezone.now() + TRAINING_DEADLINE else None


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
    return timezone.now() + _paced(minutes=minutes) * (slack(submitted_at, eta) / _SLACK_MAX)


def next_turn(expires_at: datetime) -> datetime:
    """Return when a trained model is looked at next: when its end is to be told of, or has come."""
    turns = (expires_at - before for before in END_REMINDERS)
    return next((turn for turn in turns if turn > timezone.now()), expires_at)


def retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` (≥ 1) posts of which nothing was sent."""
    return _doubled(attempts - 1, LAST_RETRY)


def like_retry_delay(attempts: int) -> timedelta:
    """Return how long to wait to tell Astria of a like after `attempts` (≥ 0) earlier failures."""
    return _doubled(attempts, LAST_LIKE_RETRY)


def _doubled(times: int, most: timedelta) -> timedelta:
    """Return FIRST_RETRY doubled so many `times`, `most` at the most."""
    return min(most, FIRST_RETRY * (1 << min(max(times, 0), 16)))


def storage_retry_delay(waited: timedelta) -> timedelta:
    """Return how long to wait for our own storage, which has not done what was asked for `waited`."""
    return min(LAST_RETRY, max(FIRST_RETRY, waited / 2))


def inspect_retry_delay(waited: timedelta) -> timedelta:
    """Return when to ask inspection again about a photo that has gone unchecked for `waited`."""
    return min(LAST_RETRY, max(INSPECT_AFTER, waited / 2))


def inbox_retry_delay(attempts: int) -> timedelta:
    """Return how long to wait for the end of attempt number `attempts` (≥ 1) to process a callback."""
    return INBOX_AGAIN * (1 << (attempts - 1))


def image_retry_delay(attempts: int) -> timedelta:
    """Return how long to wait after `attempts` (≥ 1) tries to have a picture."""
    return _paced(seconds=_IMAGE_RETRIES[min(attempts, len(_IMAGE_RETRIES)) - 1])
