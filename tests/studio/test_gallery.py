"""The gallery: a person's own pictures, newest first."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from studio.models import Image, Shoot
from tests.factories import ImageFactory, PromptFactory, ShootFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(user: User) -> Shoot:
    return ShootFactory.create(account=user.account, title="Corporate", status="generating")


def pictures(shoot: Shoot, number: int, **values: Any) -> list[Image]:
    """Make pictures of one prompt, the last one the newest."""
    prompt, now = PromptFactory.create(shoot=shoot), timezone.now()
    return [
        ImageFactory.create(shoot=shoot, prompt=prompt, created_at=now + timedelta(seconds=n), **values)
        for n in range(number)
    ]


def shown(client: Client, address: str) -> list[str]:
    """Return the ids of the pictures on a page, in order."""
    return re.findall(r'<img id="i([0-9a-f-]{36})"', client.get(address).content.decode())


def test_the_newest_pictures_come_first(signed_in: Client, shoot: Shoot) -> None:
    first, second, third = pictures(shoot, 3)

    assert shown(signed_in, "/gallery/") == [str(third.pk), str(second.pk), str(first.pk)]


def test_only_ones_own_pictures_are_shown(signed_in: Client, shoot: Shoot) -> None:
    mine = pictures(shoot, 1)
    pictures(ShootFactory.create(), 1)

    assert shown(signed_in, "/gallery/") == [str(mine[0].pk)]


def test_pictures_that_are_not_here_yet_or_hidden_are_not_shown(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 1, status="pending", next_check_at=timezone.now(), stored_at=None)
    pictures(shoot, 1, status="lost", error="gone", stored_at=None)
    pictures(shoot, 1, hidden_at=timezone.now())

    assert shown(signed_in, "/gallery/") == []
    assert "No pictures here yet" in signed_in.get("/gallery/").content.decode()


def test_liked_pictures_can_be_shown_alone(signed_in: Client, shoot: Shoot) -> None:
    liked, other = pictures(shoot, 2)
    liked.like()

    assert shown(signed_in, "/gallery/?show=liked") == [str(liked.pk)]
    assert str(other.pk) in shown(signed_in, "/gallery/")


def test_the_gallery_of_a_shoot_shows_its_pictures_alone(signed_in: Client, user: User, shoot: Shoot) -> None:
    mine = pictures(shoot, 1)
    pictures(ShootFactory.create(account=user.account, tune=shoot.tune, pack=shoot.pack), 1)

    assert shown(signed_in, f"/shoots/{shoot.pk}/gallery/") == [str(mine[0].pk)]


def test_forty_pictures_make_a_page_and_none_is_lost_between_pages(signed_in: Client, shoot: Shoot) -> None:
    everything = pictures(shoot, 41)
    Image.objects.update(created_at=timezone.now())

    first, second = shown(signed_in, "/gallery/"), shown(signed_in, "/gallery/?from=40")

    assert (len(first), len(second)) == (40, 1)
    assert {*first, *second} == {str(image.pk) for image in everything}
    assert 'href="/gallery/?from=40"' in signed_in.get("/gallery/").content.decode()


def test_further_pages_keep_the_filter(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 41, liked_at=timezone.now())

    page = signed_in.get(f"/shoots/{shoot.pk}/gallery/?show=liked").content.decode()

    assert f'href="/shoots/{shoot.pk}/gallery/?show=liked&amp;from=40"' in page


def test_words_for_a_picture_tell_it_from_every_other_of_its_shoot(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 2)
    pictures(shoot, 2)

    page = signed_in.get("/gallery/").content.decode()

    assert sorted(re.findall(r'alt="(Corporate[^"]*)"', page)) == [
        f"Corporate, shot {1 + (number - 1) // 2}, picture {number}" for number in (1, 2, 3, 4)
    ]


def test_one_shoot_needs_no_choice_and_several_keep_the_filter(
    signed_in: Client, user: User, shoot: Shoot
) -> None:
    pictures(shoot, 1, liked_at=timezone.now())
    address = f"/shoots/{shoot.pk}/gallery/?show=liked"

    assert f'href="{address}"' not in signed_in.get("/gallery/?show=liked").content.decode()
    ShootFactory.create(account=user.account, tune=shoot.tune, pack=shoot.pack, status="generating")
    assert f'href="{address}"' in signed_in.get("/gallery/?show=liked").content.decode()


@pytest.mark.parametrize("start", ["-1", "x", "", "9" * 40, "1.5", "²"])
def test_nonsense_shows_the_first_page(signed_in: Client, shoot: Shoot, start: str) -> None:
    pictures(shoot, 1)

    assert len(shown(signed_in, f"/gallery/?from={start}")) == 1


def test_beyond_the_end_there_is_nothing(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 1)

    assert shown(signed_in, "/gallery/?from=999999") == []


def test_a_title_cannot_bring_markup(signed_in: Client, shoot: Shoot) -> None:
    Shoot.objects.update(title='<img src=x onerror="alert(1)">')
    pictures(shoot, 1)

    page = signed_in.get("/gallery/").content.decode()

    assert "onerror=&quot;" in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("rows", [1, 30])
def test_the_gallery_asks_the_database_as_often_for_30_pictures_as_for_1(
    signed_in: Client, user: User, shoot: Shoot, rows: int, django_assert_num_queries: Any
) -> None:
    pictures(shoot, rows)
    ShootFactory.create_batch(
        rows, account=user.account, tune=shoot.tune, pack=shoot.pack, status="generating"
    )

    with django_assert_num_queries(5):
        signed_in.get("/gallery/")
    with django_assert_num_queries(6):
        signed_in.get(f"/shoots/{shoot.pk}/gallery/")
