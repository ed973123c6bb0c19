"""The money of the console: revenue by what was paid and kept, Astria's cost by order, and the margin."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from studio.console.money import Money, money_since
from studio.extending import extend
from tests.factories import PurchaseFactory, ShootFactory, TrainedTuneFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
YESTERDAY = NOW - timedelta(days=1)


def test_revenue_is_what_was_paid_in_the_period_less_what_went_back() -> None:
    PurchaseFactory.create(price=2900)
    refunded, disputed = PurchaseFactory.create(price=1000), PurchaseFactory.create(price=500)
    refunded.take_back(refunded=400, disputed=0)
    disputed.take_back(refunded=0, disputed=500)
    PurchaseFactory.create(price=700, currency="jpy")
    PurchaseFactory.create(pay=False)
    old = PurchaseFactory.create()
    type(old).objects.filter(pk=old.pk).update(paid_at=YESTERDAY - timedelta(days=1))

    assert money_since(YESTERDAY).revenue == {"eur": 3500, "jpy": 700}


def test_cost_is_what_astria_charges_for_the_orders_of_the_period() -> None:
    for cost_mc in (150_000, 50_000):
        ShootFactory.create(cost_mc=cost_mc)
    ShootFactory.create(cost_mc=60_000, status="cancelled")
    ShootFactory.create(cost_mc=70_000, created_at=YESTERDAY - timedelta(days=1))

    assert money_since(YESTERDAY).cost == Decimal(2)


def test_thirty_more_days_of_a_model_cost_as_well(user: User, settings: Any) -> None:
    settings.ASTRIA_MILLICENTS_PER_EXTENSION = 50_000
    extend(TrainedTuneFactory.create(account=user.account))

    assert money_since(YESTERDAY).cost == Decimal("0.5")


def test_the_margin_is_in_dollars_by_the_operators_rates(settings: Any) -> None:
    settings.DOLLARS_PER = {"usd": Decimal(1), "eur": Decimal("1.10")}

    assert Money({"eur": 2000, "usd": 500}, Decimal(7)).margin == Decimal("20.00")


def test_without_a_rate_for_a_currency_there_is_no_margin(settings: Any) -> None:
    settings.DOLLARS_PER = {"usd": Decimal(1)}
    money = Money({"eur": 2000, "usd": 500}, Decimal(7))

    assert (money.margin, money.unrated) == (None, ["eur"])


@pytest.mark.parametrize(
    ("revenue", "cost", "shown"),
    [
        ({}, 0, ["–", "$0.00", "$0.00"]),
        ({"usd": 1000}, 4, ["10.00 USD", "$4.00", "$6.00"]),
        ({"usd": 0}, 4, ["0.00 USD", "$4.00", "-$4.00"]),
        ({"chf": 1000}, 4, ["10.00 CHF", "$4.00", "–"]),
    ],
)
def test_the_dashboard_shows_all_three(
    console: Client, monkeypatch: pytest.MonkeyPatch, revenue: dict[str, int], cost: int, shown: list[str]
) -> None:
    monkeypatch.setattr("studio.console.figures.money_since", lambda _since: Money(revenue, Decimal(cost)))

    tiles = {tile.label: tile for tile in console.get("/admin/").context["tiles"]}

    assert [tiles[label].value for label in ("Revenue", "Astria's cost", "Margin")] == shown
    if shown[2] == "–":
        assert "CHF" in tiles["Margin"].note
