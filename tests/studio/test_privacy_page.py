"""The privacy page of a person, receipts, and the public pages about this installation."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from studio.erasing import erase_photo_set
from studio.models import Erasure, Share, Shoot
from tests.factories import ImageFactory, PhotoSetFactory, ShootFactory, TrainedTuneFactory

pytestmark = pytest.mark.django_db


def fill(user: User, rows: int) -> None:
    for _ in range(rows):
        photo_set = PhotoSetFactory.create(account=user.account, photos=1)
        tune = TrainedTuneFactory.create(account=user.account, photo_set=photo_set)
        shoot = ShootFactory.create(account=user.account, tune=tune, status=Shoot.Status.READY)
        ImageFactory.create(shoot=shoot)
        Erasure.ask_for(user.account, "shoot", uuid4(), next_check_at=timezone.now())


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_the_database_as_often_for_30_as_for_1(
    signed_in: Client, user: User, rows: int, django_assert_max_num_queries: Any
) -> None:
    fill(user, rows)

    with django_assert_max_num_queries(9):
        signed_in.get(reverse("accounts:privacy"))


def test_the_page_says_until_when_photos_are_kept(signed_in: Client, user: User) -> None:
    photo_set = PhotoSetFactory.create(account=user.account, photos=2, name="Änne 安娜")

    page = signed_in.get(reverse("accounts:privacy")).content.decode()

    assert "Änne 安娜" in page and f"{photo_set.updated_at + timedelta(days=30):%-d %B %Y}" in page


def test_what_goes_is_said_before_it_does(signed_in: Client, user: User) -> None:
    fill(user, 1)
    shoot = Shoot.objects.get()
    photo_set = shoot.tune.photo_set
    assert photo_set is not None

    pages = [
        signed_in.get(path).content.decode()
        for path in (
            reverse("studio:photo-set-erase", args=[photo_set.pk]),
            reverse("studio:shoot-erase", args=[shoot.pk]),
            reverse("accounts:erase"),
        )
    ]

    assert "1 model, with every shot" in pages[0] and "1 picture" in pages[1]
    assert "You still have 100 credits. They are lost." in pages[2]
    assert Shoot.objects.exists()


def test_a_set_is_erased_only_when_the_pictures_were_decided_on(signed_in: Client, user: User) -> None:
    fill(user, 1)
    path = reverse("studio:photo-set-erase", args=[Shoot.objects.get().tune.photo_set_id])

    unsaid = signed_in.post(path)
    said = signed_in.post(path, {"pictures": "keep"})

    assert (unsaid.status_code, said.status_code) == (422, 302)
    assert Shoot.objects.exists() and Erasure.objects.filter(scope="photos").exists()


def test_a_shoot_under_way_is_not_erased_and_the_page_says_so(signed_in: Client, user: User) -> None:
    shoot = ShootFactory.create(account=user.account)

    answer = signed_in.post(reverse("studio:shoot-erase", args=[shoot.pk]))

    assert answer.status_code == 409 and b"still under way" in answer.content


def test_a_receipt_names_numbers_and_no_person(client: Client, user: User) -> None:
    photo_set = PhotoSetFactory.create(account=user.account, photos=3, name="Anna Secret")

    page = client.get(erase_photo_set(photo_set, with_pictures=True).get_absolute_url()).content.decode()

    assert str(photo_set.pk) in page and re.search(r"Photos</th>\s*<td[^>]*>3<", page)
    assert "Anna Secret" not in page and user.email not in page


def test_a_receipt_that_there_is_not_is_not_found(client: Client) -> None:
    assert client.get(reverse("studio:receipt", args=[uuid4()])).status_code == 404


def test_links_of_erased_pictures_show_nothing(client: Client, user: User) -> None:
    fill(user, 1)
    shoot = Shoot.objects.get()
    share = Share.create_for(shoot, name="x", only_liked=False, downloads=True, lifetime=None)
    photo_set = shoot.tune.photo_set
    assert photo_set is not None

    erase_photo_set(photo_set, with_pictures=True)

    assert client.get(share.get_absolute_url()).status_code == 404


# The public pages


def test_the_privacy_page_says_what_the_settings_say(client: Client, settings: Any) -> None:
    settings.ASTRIA_BASE_URL = "https://api.astria.example"
    settings.BACKUPS_KEPT_DAYS = 14
    settings.SENTRY_DSN = "https://key@errors.example/1"
    settings.STRIPE_SECRET_KEY = "sk"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": settings.STORAGES["default"]["BACKEND"],
            "OPTIONS": {"bucket_name": "b", "endpoint_url": "https://s3.eu.example", "region_name": "eu"},
        }
    }

    page = client.get("/privacy/").content.decode()

    for word in ("api.astria.example", "after 14 days", "errors.example", "Stripe", "s3.eu.example"):
        assert word in page


def test_each_promise_of_the_first_page_leads_to_where_it_is_kept(client: Client) -> None:
    ways = re.findall(r'href="/privacy/#(\w+)"', client.get("/").content.decode())
    page = client.get("/privacy/").content.decode()

    assert len(ways) == 4
    assert [way for way in ways if page.count(f'id="{way}"') != 1] == []


def test_the_privacy_page_names_nobody_who_is_not_asked(client: Client, settings: Any, disk: Path) -> None:
    settings.SENTRY_DSN = settings.STRIPE_SECRET_KEY = ""

    page = client.get("/privacy/").content.decode()

    assert "On the disks of this installation" in page and "Adults only" in page
    assert "Stripe" not in page and "errors" not in page.split("Nobody else")[0].split("Who else")[1]


def test_children_and_animals_are_named_where_the_operator_takes_them(client: Client, settings: Any) -> None:
    settings.CLASS_NAMES = ["man", "woman", "girl", "dog"]

    page = client.get("/privacy/").content.decode()

    assert "parents or guardians agree" in page and "Animals, too." in page


@pytest.mark.parametrize("name", ["terms", "imprint", "contact"])
def test_the_operators_own_pages_are_there_when_they_are_written(
    client: Client, settings: Any, name: str
) -> None:
    before = (client.get(f"/{name}/").status_code, f'href="/{name}/"' in client.get("/").content.decode())
    setattr(settings, name.upper(), "First.\n\nSecond: https://example.com <script>")

    page, home = client.get(f"/{name}/").content.decode(), client.get("/").content.decode()

    assert before == (404, False)
    assert "<p>First.</p>" in page and 'href="https://example.com"' in page and "&lt;script&gt;" in page
    assert f'href="/{name}/"' in home and 'href="/privacy/"' in home
