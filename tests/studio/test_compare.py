"""Pictures side by side, and beside a photo of the person's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from studio.models import Image, Photo, Shoot
from tests.factories import ImageFactory, PhotoFactory, ShootFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(user: User) -> Shoot:
    return ShootFactory.create(account=user.account)


def address(*images: Image, more: str = "") -> str:
    return "/compare/?" + "&".join(f"picture={image.pk}" for image in images) + more


def panes(client: Client, url: str) -> list[str]:
    return [pane["picture"].id for pane in client.get(url).context["panes"]]


def test_what_was_chosen_becomes_an_address(signed_in: Client, shoot: Shoot) -> None:
    one, other = ImageFactory.create_batch(2, shoot=shoot)

    answer = signed_in.post("/compare/", {"picture": [one.pk, other.pk], "next": "/gallery/?show=liked"})

    assert answer["Location"] == address(one, other, more="&back=%2Fgallery%2F%3Fshow%3Dliked")
    assert signed_in.get(answer["Location"]).context["back_url"] == "/gallery/?show=liked"


def test_pictures_stand_in_the_order_of_the_address_and_count_as_seen(
    signed_in: Client, shoot: Shoot
) -> None:
    images = ImageFactory.create_batch(3, shoot=shoot)

    shown = panes(signed_in, address(*reversed(images)))

    assert shown == [str(image.pk) for image in reversed(images)]
    assert Image.objects.filter(seen_at=None).count() == 0


def test_of_more_than_four_the_first_four_are_shown(signed_in: Client, shoot: Shoot) -> None:
    images = ImageFactory.create_batch(5, shoot=shoot)

    page = signed_in.post("/compare/", {"picture": [image.pk for image in images]}, follow=True)

    assert len(page.context["panes"]) == 4
    assert "Four pictures at most" in page.content.decode()


def test_one_picture_stands_beside_a_photo_of_ones_own(signed_in: Client, shoot: Shoot) -> None:
    image = ImageFactory.create(shoot=shoot)
    PhotoFactory.create(photo_set=shoot.tune.photo_set)
    photos = list(Photo.objects.order_by("created_at", "pk"))

    context = signed_in.get(address(image)).context

    assert context["photo"] == photos[0]
    assert [item["photo"] for item in context["photos"]] == photos
    assert signed_in.get(address(image, more="&photo=none")).context["photo"] is None
    assert signed_in.get(address(image, more=f"&photo={photos[2].pk}")).context["photo"] == photos[2]


def test_photos_of_others_are_never_beside_it(signed_in: Client, shoot: Shoot) -> None:
    image, theirs = ImageFactory.create(shoot=shoot), PhotoFactory.create()

    context = signed_in.get(address(image, more=f"&photo={theirs.pk}")).context

    assert theirs not in [context["photo"], *(item["photo"] for item in context["photos"])]


def test_pictures_of_others_are_left_out(signed_in: Client, shoot: Shoot) -> None:
    mine, theirs = ImageFactory.create(shoot=shoot), ImageFactory.create()

    assert panes(signed_in, address(theirs, mine)) == [str(mine.pk)]


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example"])
def test_the_way_back_never_leads_elsewhere(signed_in: Client, shoot: Shoot, back: str) -> None:
    image = ImageFactory.create(shoot=shoot)

    context = signed_in.get(address(image, more=f"&back={back}")).context

    assert context["back_url"] == f"/gallery/?from={image.pk}"


@pytest.mark.parametrize("rows", [1, 4])
def test_four_pictures_take_as_many_queries_as_one(
    signed_in: Client, shoot: Shoot, rows: int, django_assert_num_queries: Any
) -> None:
    images = ImageFactory.create_batch(rows, shoot=shoot)

    with django_assert_num_queries(9):
        signed_in.get(address(*images))


def test_a_photo_is_served_as_it_is_kept(signed_in: Client, shoot: Shoot) -> None:
    photo = Photo.objects.all()[0]

    answer = signed_in.get(f"/photos/{photo.pk}/file/")

    assert answer["Content-Type"] == "image/jpeg"
    assert "private" in answer["Cache-Control"]
