"""How the studio does: orders, pictures, times and money of a period, for the admin's first page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import CreditAccount
from studio.console.money import Money, in_dollars, money_since
from studio.models import Image, Shoot

# The page may be reloaded as often as one likes: the database is asked once in so many seconds.
KEPT_SECONDS = 60
# Times are those of the latest so many shoots of a period: a median needs no more.
TIMED = 500

T = TypeVar("T")


@dataclass(frozen=True)
class Times:
    """Half of the shoots took at most `median`, 95 of 100 at most `p95`; None without any."""

    median: timedelta | None
    p95: timedelta | None

    @classmethod
    def of(cls, durations: list[timedelta]) -> Times:
        if not durations:
            return cls(None, None)
        ordered = sorted(durations)
        seconds = median(it.total_seconds() for it in ordered)
        return cls(
            timedelta(seconds=round(seconds)), ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]
        )


@dataclass(frozen=True)
class Figures:
    """A period: what was ordered in it, what became of that, and its money."""

    orders: int
    pictures: int
    ready: int
    partly: int
    failed: int
    first_picture: Times
    last_picture: Times
    credits_spent: int
    credits_refunded: int
    money: Money


def figures_since(since: datetime) -> Figures:
    """Return the figures since then, at most a minute old."""
    return _kept(f"figures:{since:%Y%m%d%H}", lambda: _count(since))


def _kept(name: str, count: Callable[[], T]) -> T:
    """Return what `count` returned at most KEPT_SECONDS ago."""
    key = f"console:{name}"
    kept: T | None = cache.get(key)
    if kept is None:
        kept = count()
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _count(since: datetime) -> Figures:
    ordered = Shoot.objects.filter(queued_at__gte=since)
    ends = Counter(dict(ordered.order_by().values_list("status").annotate(Count("pk"))))
    in_credits = ordered.aggregate(spent=Sum("price"), refunded=Sum("refunded"))
    first, last = _times(ordered)
    return Figures(
        orders=sum(ends.values()),
        pictures=Image.objects.stored().filter(stored_at__gte=since).count(),
        ready=ends[Shoot.Status.READY],
        partly=ends[Shoot.Status.PARTLY],
        failed=ends[Shoot.Status.FAILED],
        first_picture=first,
        last_picture=last,
        credits_spent=in_credits["spent"] or 0,
        credits_refunded=in_credits["refunded"] or 0,
        money=money_since(since),
    )


def _times(ordered: QuerySet[Shoot]) -> tuple[Times, Times]:
    """Return how long it took from the order to its first, and to its last picture."""
    ended = ordered.filter(status__in=[Shoot.Status.READY, Shoot.Status.PARTLY])
    latest = list(ended.order_by("-queued_at").values_list("pk", flat=True)[:TIMED])
    stored = Image.objects.stored().filter(shoot__in=latest).order_by()
    rows = stored.values("shoot", "shoot__queued_at").annotate(first=Min("stored_at"), last=Max("stored_at"))
    times = list(rows.values_list("shoot__queued_at", "first", "last"))
    return (
        Times.of([first - queued for queued, first, _last in times]),
        Times.of([last - queued for queued, _first, last in times]),
    )


@dataclass(frozen=True)
class Day:
    """One day of the chart."""

    day: date
    orders: int
    failed: int
    cost: Decimal


def days_since(since: datetime) -> list[Day]:
    """Return each day's orders, and how many of them failed, days without any included."""
    return _kept(f"days:{since:%Y%m%d}", lambda: _days(since))


def _days(since: datetime) -> list[Day]:
    counted = (
        Shoot.objects.filter(queued_at__gte=since)
        .order_by()
        .annotate(day=TruncDate("queued_at"))
        .values_list("day")
        .annotate(
            orders=Count("pk"),
            failed=Count("pk", filter=Q(status=Shoot.Status.FAILED)),
            cost=Sum("cost_mc", filter=~Q(status=Shoot.Status.CANCELLED), default=0),
        )
    )
    by_day = {day: (orders, failed, in_dollars(cost)) for day, orders, failed, cost in counted}
    first, today = timezone.localdate(since), timezone.localdate()
    span = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    return [Day(day, *by_day.get(day, (0, 0, Decimal(0)))) for day in span]


def credits_outstanding() -> int:
    """Return how many credits people have and have not spent."""
    return _kept("credits", _credits_outstanding)


def _credits_outstanding() -> int:
    return CreditAccount.objects.aggregate(total=Sum("balance"))["total"] or 0
