"""Whatever is bought, ordered, cancelled, extended and taken back, in any order: the ledger is exact."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest
from django.db.models import Sum

from accounts.models import User
from studio.auditing import mismatches
from studio.extending import extend
from studio.models import Extension, Shoot, Tune
from studio.ordering import OrderRefused, cancel
from studio.ordering_more import order_prompt
from studio.settling import fail
from tests.factories import TrainedTuneFactory

pytestmark = pytest.mark.django_db

Act = Callable[[Random, Tune, str], object]


def order(dice: Random, tune: Tune, key: str) -> object:
    return order_prompt(tune, "by the sea", key=key, num_images=dice.randint(1, 8))


def again(dice: Random, tune: Tune, key: str) -> object:
    """Send a form that was sent before, or will be."""
    return order_prompt(tune, "by the sea", key=str(dice.randint(0, 60)))


def buy(dice: Random, tune: Tune, key: str) -> object:
    return tune.account.buy(dice.randint(1, 30), key=f"bought:{key}")


def reverse(dice: Random, tune: Tune, key: str) -> object:
    return tune.account.reverse(dice.randint(1, 60), key=f"reversed:{key}")


def waive(dice: Random, tune: Tune, key: str) -> object:
    return tune.account.waive(key=f"waived:{key}")


def take_back(dice: Random, tune: Tune, key: str) -> object:
    return cancel(dice.choice(list(tune.shoots.all())))


def go_wrong(dice: Random, tune: Tune, key: str) -> object:
    return fail(dice.choice(list(tune.shoots.all())), "no")


def give_some_back(dice: Random, tune: Tune, key: str) -> object:
    shoot = dice.choice(list(tune.shoots.active()))  # type: ignore[attr-defined]
    return shoot.refund(dice.randint(0, 5), key=f"prompt:{dice.randint(1, 3)}", note="")


def keep(dice: Random, tune: Tune, key: str) -> object:
    return extend(tune)


ACTS: list[Act] = [order, order, again, buy, reverse, waive, take_back, go_wrong, give_some_back, keep]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_ledger_is_exact_whatever_is_mixed(user: User, seed: int) -> None:
    dice, tune = Random(seed), TrainedTuneFactory.create(account=user.account)

    for number in range(50):
        with suppress(OrderRefused, IndexError):
            dice.choice(ACTS)(dice, tune, str(number))
        assert list(mismatches()) == []

    user.account.refresh_from_db()
    paid = Shoot.objects.aggregate(net=Sum("price") - Sum("refunded"))["net"] or 0
    kept = Extension.objects.aggregate(net=Sum("price"))["net"] or 0
    moved = user.account.entries.exclude(key__startswith="shoot:").exclude(key__startswith="extension:")
    assert user.account.balance - user.account.owed == moved.aggregate(n=Sum("amount"))["n"] - paid - kept
    assert Shoot.objects.count() > 5
