"""Astria refuses the studio itself: the whole site waits, staff are told once, a probe resumes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from responses import RequestsMock
from time_machine import Traveller

from accounts.models import User
from studio.models import Pause, PhotoSet, Shoot, Tune
from studio.ordering import order_pack
from studio.training import advance
from tests.factories import PackFactory, PhotoSetFactory
from tests.studio.conftest import API, NOON
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_order(other_user: User) -> Shoot:
    photo_set: PhotoSet = PhotoSetFactory.create(account=other_user.account, photos=4)
    return order_pack(photo_set, PackFactory.create(), number=0)


def answers(api: RequestsMock, shoot: Shoot, status: int, **answer: Any) -> None:
    api.post(f"{API}/p/{shoot.pack.astria_id}/tunes", status=status, **answer)


def status_of(shoot: Shoot) -> str:
    return str(Shoot.objects.get(pk=shoot.pk).status)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refusal_of_the_studio_itself_costs_no_order(
    noon: Traveller, api: RequestsMock, order: Shoot, status: int
) -> None:
    answers(api, order, status, json={"error": "no"})

    advance(order.pk)

    order.refresh_from_db()
    assert (order.status, order.refunded) == (Shoot.Status.QUEUED, 0)
    assert Tune.objects.get().status == Tune.Status.QUEUED
    assert order.next_check_at == NOON + timedelta(minutes=1)
    assert Pause.objects.get().ended_at is None


def test_while_submissions_are_held_no_order_goes_out(
    noon: Traveller, api: RequestsMock, order: Shoot, other_order: Shoot
) -> None:
    answers(api, order, 401)
    advance(order.pk)

    advance(other_order.pk)
    advance(other_order.pk)

    assert len(calls(api, "POST")) == 1
    assert status_of(other_order) == Shoot.Status.QUEUED


def test_staff_are_written_to_once_per_pause(
    noon: Traveller, api: RequestsMock, order: Shoot, staff: User
) -> None:
    answers(api, order, 402)
    advance(order.pk)

    noon.shift(timedelta(minutes=5))
    advance(order.pk)

    assert len(calls(api, "POST")) == 2
    assert [letter.to for letter in mail.outbox] == [["staff@example.com"]]
    assert "PaymentRequired (402)" in mail.outbox[0].body


def test_a_probe_that_is_taken_ends_the_pause(
    noon: Traveller, api: RequestsMock, order: Shoot, other_order: Shoot, staff: User
) -> None:
    answers(api, order, 401)
    answers(api, order, 201, json={"id": 77})
    answers(api, other_order, 201, json={"id": 78})
    advance(order.pk)
    noon.shift(timedelta(minutes=5))

    advance(order.pk)
    advance(other_order.pk)

    assert status_of(order) == Shoot.Status.WAITING
    assert status_of(other_order) == Shoot.Status.WAITING
    assert [letter.subject for letter in mail.outbox][1:] == ["[Headshot Studio] Submissions go out again"]


def test_only_one_order_is_the_probe(
    noon: Traveller, api: RequestsMock, order: Shoot, other_order: Shoot
) -> None:
    answers(api, order, 401)
    answers(api, other_order, 401)
    advance(order.pk)
    noon.shift(timedelta(minutes=5))

    advance(order.pk)
    advance(other_order.pk)

    assert len(calls(api, "POST")) == 2


def test_an_order_that_cannot_go_out_anyway_does_not_use_up_the_probe(
    noon: Traveller, api: RequestsMock, order: Shoot, photo_set: PhotoSet
) -> None:
    waits_for_the_model = order_pack(photo_set, PackFactory.create(), number=1)
    answers(api, order, 401)
    answers(api, order, 201, json={"id": 77})
    advance(order.pk)
    noon.shift(timedelta(minutes=5))

    advance(waits_for_the_model.pk)
    advance(order.pk)

    assert status_of(order) == Shoot.Status.WAITING


def test_an_order_held_for_a_day_is_given_back(noon: Traveller, api: RequestsMock, order: Shoot) -> None:
    answers(api, order, 401)
    advance(order.pk)
    noon.shift(timedelta(hours=24, seconds=1))

    advance(order.pk)
    advance(order.pk)

    assert status_of(order) == Shoot.Status.FAILED
    assert Shoot.objects.get(pk=order.pk).refunded == order.price
    assert len(calls(api, "POST")) == 1


def test_a_refusal_before_the_post_holds_submissions_too(
    noon: Traveller, api: RequestsMock, order_on_tune: Any
) -> None:
    order = order_on_tune()
    api.get(f"{API}/tunes/{order.tune.astria_id}/prompts", status=401)

    advance(order.pk)

    assert Pause.objects.filter(ended_at=None).count() == 1
    assert status_of(order) == Shoot.Status.QUEUED
    assert calls(api, "POST") == []


def test_a_pause_is_started_once(db: None) -> None:
    started = [Pause.start("key", probe_in=timedelta(minutes=5)) for _ in range(2)]

    assert started == [True, False]
    assert [Pause.end(), Pause.end()] == [True, False]
