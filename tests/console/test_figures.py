"""The figures of the console are those of the rows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from studio.console.figures import Times, credits_outstanding, days_since, figures_since
from studio.models import Image, Shoot
from tests.factories import ImageFactory, ShootFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=3)


def ordered(status: str, **columns: object) -> Shoot:
    shoot: Shoot = ShootFactory.create(status=status, **columns)
    return shoot


def test_orders_of_the_period_are_counted_by_their_end() -> None:
    for status in ("ready", "ready", "partly", "failed", "waiting"):
        ordered(status, queued_at=NOW)
    ordered("ready", queued_at=LONG_AGO)

    figures = figures_since(NOW - timedelta(days=1))

    assert (figures.orders, figures.ready, figures.partly, figures.failed) == (5, 2, 1, 1)


def test_pictures_count_from_when_they_were_stored() -> None:
    shoot = ordered("ready", queued_at=LONG_AGO)
    ImageFactory.create(shoot=shoot, stored_at=NOW)
    ImageFactory.create(shoot=shoot, stored_at=LONG_AGO)
    ImageFactory.create(shoot=shoot, status=Image.Status.PENDING)

    assert figures_since(NOW - timedelta(days=1)).pictures == 1


def test_credits_are_what_was_spent_and_what_came_back() -> None:
    ordered("ready", queued_at=NOW, price=18)
    ordered("partly", queued_at=NOW, price=20, refunded=5)

    figures = figures_since(NOW - timedelta(days=1))

    assert (figures.credits_spent, figures.credits_refunded) == (38, 5)


def test_times_run_from_the_order_to_its_first_and_to_its_last_picture() -> None:
    shoot = ordered("ready", queued_at=NOW - timedelta(minutes=30))
    ImageFactory.create(shoot=shoot, stored_at=NOW - timedelta(minutes=20))
    ImageFactory.create(shoot=shoot, stored_at=NOW - timedelta(minutes=5))

    figures = figures_since(NOW - timedelta(days=1))

    assert figures.first_picture == Times(timedelta(minutes=10), timedelta(minutes=10))
    assert figures.last_picture == Times(timedelta(minutes=25), timedelta(minutes=25))


def test_ninety_five_of_a_hundred_are_within_p95() -> None:
    times = Times.of([timedelta(minutes=number) for number in range(100, 0, -1)])

    assert (times.median, times.p95) == (timedelta(minutes=50.5), timedelta(minutes=96))


def test_days_without_orders_are_days_too() -> None:
    ordered("failed", queued_at=NOW, cost_mc=150_000)
    ordered("ready", queued_at=NOW - timedelta(days=2))

    days = days_since(NOW - timedelta(days=2))

    assert [(day.orders, day.failed) for day in days] == [(1, 0), (0, 0), (1, 1)]
    assert [day.cost for day in days] == [0, 0, Decimal("1.5")]


def test_credits_outstanding_are_what_people_still_have(user: User, other_user: User) -> None:
    user.account.spend(30, key="spent")

    assert credits_outstanding() == 170
