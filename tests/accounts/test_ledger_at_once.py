"""The ledger under many hands: each thread has a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connections
from django.db.models import Sum

from accounts.models import CreditAccount, CreditEntry, NotEnoughCredits
from studio.auditing import mismatches

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Saying = tuple[str, int, str]


@pytest.fixture
def account() -> CreditAccount:
    account = CreditAccount.objects.create()
    account.grant(10, key="start")
    return account


@pytest.fixture
def say_at_once(account: CreditAccount) -> Callable[[list[Saying]], list[bool | None]]:
    """Say (verb, amount, key) of the account, all at the same moment; None is NotEnoughCredits."""

    def say(barrier: threading.Barrier, verb: str, amount: int, key: str) -> bool | None:
        barrier.wait(10)
        try:
            done: bool = getattr(CreditAccount.objects.get(pk=account.pk), verb)(amount, key=key)
            return done
        except NotEnoughCredits:
            return None
        finally:
            connections.close_all()

    def all_say(sayings: list[Saying]) -> list[bool | None]:
        with ThreadPoolExecutor(len(sayings)) as pool:
            barrier = threading.Barrier(len(sayings))
            starts = [partial(say, barrier, *saying) for saying in sayings]
            return [future.result(60) for future in [pool.submit(start) for start in starts]]

    return all_say


def state(account: CreditAccount) -> tuple[int, int]:
    account.refresh_from_db()
    return account.balance, account.owed


@pytest.mark.parametrize(
    ("verb", "after"),
    [("buy", (16, 0)), ("grant", (16, 0)), ("refund", (16, 0)), ("spend", (4, 0)), ("reverse", (4, 0))],
)
def test_the_same_line_said_ten_times_at_once_counts_once(
    account: CreditAccount,
    say_at_once: Callable[[list[Saying]], list[bool | None]],
    verb: str,
    after: tuple[int, int],
) -> None:
    said = say_at_once([(verb, 6, "same")] * 10)

    assert sorted(map(bool, said)) == [False] * 9 + [True]
    assert state(account) == after
    assert account.entries.count() == 2


def test_an_order_that_takes_everything_ten_times_at_once_is_paid_once(
    account: CreditAccount, say_at_once: Callable[[list[Saying]], list[bool | None]]
) -> None:
    said = say_at_once([("spend", 10, "order")] * 10)

    assert (said.count(True), said.count(False)) == (1, 9)
    assert state(account) == (0, 0)


def test_of_many_orders_at_once_as_many_are_paid_as_there_are_credits_for(
    account: CreditAccount, say_at_once: Callable[[list[Saying]], list[bool | None]]
) -> None:
    said = say_at_once([("spend", 3, f"order {number}") for number in range(10)])

    assert (said.count(True), said.count(None)) == (3, 7)
    assert state(account) == (1, 0)
    assert account.entries.filter(kind=CreditEntry.Kind.SPEND).count() == 3


def test_buying_spending_refunding_and_reversing_at_once_add_up(
    account: CreditAccount, say_at_once: Callable[[list[Saying]], list[bool | None]]
) -> None:
    sayings: list[Saying] = []
    for n in range(3):
        sayings += [("buy", 7, f"buy {n}"), ("spend", 5, f"spend {n}"), ("reverse", 9, f"reverse {n}")]
        sayings += [("refund", 2, f"refund {n}")]

    paid = say_at_once(sayings).count(True) - 9

    balance, owed = state(account)
    assert balance - owed == 10 + 3 * (7 - 9 + 2) - 5 * paid
    assert account.entries.aggregate(sum=Sum("amount"))["sum"] == balance - owed
    assert list(mismatches()) == []
