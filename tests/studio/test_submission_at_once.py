"""Two workers that submit at the same moment, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from responses import RequestsMock

from studio.models import PhotoSet, Shoot
from studio.ordering import cancel, order_pack
from studio.training import advance
from tests.factories import PackFactory, PhotoSetFactory
from tests.studio.conftest import API, AtOnce
from tests.studio.posted import calls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_an_order_submitted_twice_at_once_is_posted_once(
    api: RequestsMock, order: Shoot, at_once: AtOnce
) -> None:
    api.post(f"{API}/p/{order.pack.astria_id}/tunes", status=201, json={"id": 77})
    api.get(f"{API}/tunes/77", json={"id": 77})
    api.get(f"{API}/tunes/77/prompts", json=[])

    at_once(*[lambda: advance(order.pk)] * 3)

    order.refresh_from_db()
    assert len(calls(api, "POST")) == 1
    assert (order.status, order.attempts) == (Shoot.Status.WAITING, 1)


def test_two_orders_on_one_model_at_once_go_out_one_after_the_other(
    api: RequestsMock, order_on_tune: Callable[..., Shoot], at_once: AtOnce
) -> None:
    first, second = order_on_tune(), order_on_tune()
    api.get(f"{API}/tunes/{first.tune.astria_id}/prompts", json=[])
    api.post(f"{API}/p/{first.pack.astria_id}/tunes", status=504)
    api.post(f"{API}/p/{second.pack.astria_id}/tunes", status=504)

    at_once(lambda: advance(first.pk), lambda: advance(second.pk))

    states = sorted(Shoot.objects.values_list("status", flat=True))
    assert states == [Shoot.Status.QUEUED, Shoot.Status.UNCONFIRMED]
    assert len(calls(api, "POST")) == 1


def test_an_order_cancelled_while_it_is_submitted_is_either_cancelled_or_posted(
    api: RequestsMock, at_once: AtOnce
) -> None:
    pack, photo_sets = PackFactory.create(), PhotoSetFactory.create_batch(12, photos=4)
    api.post(f"{API}/p/{pack.astria_id}/tunes", status=422, json={"title": ["no"]})

    for photo_set in photo_sets:
        _cancel_and_submit_at_once(photo_set, order_pack(photo_set, pack, number=0), at_once)

    refused = Shoot.objects.filter(status=Shoot.Status.FAILED)
    assert len(calls(api, "POST")) == refused.count()


def _cancel_and_submit_at_once(photo_set: PhotoSet, order: Shoot, at_once: AtOnce) -> None:
    mine = Shoot.objects.select_related("tune", "account").get(pk=order.pk)

    cancelled, _ = at_once(lambda: cancel(mine), lambda: advance(order.pk))

    order.refresh_from_db()
    photo_set.account.refresh_from_db()
    assert order.status == (Shoot.Status.CANCELLED if cancelled else Shoot.Status.FAILED)
    assert (order.refunded, photo_set.account.balance) == (order.price, 100)
