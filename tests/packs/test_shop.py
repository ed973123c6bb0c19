"""The public pages of packs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from packs.models import Pack, PackPrompt
from tests.factories import PackFactory, ShootFactory, jpeg

pytestmark = pytest.mark.django_db


def test_anyone_sees_published_packs_with_price_and_pictures(client: Client, pack: Pack) -> None:
    page = client.get("/packs/").content.decode()

    assert pack.title in page
    assert f'href="/packs/{pack.slug}/"' in page
    assert "18 credits" in page


@pytest.mark.parametrize("state", [{"status": "draft"}, {"status": "withdrawn"}, {"missing_since": True}])
def test_a_pack_that_cannot_be_ordered_is_not_shown(
    client: Client, pack: Pack, state: dict[str, Any]
) -> None:
    values = {name: timezone.now() if value is True else value for name, value in state.items()}
    Pack.objects.filter(pk=pack.pk).update(**values)

    assert pack.title not in client.get("/packs/").content.decode()
    assert client.get(f"/packs/{pack.slug}/").status_code == 404
    assert pack.title not in client.get("/").content.decode()


def test_a_pack_shows_each_class_with_its_price_and_shots(client: Client, pack: Pack) -> None:
    pack.classes.filter(name="man").update(price=7)

    page = client.get(f"/packs/{pack.slug}/").content.decode()

    assert "Woman, 8 pictures" in page
    assert "18 credits" in page
    assert "7 credits" in page
    assert page.count("Shot 4, 2 pictures") == 1
    assert (
        "Woman: 4 of 4 shots, 8 pictures, 18 credits"
        in client.get(f"/packs/{pack.slug}/?class=woman").content.decode()
    )


def test_an_empty_shop_says_so(client: Client) -> None:
    assert "No packs yet" in client.get("/packs/").content.decode()
    assert client.get("/").status_code == 200


def test_staffs_order_goes_before_likes_and_likes_before_age(client: Client) -> None:
    for title, position, likes in (("Old", 100, 0), ("Liked", 100, 5), ("New", 100, 0), ("First", 1, 0)):
        PackFactory.create(title=title, position=position, likes=likes)

    titles = list(Pack.objects.published().in_shop_order().values_list("title", flat=True))
    assert titles == ["First", "Liked", "New", "Old"]


def test_publishing_and_withdrawing_twice_changes_nothing_more(pack: Pack) -> None:
    assert not pack.publish()
    assert pack.withdraw()
    assert not pack.withdraw()
    assert pack.publish()


@pytest.fixture
def picture(pack: Pack) -> str:
    """The address of a pack's sample picture."""
    default_storage.save(f"packs/{pack.astria_id}/0123abcd.webp", ContentFile(jpeg(format="WEBP")))
    return f"/packs/pictures/{pack.astria_id}/0123abcd.webp"


def test_a_packs_pictures_are_public_and_kept_by_browsers(client: Client, picture: str) -> None:
    answer = client.get(picture)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert "immutable" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content).startswith(b"RIFF")  # type: ignore[attr-defined]


def test_pictures_of_a_withdrawn_pack_are_not_public(client: Client, pack: Pack, picture: str) -> None:
    pack.withdraw()

    assert client.get(picture).status_code == 404


@pytest.mark.parametrize("name", ["..", "%2e%2e", "%2e%2e%2fsecret_key", "nothing.webp", "a.webp.webp"])
def test_no_other_file_can_be_had_through_a_packs_pictures(
    client: Client, pack: Pack, picture: str, name: str
) -> None:
    assert client.get(f"/packs/pictures/{pack.astria_id}/{name}").status_code == 404


@pytest.mark.parametrize("packs", [1, 30])
@pytest.mark.parametrize(("address", "queries"), [("/packs/", 3), ("/packs/?sort=price&q=a", 3), ("/", 4)])
def test_lists_of_packs_ask_the_database_as_often_for_30_as_for_1(
    client: Client, packs: int, address: str, queries: int, django_assert_num_queries: Any
) -> None:
    PackFactory.create_batch(packs)

    with django_assert_num_queries(queries):
        client.get(address)


def test_a_packs_page_asks_the_database_four_times(
    client: Client, pack: Pack, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(4):  # pack, classes, shots; how long shoots take here
        client.get(f"/packs/{pack.slug}/")


def test_a_card_says_once_what_holds_for_every_class(client: Client, pack: Pack) -> None:
    alike = client.get("/packs/").content.decode()
    pack.classes.filter(name="man").update(price=7)
    different = client.get("/packs/").content.decode()

    assert "Man, Woman" in alike
    assert alike.count("18 credits") == 1
    assert "Man, 8 pictures" in different
    assert "7 credits" in different


def test_a_card_says_how_long_it_takes_here_once_that_is_known(client: Client, pack: Pack) -> None:
    before = client.get("/packs/").content.decode()
    now = timezone.now()
    times = {"queued_at": now - timedelta(minutes=9), "submitted_at": now, "generating_at": now}
    for _ in range(3):
        ShootFactory.create(status="ready", pack=pack, **times, ended_at=now)

    cards = [client.get(address).content.decode() for address in ("/packs/", "/")]

    assert "About 9 minutes" not in before
    assert ["About 9 minutes" in card for card in cards] == [True, True]


def test_classes_stand_in_the_studios_order_everywhere(client: Client, pack: Pack, settings: Any) -> None:
    settings.CLASS_NAMES = ["woman", "man"]

    card = client.get("/packs/").content.decode()
    page = client.get(f"/packs/{pack.slug}/").content.decode()

    assert "Woman, Man" in card
    assert card.index('value="woman"') < card.index('value="man"')
    assert page.index("?class=woman#shots") < page.index("?class=man#shots")


def test_the_first_page_shows_each_pack_with_one_class_after_the_other(client: Client) -> None:
    for pack in PackFactory.create_batch(2):
        for shot in PackPrompt.objects.filter(pack_class__pack=pack):
            shot.samples = [f"packs/{pack.astria_id}/{shot.pack_class.name}-{shot.position}.webp"]
            shot.save(update_fields=["samples"])

    page = client.get("/").content.decode()

    assert page.count("/man-2.webp") == 1
    assert page.count("/woman-2.webp") == 1
