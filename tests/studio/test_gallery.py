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

# The id of no picture; always the same, for the test is named by it.
NOBODYS = "3b241101-e2bb-4255-8caf-4136c566a962"

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


def further(client: Client, address: str) -> str:
    """Return the address of the next page, "" behind the last one."""
    return str(client.get(address).context["next_url"])


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

    first = shown(signed_in, "/gallery/")
    second = shown(signed_in, further(signed_in, "/gallery/"))

    assert (len(first), len(second)) == (40, 1)
    assert {*first, *second} == {str(image.pk) for image in everything}


def test_further_pages_keep_the_filter(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 41, liked_at=timezone.now())

    address = f"/shoots/{shoot.pk}/gallery/?show=liked"

    assert further(signed_in, address).startswith(f"{address}&from=")


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


@pytest.mark.parametrize("start", ["-1", "x", "", "9" * 40, "\x00", NOBODYS])
def test_nonsense_shows_the_first_page(signed_in: Client, shoot: Shoot, start: str) -> None:
    pictures(shoot, 1)

    assert len(shown(signed_in, f"/gallery/?from={start}")) == 1


def test_the_page_before_is_found_from_the_one_after(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 100)
    first = shown(signed_in, "/gallery/")
    second = further(signed_in, "/gallery/")

    third = further(signed_in, second)

    assert signed_in.get(third).context["earlier_url"] == second
    assert shown(signed_in, signed_in.get(second).context["earlier_url"]) == first
    assert signed_in.get("/gallery/").context["earlier_url"] == ""


def test_a_page_loses_none_while_those_before_it_leave(signed_in: Client, shoot: Shoot) -> None:
    everything = pictures(shoot, 50)
    address = further(signed_in, "/gallery/?show=unseen")

    Image.objects.filter(pk__in=shown(signed_in, "/gallery/?show=unseen")).mark_seen()

    assert shown(signed_in, address) == [str(image.pk) for image in everything[9::-1]]


@pytest.mark.parametrize("order", ["newest", "best"])
def test_every_picture_is_met_once_in_either_order(signed_in: Client, shoot: Shoot, order: str) -> None:
    everything = [*pictures(shoot, 50), *pictures(shoot, 50, liked_at=timezone.now(), votes=1)]
    Image.objects.filter(number__in=range(20, 70)).update(votes=2, created_at=timezone.now())
    met, address = [], f"/gallery/?order={order}"

    while address and len(met) < 200:
        met += shown(signed_in, address)
        address = further(signed_in, address)

    assert len(met) == len(set(met)) == len(everything)


def test_the_best_come_first_own_likes_before_votes(signed_in: Client, shoot: Shoot) -> None:
    none, two, one, liked = pictures(shoot, 4)
    liked.like()
    Image.objects.filter(pk=two.pk).update(votes=2)
    Image.objects.filter(pk=one.pk).update(votes=1)

    assert shown(signed_in, "/gallery/?order=best") == [str(it.pk) for it in (liked, two, one, none)]


def test_pictures_not_seen_yet_and_hidden_ones_can_be_shown_alone(signed_in: Client, shoot: Shoot) -> None:
    seen, fresh, hidden = pictures(shoot, 3)
    Image.objects.filter(pk=seen.pk).mark_seen()
    Image.objects.filter(pk=hidden.pk).hide()

    assert shown(signed_in, "/gallery/?show=unseen") == [str(fresh.pk)]
    assert shown(signed_in, "/gallery/?show=hidden") == [str(hidden.pk)]


def test_one_shot_can_be_shown_alone_and_the_most_liked_stands_first(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 2)
    second = pictures(shoot, 2)
    second[0].like()
    address = f"/shoots/{shoot.pk}/gallery/"

    links = signed_in.get(address).context["shots"]

    assert [link["title"] for link in links] == ["All shots", "Shot 2 · 1 liked", "Shot 1"]
    assert shown(signed_in, links[1]["url"]) == [str(image.pk) for image in reversed(second)]


@pytest.mark.parametrize("query", ["show=x", "order=x", "shot=x", "shot=²", "shot=-1", "shot=99999999999"])
def test_what_is_not_understood_counts_as_not_said(signed_in: Client, shoot: Shoot, query: str) -> None:
    pictures(shoot, 1)

    assert len(shown(signed_in, f"/shoots/{shoot.pk}/gallery/?{query}")) == 1


def test_all_that_is_shown_can_be_selected(signed_in: Client, shoot: Shoot) -> None:
    images = pictures(shoot, 45)
    Image.objects.filter(pk=images[0].pk).hide()

    answer = signed_in.get(signed_in.get("/gallery/").context["ids_url"]).json()

    assert set(answer["pictures"]) == {str(image.pk) for image in images[1:]}


def test_a_script_gets_the_rows_alone(signed_in: Client, shoot: Shoot) -> None:
    pictures(shoot, 1)

    answer = signed_in.get("/gallery/", headers={"HX-Request": "true"})

    assert answer.content.decode().startswith('<ul class="gallery"')
    assert "HX-Request" in answer["Vary"]


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
    with django_assert_num_queries(7):
        signed_in.get(f"/shoots/{shoot.pk}/gallery/")
