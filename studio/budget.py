"""The budget of calls to Astria, shared by every process of every machine.

Each HTTP try takes a place before it is made: its line on the timeline, written then and completed when it
has ended. So the timeline is the budget, and it also shows a call whose worker died before the answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from studio import pace
from studio.models import Event, Heartbeat, Shoot, Tune

# A call may reach Astria seconds after its place was taken (5 s to connect): so that no minute of
# Astria's sees more than are allowed, a minute of ours is longer.
MINUTE = timedelta(seconds=65)
# So many calls in a row without an answer mean that Astria hangs, and not that one connection broke.
UNANSWERED = 2
_ROW = "calls to Astria"


class Purpose(StrEnum):
    """What a call is for. None can use up what is kept for the others."""

    ORDER = "order"
    LOOK = "look"  # and whatever else the clock decides: likes, packs
    INSPECTION = "inspection"


class OverBudget(astria.NotSent):
    """The call was not made: the budget is used up, or Astria asked for quiet, or does not answer."""


class Places:
    """The places that the calls of one client take, one after the other."""

    def __init__(self, purpose: Purpose, shoot: Shoot | None, tune: Tune | None) -> None:
        self._purpose, self._shoot, self._tune = purpose, shoot, tune
        self._event: Event | None = None

    def take(self, method: str, path: str) -> None:
        """Write down a call that is about to be made. Raises OverBudget if it must not be."""
        data = {"method": method, "path": path, "for": self._purpose}
        with transaction.atomic():
            Heartbeat.lock(_ROW)
            if not room(self._purpose):
                seconds = pace.NO_ROOM.total_seconds()
                words = _("no call now: the budget of calls to Astria is used up, or Astria does not answer")
                raise OverBudget(words, method=method, path=path, retry_after=max(seconds, 2.0))
            text = f"{method} {path}"
            about = {"shoot": self._shoot, "tune": self._tune, "data": data}
            self._event = Event.record(Event.Kind.CALL, text, **about)

    def complete(self, call: astria.Call) -> None:
        """Write down how the call ended."""
        if self._event is not None:
            outcome = {"status": call.status, "ms": round(call.milliseconds), "error": call.error}
            self._event.complete(f"{call.method} {call.path}: {call.status or call.error}", **outcome)


def room(purpose: Purpose) -> int:
    """Return how many calls may be made now for `purpose`; none after a 429, few while Astria hangs."""
    now = timezone.now()
    calls = list(Event.objects.calls_within(MINUTE, now).values_list("at", "data"))
    if _is_quiet(calls, now):
        return 0
    left = _left(purpose, Counter(str(data.get("for")) for _at, data in calls))
    if _is_silent(calls):
        # Only what changes nothing finds out whether Astria is back: an order would be left unconfirmed.
        is_time = purpose != Purpose.ORDER and calls[-1][0] <= now - pace.SILENCE_PROBE
        return min(left, int(is_time))
    return left


Calls = Sequence[tuple[datetime, dict[str, Any]]]


def _is_quiet(calls: Calls, now: datetime) -> bool:
    """A 429 means all of us."""
    return any(data.get("status") == 429 and at > now - pace.QUIET_AFTER_429 for at, data in calls)


def _is_silent(calls: Calls) -> bool:
    """Whether the last calls that ended had no answer. Those under way say nothing yet."""
    ended = [data for _at, data in calls if "ms" in data]
    return len(ended) >= UNANSWERED and all(data["status"] is None for data in ended[-UNANSWERED:])


def _left(purpose: Purpose, made: Counter[str]) -> int:
    """Return what is left of the minute, less what is kept for other purposes and not used yet."""
    whole = int(settings.ASTRIA_CALLS_PER_MINUTE)
    # An eighth of each minute belongs to each purpose, whatever the others want.
    share = min(max(1, whole // 8), whole // len(Purpose))
    kept = sum(max(0, share - made[other]) for other in Purpose if other != purpose)
    return max(0, whole - made.total() - kept)
