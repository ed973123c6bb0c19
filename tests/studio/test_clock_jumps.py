"""The time of day set forwards or back by an hour: nothing is lost, nothing is posted twice, all ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from responses import RequestsMock
from time_machine import Traveller

from studio.clock import queue_due
from studio.models import Heartbeat, Shoot
from studio.training import advance
from tests.factories import ShootFactory
from tests.studio.conftest import API

pytestmark = pytest.mark.django_db

HOUR = 3600
LEASE = timedelta(seconds=10)
URL = "https://mp.astria.example/1.jpg"


def tunes_url(order: Shoot) -> str:
    return f"{API}/p/{order.pack.astria_id}/tunes"


def round_of_the_clock(noon: Traveller, seconds: float = 5) -> None:
    """Let some seconds pass, queue what is due and do it."""
    noon.shift(seconds)
    queue_due()
    for row in list(OrmQ.objects.order_by("pk")):
        task = row.task
        row.delete()
        if task["func"] is advance:
            advance(*task["args"])


@pytest.mark.slow
@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_an_order_whose_answer_was_lost_is_found_and_not_posted_again(
    api: RequestsMock, order: Shoot, noon: Traveller, settings: Any, jump: int
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    api.post(tunes_url(order), status=504)
    advance(order.pk)
    OrmQ.objects.all().delete()

    noon.shift(jump)
    there = {"id": 77, "title": str(order.tune_id), "created_at": timezone.now().isoformat()}
    api.get(f"{API}/tunes", json=[there])
    api.get(f"{API}/tunes/77", json=there)
    api.get(f"{API}/tunes/77/prompts", json=[])
    for _ in range(3 + (-jump // 60 if jump < 0 else 0)):
        round_of_the_clock(noon, 60)

    order.refresh_from_db()
    assert order.status == Shoot.Status.WAITING
    assert [call.request.method for call in api.calls].count("POST") == 1


def test_after_a_jump_forwards_looks_are_still_apart_before_it_is_posted_again(
    api: RequestsMock, order: Shoot, noon: Traveller, settings: Any
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    api.post(tunes_url(order), status=504)
    api.get(f"{API}/tunes", json=[])
    advance(order.pk)
    OrmQ.objects.all().delete()

    noon.shift(HOUR)
    for _ in range(12):
        round_of_the_clock(noon)

    assert [call.request.method for call in api.calls].count("POST") == 1


def test_a_deadline_that_a_jump_passed_fails_nothing_while_nobody_could_look(
    api: RequestsMock, noon: Traveller, settings: Any
) -> None:
    shoot = ShootFactory.create(deadline_at=timezone.now() + timedelta(minutes=30))
    api.get(f"{API}/tunes/{shoot.tune.astria_id}", status=500)

    noon.shift(HOUR)
    round_of_the_clock(noon)

    shoot.refresh_from_db()
    assert shoot.status == Shoot.Status.WAITING


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_dead_clocks_lease_is_taken_over_at_once_whichever_way_the_time_jumped(
    noon: Traveller, jump: int
) -> None:
    Heartbeat.hold("clock", "dead", LEASE)

    noon.shift(jump)

    assert Heartbeat.hold("clock", "other", LEASE) is True


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_a_living_clock_keeps_its_lease(noon: Traveller, jump: int) -> None:
    Heartbeat.hold("clock", "me", LEASE)

    noon.shift(jump)

    assert [Heartbeat.hold("clock", name, LEASE) for name in ("me", "other")] == [True, False]


def test_a_sign_of_before_the_time_was_set_back_is_not_fresh(noon: Traveller) -> None:
    Heartbeat.beat("worker")

    noon.shift(-HOUR)

    assert not Heartbeat.is_fresh("worker", timedelta(minutes=1))
