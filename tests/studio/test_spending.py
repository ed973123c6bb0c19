"""The operator's caps: what a day's orders may cost at Astria."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from packs.models import Pack, PackClass
from packs.pricing import cost_of_class
from studio.extending import extend
from studio.models import Extension, PhotoSet, Shoot, Tune
from studio.ordering import OrderRefused, cancel, order_pack
from studio.ordering_more import order_prompt
from studio.spending import today_mc
from tests.factories import PhotoSetFactory, TrainedTuneFactory
from tests.states import put
from tests.studio.conftest import AtOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(pack: Pack) -> Callable[[User], PhotoSet]:
    """Return a maker of drafts; an order of one costs a dollar at Astria, and 18 credits here."""
    return lambda user: PhotoSetFactory.create(account=user.account, pack=pack, photos=4)


def balance(user: User) -> int:
    user.account.refresh_from_db()
    return user.account.balance


def test_an_order_says_what_it_should_cost_at_astria(order: Shoot, tune: Tune, settings: Any) -> None:
    settings.ASTRIA_MILLICENTS_PER_IMAGE = 2_000

    words = order_prompt(tune, "on a boat", key="a", num_images=3)

    assert order.cost_mc == 100_000
    assert words.cost_mc == 6_000


@pytest.mark.parametrize(
    ("with_training", "images", "cost"),
    [(True, 8, 100_000), (True, 6, 95_000), (False, 8, 20_000), (False, 2, 5_000)],
)
def test_what_is_left_out_of_a_pack_costs_nothing(
    pack: Pack, with_training: bool, images: int, cost: int, settings: Any
) -> None:
    settings.ASTRIA_MILLICENTS_PER_IMAGE = 2_500

    assert cost_of_class(pack.classes.all()[0], with_training=with_training, num_images=images) == cost


def test_without_caps_a_day_may_cost_anything(
    user: User, pack: Pack, draft: Callable[[User], PhotoSet]
) -> None:
    PackClass.objects.update(cost_mc=10**12)

    assert order_pack(draft(user), pack, number=0).status == Shoot.Status.QUEUED


def test_the_order_that_would_pass_the_days_cap_is_refused_in_words_and_costs_nothing(
    user: User, other_user: User, pack: Pack, draft: Callable[[User], PhotoSet], settings: Any
) -> None:
    settings.SPEND_CAP_PER_DAY = 1
    order_pack(draft(user), pack, number=0)

    with pytest.raises(OrderRefused) as refusal:
        order_pack(draft(other_user), pack, number=0)

    assert "takes no more orders today" in refusal.value.reasons[0]
    assert "Nothing was charged" in refusal.value.reasons[0]
    assert balance(other_user) == 100
    assert (Shoot.objects.count(), OrmQ.objects.count()) == (1, 1)


def test_one_persons_cap_leaves_the_others_alone(
    user: User, other_user: User, pack: Pack, draft: Callable[[User], PhotoSet], settings: Any
) -> None:
    settings.SPEND_CAP_PER_PERSON_PER_DAY = 1
    order_pack(draft(user), pack, number=0)

    with pytest.raises(OrderRefused, match="for one person in a day"):
        order_pack(draft(user), pack, number=0)

    assert order_pack(draft(other_user), pack, number=0).price == 18


def test_an_order_that_was_taken_before_is_found_whatever_the_cap(
    user: User, pack: Pack, draft: Callable[[User], PhotoSet], settings: Any
) -> None:
    settings.SPEND_CAP_PER_DAY = 1
    photo_set = draft(user)

    assert order_pack(photo_set, pack, number=0) == order_pack(photo_set, pack, number=0)


def test_an_order_on_a_model_counts_as_well(user: User, tune: Tune, settings: Any) -> None:
    settings.SPEND_CAP_PER_DAY, settings.ASTRIA_MILLICENTS_PER_IMAGE = 1, 60_000
    order_prompt(tune, "on a boat", key="a")

    with pytest.raises(OrderRefused, match="takes no more orders today"):
        order_prompt(tune, "on a hill", key="b")


def test_what_was_taken_back_or_is_of_another_day_does_not_count(
    user: User, pack: Pack, draft: Callable[[User], PhotoSet], settings: Any
) -> None:
    settings.SPEND_CAP_PER_DAY = 2
    cancel(order_pack(draft(user), pack, number=0))
    old = order_pack(draft(user), pack, number=0)
    put(old, status=old.status, created_at=timezone.now() - timedelta(days=1, minutes=1))

    order_pack(draft(user), pack, number=0)

    assert today_mc().total == 100_000


def test_a_model_that_is_kept_longer_counts_as_well(user: User, tune: Tune, settings: Any) -> None:
    settings.SPEND_CAP_PER_DAY, settings.ASTRIA_MILLICENTS_PER_EXTENSION = 1, 60_000
    extend(tune)

    with pytest.raises(OrderRefused, match="takes no more orders today"):
        extend(TrainedTuneFactory.create(account=user.account))

    assert (today_mc().total, today_mc(user.account).total, balance(user)) == (60_000, 60_000, 95)


def test_a_model_that_is_kept_longer_leaves_less_for_orders(user: User, tune: Tune, settings: Any) -> None:
    settings.SPEND_CAP_PER_PERSON_PER_DAY, settings.ASTRIA_MILLICENTS_PER_EXTENSION = 1, 99_000
    extend(tune)

    with pytest.raises(OrderRefused, match="for one person in a day"):
        order_prompt(tune, "on a boat", key="a")


def test_a_model_that_could_not_be_kept_costs_nothing(user: User, tune: Tune) -> None:
    extend(tune).refuse("It was refused.")

    assert today_mc().total == 0


def test_staff_give_an_extension_whatever_the_cap_and_it_counts(tune: Tune, settings: Any) -> None:
    settings.SPEND_CAP_PER_DAY, settings.ASTRIA_MILLICENTS_PER_EXTENSION = 1, 200_000

    extend(tune, is_gift=True)

    assert today_mc().total == 200_000


def test_who_cannot_keep_a_model_today_reads_why_and_keeps_their_credits(
    signed_in: Client, user: User, tune: Tune, settings: Any
) -> None:
    settings.SPEND_CAP_PER_DAY, settings.ASTRIA_MILLICENTS_PER_EXTENSION = 1, 200_000

    answer = signed_in.post(reverse("studio:model-extend", args=[tune.pk]), {"price": "5"}, follow=True)

    assert "takes no more orders today" in answer.content.decode()
    assert balance(user) == 100 and not Extension.objects.exists()


def test_who_cannot_order_today_reads_why_where_they_wanted_to(
    signed_in: Client, user: User, pack: Pack, draft: Callable[[User], PhotoSet], settings: Any
) -> None:
    settings.SPEND_CAP_PER_DAY = 1
    PackClass.objects.update(cost_mc=10**6)
    fields = {"photo_set": str(draft(user).pk), "pack": pack.slug, "order_key": "0:18"}

    answer = signed_in.post(reverse("studio:order"), fields, follow=True)

    assert "takes no more orders today" in answer.content.decode()
    assert answer.redirect_chain[-1][0].endswith("?part=review") and balance(user) == 100


@pytest.mark.django_db(transaction=True)
def test_ten_orders_at_once_do_not_pass_the_cap(
    user: User, pack: Pack, draft: Callable[[User], PhotoSet], settings: Any, at_once: AtOnce
) -> None:
    settings.SPEND_CAP_PER_DAY = 3
    tunes = [TrainedTuneFactory.create(account=user.account) for _ in range(10)]
    settings.ASTRIA_MILLICENTS_PER_IMAGE = 100_000

    def order(tune: Tune) -> bool:
        try:
            order_prompt(tune, "on a boat", key="a")
        except OrderRefused:
            return False
        return True

    taken = at_once(*[lambda tune=tune: order(tune) for tune in tunes])

    assert taken.count(True) == 3
    assert balance(user) == 97
