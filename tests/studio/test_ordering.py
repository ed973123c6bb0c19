"""Taking an order: once, at the price shown, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from packs.models import Pack
from studio.models import PhotoSet, Shoot, Tune
from studio.ordering import OrderRefused, cancel, order_pack
from studio.uploading import remove_photo
from tests.factories import PackFactory, PhotoFactory, PhotoSetFactory, TrainedTuneFactory
from tests.states import put
from tests.studio.conftest import AtOnce

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo_set(user: User, pack: Pack) -> PhotoSet:
    """Four photos, a pack of 18 credits chosen."""
    return PhotoSetFactory.create(account=user.account, pack=pack, photos=4)


def form(photo_set: PhotoSet, order_key: str = "0:18", **more: str) -> dict[str, str]:
    pack = photo_set.pack.slug if photo_set.pack else ""
    return {"photo_set": str(photo_set.pk), "pack": pack, "order_key": order_key} | more


def balance(user: User) -> int:
    user.account.refresh_from_db()
    return user.account.balance


# An order that is taken


def test_an_order_takes_the_credits_and_queues_model_and_shoot(user: User, photo_set: PhotoSet) -> None:
    shoot = order_pack(photo_set, photo_set.pack, number=0)

    assert (shoot.status, shoot.tune.status) == (Shoot.Status.QUEUED, Tune.Status.QUEUED)
    assert (shoot.price, shoot.expected_prompts, shoot.expected_images) == (18, 4, 8)
    assert balance(user) == 82
    assert OrmQ.objects.count() == 1


def test_the_form_leads_to_the_shoots_page(signed_in: Client, photo_set: PhotoSet) -> None:
    answer = signed_in.post("/shoots/", form(photo_set))

    assert answer["Location"] == Shoot.objects.get().get_absolute_url()


def test_what_the_person_agreed_to_goes_with_the_model(signed_in: Client, photo_set: PhotoSet) -> None:
    traits = {"trait-eye_color": "green eyes", "trait-age": "", "trait-glasses": "made up", "trait-x": "y"}

    signed_in.post("/shoots/", form(photo_set, **traits))

    assert Tune.objects.get().characteristics == {"eye_color": "green eyes"}


def test_what_says_nothing_is_not_sent(photo_set: PhotoSet) -> None:
    said = {"eye_color": "", "glasses": "NONE", "hair_color": "blonde"}

    shoot = order_pack(photo_set, photo_set.pack, number=0, characteristics=said)

    assert shoot.tune.characteristics == {"hair_color": "blonde"}


def test_a_second_order_uses_the_model_that_is_there_and_pays_no_training(
    user: User, photo_set: PhotoSet
) -> None:
    TrainedTuneFactory.create(account=user.account, photo_set=photo_set)

    shoot = order_pack(photo_set, photo_set.pack, number=0)

    assert (shoot.trains, shoot.price) == (False, 8)
    assert Tune.objects.count() == 1


@pytest.mark.parametrize("status", [Tune.Status.FAILED, Tune.Status.EXPIRED, Tune.Status.DELETED])
def test_where_the_model_is_gone_another_is_made(user: User, photo_set: PhotoSet, status: str) -> None:
    TrainedTuneFactory.create(account=user.account, photo_set=photo_set, status=status)

    assert order_pack(photo_set, photo_set.pack, number=0).trains


def test_the_price_is_frozen_at_the_order(user: User, photo_set: PhotoSet) -> None:
    shoot = order_pack(photo_set, photo_set.pack, number=0)

    photo_set.pack.classes.update(price=1)  # type: ignore[union-attr]

    shoot.refresh_from_db()
    assert shoot.price == 18


# The same order, sent again


def test_a_double_click_is_one_order(signed_in: Client, user: User, photo_set: PhotoSet) -> None:
    first = signed_in.post("/shoots/", form(photo_set))
    second = signed_in.post("/shoots/", form(photo_set))

    assert first["Location"] == second["Location"]
    assert balance(user) == 82
    assert OrmQ.objects.count() == 1


def test_a_second_tab_with_another_pack_is_shown_the_first_order(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    signed_in.post("/shoots/", form(photo_set))
    photo_set.pack = PackFactory.create()

    signed_in.post("/shoots/", form(photo_set))

    assert Shoot.objects.count() == 1
    assert balance(user) == 82


@pytest.mark.django_db(transaction=True)
def test_tabs_that_order_at_the_same_moment_are_one_order(user: User, photo_set: PhotoSet) -> None:
    def order(_: int) -> object:
        try:
            fresh = PhotoSet.objects.select_related("account", "pack").get(pk=photo_set.pk)
            return order_pack(fresh, fresh.pack, number=0).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        orders = set(pool.map(order, range(6)))

    assert len(orders) == Shoot.objects.count() == Tune.objects.count() == 1
    assert balance(user) == 82
    assert OrmQ.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_orders_of_two_sets_at_once_never_spend_the_same_credits(user: User, pack: Pack) -> None:
    user.account.spend(80, key="before")
    sets = PhotoSetFactory.create_batch(2, account=user.account, pack=pack, photos=4)

    def order(photo_set: PhotoSet) -> bool:
        try:
            return bool(order_pack(PhotoSet.objects.get(pk=photo_set.pk), pack, number=0))
        except OrderRefused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(order, sets)) == [False, True]
    assert balance(user) == 2
    assert Tune.objects.count() == Shoot.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_photo_removed_while_it_is_ordered_is_either_gone_before_or_stays(
    user: User, photo_set: PhotoSet
) -> None:
    photo = photo_set.photos.all()[0]

    def act(verb: str) -> bool:
        try:
            fresh = PhotoSet.objects.select_related("pack").get(pk=photo_set.pk)
            return remove_photo(photo) if verb == "remove" else bool(order_pack(fresh, fresh.pack, number=0))
        except OrderRefused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        removed, ordered = pool.map(act, ["remove", "order"])

    assert removed != ordered
    assert photo_set.photos.count() == (3 if removed else 4)
    assert balance(user) == (100 if removed else 82)


# Orders that are refused: nothing is charged, nothing is lost


def refused(signed_in: Client, data: dict[str, str], user: User) -> str:
    """Order and return the page that follows; nothing may have happened."""
    page: str = signed_in.post("/shoots/", data, follow=True).content.decode()
    return f"{Shoot.objects.count()} shoots, {Tune.objects.count()} tunes, {balance(user)} credits\n{page}"


NOTHING = "0 shoots, 0 tunes, 100 credits\n"


@pytest.mark.parametrize(("photos", "words"), [(3, "at least 1 more photo:"), (0, "at least 4 more photos:")])
def test_fewer_than_four_photos_are_too_few(
    signed_in: Client, user: User, pack: Pack, photos: int, words: str
) -> None:
    photo_set = PhotoSetFactory.create(account=user.account, pack=pack, photos=photos)

    page = refused(signed_in, form(photo_set), user)

    assert page.startswith(NOTHING)
    assert f"Add {words}" in page


def test_a_withdrawn_pack_cannot_be_ordered(signed_in: Client, user: User, photo_set: PhotoSet) -> None:
    photo_set.pack.withdraw()  # type: ignore[union-attr]

    page = refused(signed_in, form(photo_set), user)

    assert page.startswith(NOTHING)
    assert "is no longer offered. Choose another pack." in page


def test_a_pack_that_astria_no_longer_lists_cannot_be_ordered(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    Pack.objects.update(missing_since=timezone.now())

    assert "is no longer offered" in refused(signed_in, form(photo_set), user)


def test_a_pack_without_this_class_cannot_be_ordered(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    photo_set.pack.classes.filter(name="woman").delete()  # type: ignore[union-attr]

    page = refused(signed_in, form(photo_set), user)

    assert page.startswith(NOTHING)
    assert "is not made for a woman" in page


def test_an_order_without_a_pack_is_asked_to_choose_one(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    photo_set.pack = None

    assert "Choose a pack." in refused(signed_in, form(photo_set), user)


def test_too_few_credits_are_named_and_nothing_is_charged(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    user.account.spend(83, key="before")

    page = refused(signed_in, form(photo_set), user)

    assert page.startswith("0 shoots, 0 tunes, 17 credits\n")
    assert "not enough credits for this order. Nothing was charged." in page
    assert "1 credit is missing for this pack." in page


def test_whoever_gets_credits_first_comes_back_to_the_review_with_what_was_chosen(
    signed_in: Client, user: User, photo_set: PhotoSet, settings: Any
) -> None:
    settings.DEBUG = True  # credits are to be had
    user.account.spend(83, key="before")
    review = f"{photo_set.get_absolute_url()}?part=review"
    address = reverse("studio:photo-set-credits", args=[photo_set.pk])

    offered = f'formaction="{address}"' in signed_in.get(review).content.decode()
    answer = signed_in.post(address, form(photo_set, **{"trait-eye_color": "green eyes"}), follow=True)
    page = signed_in.get(review).content.decode()

    assert offered and f'href="{review}">Back to your order' in answer.content.decode()
    assert '<option value="green eyes" selected>' in page


def test_where_no_credits_are_sold_none_are_offered(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    user.account.spend(83, key="before")

    page = signed_in.get(f"{photo_set.get_absolute_url()}?part=review").content.decode()

    assert "ask the studio for credits" in page and "get-credits" not in page


def test_a_refused_order_keeps_what_was_chosen(signed_in: Client, user: User, photo_set: PhotoSet) -> None:
    user.account.spend(83, key="before")

    page = refused(signed_in, form(photo_set, **{"trait-eye_color": "green eyes"}), user)

    assert '<option value="green eyes" selected>' in page


def test_while_something_is_owed_no_order_is_taken(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    user.account.reverse(101, key="chargeback")

    page = refused(signed_in, form(photo_set), user)

    # In answer to the order, in the line of its part, and before it could be tried again.
    assert page.count("1 credit is owed, because a purchase was reversed after it was spent.") == 3
    assert not Shoot.objects.exists()


@pytest.mark.parametrize(
    "order_key", ["", "x", "0", "1:18", "0:17", "0:18:2", "-1:18", "0:", "9" * 30 + ":18"]
)
def test_a_page_that_is_out_of_date_is_said_to_be(
    signed_in: Client, user: User, photo_set: PhotoSet, order_key: str
) -> None:
    page = refused(signed_in, form(photo_set, order_key), user)

    assert page.startswith(NOTHING)
    assert "This page is out of date." in page


def test_nobody_pays_another_price_than_was_shown(signed_in: Client, user: User, photo_set: PhotoSet) -> None:
    photo_set.pack.classes.update(price=90)  # type: ignore[union-attr]

    page = refused(signed_in, form(photo_set, "0:18"), user)

    assert page.startswith(NOTHING)
    assert 'name="order_key" value="0:90"' in page


def test_a_class_that_this_studio_no_longer_takes_is_refused(photo_set: PhotoSet, settings: Any) -> None:
    settings.CLASS_NAMES = ["man"]

    with pytest.raises(OrderRefused, match="takes no photos of this kind"):
        order_pack(photo_set, photo_set.pack, number=0)


def test_more_than_twenty_photos_are_too_many(photo_set: PhotoSet) -> None:
    PhotoFactory.create_batch(17, photo_set=photo_set)

    with pytest.raises(OrderRefused, match="20 are the most"):
        order_pack(photo_set, photo_set.pack, number=0)


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_a_set_that_is_none_is_not_found(signed_in: Client, value: str) -> None:
    assert signed_in.post("/shoots/", {"photo_set": value, "order_key": "0:18"}).status_code == 404


# Taking an order back


def test_a_queued_order_can_be_cancelled_and_all_credits_come_back(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    shoot = order_pack(photo_set, photo_set.pack, number=0)

    page = signed_in.post(f"/shoots/{shoot.pk}/cancel/", follow=True).content.decode()

    shoot.refresh_from_db()
    assert "All credits are back" in page
    assert (shoot.status, shoot.refunded) == (Shoot.Status.CANCELLED, 18)
    assert balance(user) == 100


def test_cancelling_twice_gives_the_credits_back_once(user: User, photo_set: PhotoSet) -> None:
    shoot = order_pack(photo_set, photo_set.pack, number=0)

    answers = [cancel(Shoot.objects.get(pk=shoot.pk)), cancel(Shoot.objects.get(pk=shoot.pk))]

    assert answers == [True, False]
    assert balance(user) == 100


def test_an_order_on_its_way_can_no_longer_be_cancelled(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    shoot = order_pack(photo_set, photo_set.pack, number=0)
    put(shoot, "submitting")

    page = signed_in.post(f"/shoots/{shoot.pk}/cancel/", follow=True).content.decode()

    assert "Too late to cancel" in page
    assert balance(user) == 82


def test_a_cancelled_order_leaves_a_draft_that_can_be_changed_and_ordered_again(
    signed_in: Client, user: User, photo_set: PhotoSet
) -> None:
    cancel(order_pack(photo_set, photo_set.pack, number=0))

    assert photo_set.name in signed_in.get("/photo-sets/new/").content.decode()
    assert 'value="1:18"' in signed_in.get(photo_set.get_absolute_url()).content.decode()
    assert order_pack(photo_set, photo_set.pack, number=1, price=18).trains
    assert balance(user) == 82


@pytest.mark.django_db(transaction=True)
def test_a_class_changed_while_it_is_ordered_is_the_models_class_or_stays(
    user: User, photo_set: PhotoSet, client_for: Callable[[User], Client], at_once: AtOnce
) -> None:
    client, url = client_for(user), f"{photo_set.get_absolute_url()}edit/"

    at_once(
        lambda: order_pack(photo_set, photo_set.pack, number=0),
        lambda: client.post(url, {"name": "Otto", "class_name": "man"}),
    )

    assert PhotoSet.objects.get().class_name == Tune.objects.get().class_name
