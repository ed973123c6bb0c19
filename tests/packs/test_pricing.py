"""What things cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from packs.models import Pack, PackClass
from packs.pricing import cost_in_cents, margin_of_class, price_at_margin, price_of_class, training_fee

pytestmark = pytest.mark.django_db


@pytest.fixture
def woman(pack: Pack) -> PackClass:
    """8 pictures on a LoRA."""
    return pack.classes.get(name="woman")


def test_the_price_is_the_training_fee_and_a_price_per_picture(woman: PackClass) -> None:
    assert price_of_class(woman) == 10 + 8


def test_on_a_model_that_exists_no_training_is_paid(woman: PackClass) -> None:
    assert price_of_class(woman, with_training=False) == 8


def test_a_price_set_by_hand_goes_before_the_rule(woman: PackClass) -> None:
    woman.price = 25

    assert (price_of_class(woman), price_of_class(woman, with_training=False)) == (25, 15)


def test_a_price_below_the_training_fee_still_costs_the_share_of_the_pictures(woman: PackClass) -> None:
    woman.price = 4

    assert price_of_class(woman, with_training=False) == 2  # 4 × 8 / 18, rounded up


def test_a_free_pack_is_free(woman: PackClass) -> None:
    woman.price = 0

    assert (price_of_class(woman), price_of_class(woman, with_training=False)) == (0, 0)


def test_a_price_by_margin_follows_astrias_cost(woman: PackClass, settings: Any) -> None:
    settings.CREDIT_CENTS = 10
    woman.margin, woman.cost_mc = 50, 200_000  # $2 and half of it again: $3, at 10 cents a credit

    assert (price_of_class(woman), price_of_class(woman, with_training=False)) == (30, 20)


@pytest.mark.parametrize(("cost_mc", "price"), [(0, 0), (1, 1), (100_000, 8), (100_001, 9)])
def test_a_price_by_margin_is_rounded_up(settings: Any, cost_mc: int, price: int) -> None:
    settings.CREDIT_CENTS = 25

    assert price_at_margin(cost_mc, 100) == price


def test_the_margin_of_any_price_is_known_beside_it(woman: PackClass, settings: Any) -> None:
    settings.CREDIT_CENTS = 10
    woman.price, woman.cost_mc = 15, 100_000

    assert margin_of_class(woman) == 50
    woman.cost_mc = 0
    assert margin_of_class(woman) is None


def test_a_class_has_a_price_by_hand_or_a_margin_but_not_both(woman: PackClass) -> None:
    woman.price, woman.margin = 10, 50

    with pytest.raises(ValidationError, match="choose one"):
        woman.full_clean()


@pytest.mark.parametrize(("kind", "fee"), [("faceid", 0), ("lora", 10), ("", 10), ("unheard-of", 10)])
def test_a_model_kind_that_is_not_known_costs_the_most(kind: str, fee: int) -> None:
    assert training_fee(kind) == fee


@pytest.mark.parametrize(("milli_cents_per_dollar", "cents"), [(100_000, 151), (1_000_000, 16)])
def test_astrias_cost_is_read_as_the_setting_says_and_rounded_up(
    woman: PackClass, settings: Any, milli_cents_per_dollar: int, cents: int
) -> None:
    settings.ASTRIA_MILLICENTS_PER_DOLLAR = milli_cents_per_dollar
    woman.cost_mc = 150_001

    assert cost_in_cents(woman) == cents
