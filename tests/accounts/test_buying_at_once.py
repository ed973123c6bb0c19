"""Stripe knocks at many doors at the same moment: each worker has a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.buying import buy, see_to_purchase
from accounts.models import Bundle, Purchase, User
from studio.auditing import mismatches
from tests.factories import UserFactory
from tests.till import Till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TIMES = 10


def at_once(*verbs: Callable[[], Any]) -> None:
    barrier = threading.Barrier(len(verbs))

    def start(verb: Callable[[], Any]) -> None:
        barrier.wait(10)
        try:
            verb()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(verbs)) as pool:
        for future in [pool.submit(start, verb) for verb in verbs]:
            future.result(60)


def state(user: User) -> tuple[int, int]:
    user.account.refresh_from_db()
    return user.account.balance, user.account.owed


def test_ten_workers_credit_a_purchase_once(till: Till, user: User, purchase: Purchase) -> None:
    till.pay(str(purchase.session_id))

    at_once(*[lambda: see_to_purchase(purchase.pk)] * TIMES)

    assert state(user) == (200, 0)
    assert user.account.entries.count() == 2


def test_ten_workers_take_a_refund_back_once(till: Till, user: User, purchase: Purchase) -> None:
    till.pay(str(purchase.session_id))
    see_to_purchase(purchase.pk)
    till.refund(str(purchase.session_id), 1450)
    Purchase.objects.update(next_check_at=timezone.now())

    at_once(*[lambda: see_to_purchase(purchase.pk)] * TIMES)

    assert state(user) == (150, 0)
    assert list(mismatches()) == []


def test_receipts_of_purchases_that_are_paid_at_once_have_numbers_without_a_gap(
    till: Till, bundle: Bundle
) -> None:
    for _ in range(5):
        buy(UserFactory.create(), bundle, 1)
    ids = list(Purchase.objects.values_list("pk", flat=True))
    for session in list(till.sessions):
        till.pay(session)

    at_once(*[lambda pk=pk: see_to_purchase(pk) for pk in ids])

    assert sorted(Purchase.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert list(mismatches()) == []
