"""Share links: making, listing and revoking them, and where their tokens never show."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config.logs import ScrubSecrets, scrub
from studio.models import Share, Shoot
from tests.factories import ShareFactory, ShootFactory, UserFactory

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
FORM = {"name": "For Zoë 李", "lifetime": "30"}


@pytest.fixture
def shoot(user: User) -> Shoot:
    return ShootFactory.create(account=user.account)


@pytest.fixture
def share(shoot: Shoot) -> Share:
    return ShareFactory.create(shoot=shoot)


def days_until(when: datetime) -> float:
    return round((when - timezone.now()) / timedelta(days=1), 2)


# Making and listing


def test_the_owner_makes_a_link_that_lasts_as_long_as_was_chosen(
    user: User, shoot: Shoot, client_for: ClientFor
) -> None:
    url = reverse("studio:shares", args=[shoot.pk])

    answer = client_for(user).post(url, FORM)

    made = Share.objects.get()
    assert answer.status_code == 302 and answer.url == url  # type: ignore[attr-defined]
    assert (made.account, made.shoot, made.name) == (user.account, shoot, "For Zoë 李")
    assert (made.only_liked, made.downloads, made.visits) == (False, False, 0)
    assert made.expires_at and days_until(made.expires_at) == 30


@pytest.mark.parametrize(("lifetime", "days"), [("7", 7), ("90", 90)])
def test_each_lifetime_is_kept(
    user: User, shoot: Shoot, client_for: ClientFor, lifetime: str, days: int
) -> None:
    client_for(user).post(reverse("studio:shares", args=[shoot.pk]), FORM | {"lifetime": lifetime})

    expires_at = Share.objects.get().expires_at
    assert expires_at and days_until(expires_at) == days


def test_a_link_may_last_until_it_is_revoked_and_allow_downloads_of_liked_pictures(
    user: User, shoot: Shoot, client_for: ClientFor
) -> None:
    said = FORM | {"lifetime": "0", "only_liked": "on", "downloads": "on"}

    client_for(user).post(reverse("studio:shares", args=[shoot.pk]), said)

    made = Share.objects.get()
    assert (made.expires_at, made.only_liked, made.downloads) == (None, True, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " \x01 "},
        {"name": "x" * 81},
        {"name": "\ufb2c" * 80},
        {"lifetime": "3650"},
        {"lifetime": ""},
    ],
)
def test_nonsense_makes_no_link_and_keeps_the_form(
    user: User, shoot: Shoot, client_for: ClientFor, wrong: dict[str, str]
) -> None:
    said = FORM | {"downloads": "on"} | wrong

    answer = client_for(user).post(reverse("studio:shares", args=[shoot.pk]), said)

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == wrong.keys()
    assert answer.context["form"]["downloads"].value()
    assert not Share.objects.exists()


def test_tokens_are_32_random_bytes_and_never_the_same(shoot: Shoot) -> None:
    first, second = ShareFactory.create(shoot=shoot), ShareFactory.create(shoot=shoot)

    assert first.token != second.token
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", first.token)
    with pytest.raises(IntegrityError):
        Share.objects.create(account=shoot.account, shoot=shoot, name="Twin", token=first.token)


def test_the_database_refuses_a_link_without_a_name(shoot: Shoot) -> None:
    with pytest.raises(IntegrityError):
        ShareFactory.create(shoot=shoot, name="")


def test_the_list_shows_whole_addresses_visits_and_a_way_to_revoke(
    user: User, share: Share, client_for: ClientFor
) -> None:
    share.count_visit()

    page = client_for(user).get(reverse("studio:shares", args=[share.shoot_id])).content.decode()

    assert f'value="http://127.0.0.1:8000/s/{share.token}/"' in page
    assert "1 visit" in page
    assert f'action="{reverse("studio:share-revoke", args=[share.pk])}"' in page


def test_the_list_names_closed_links_without_their_address(
    user: User, shoot: Shoot, client_for: ClientFor
) -> None:
    revoked, expired = (
        ShareFactory.create(shoot=shoot),
        ShareFactory.create(shoot=shoot, expires_at=timezone.now()),
    )
    revoked.revoke()

    page = client_for(user).get(reverse("studio:shares", args=[shoot.pk])).content.decode()

    assert "Revoked" in page and "Expired" in page
    assert revoked.token not in page and expired.token not in page


def test_the_list_takes_as_many_queries_for_30_links_as_for_one(
    user: User, shoot: Shoot, client_for: ClientFor
) -> None:
    client, url = client_for(user), reverse("studio:shares", args=[shoot.pk])
    ShareFactory.create(shoot=shoot)
    with CaptureQueriesContext(connection) as one:
        client.get(url)

    ShareFactory.create_batch(29, shoot=shoot)
    with CaptureQueriesContext(connection) as thirty:
        client.get(url)

    assert len(thirty) == len(one) <= 5


def test_only_the_gallery_of_a_shoot_leads_to_its_links(
    user: User, shoot: Shoot, client_for: ClientFor
) -> None:
    client, url = client_for(user), reverse("studio:shares", args=[shoot.pk])

    assert url in client.get(reverse("studio:shoot-gallery", args=[shoot.pk])).content.decode()
    assert url not in client.get(reverse("studio:gallery")).content.decode()


# Who may


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_finds_no_links_and_makes_none(
    other_user: User, share: Share, client_for: ClientFor, method: str
) -> None:
    url = reverse("studio:shares", args=[share.shoot_id])

    answer = getattr(client_for(other_user), method)(url, FORM)

    assert answer.status_code == 404
    assert Share.objects.count() == 1


def test_a_stranger_revokes_nothing(other_user: User, share: Share, client_for: ClientFor) -> None:
    answer = client_for(other_user).post(reverse("studio:share-revoke", args=[share.pk]))

    share.refresh_from_db()
    assert answer.status_code == 404
    assert share.is_open


@pytest.mark.parametrize(("name", "of"), [("studio:shares", "shoot_id"), ("studio:share-revoke", "pk")])
def test_who_is_not_signed_in_is_sent_to_sign_in(client: Client, share: Share, name: str, of: str) -> None:
    url = reverse(name, args=[getattr(share, of)])

    answer = client.post(url, FORM)

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))  # type: ignore[attr-defined]


def test_revoking_is_by_post_alone(user: User, share: Share, client_for: ClientFor) -> None:
    assert client_for(user).get(reverse("studio:share-revoke", args=[share.pk])).status_code == 405
    assert client_for(user).post(share.get_absolute_url()).status_code == 405


def test_revoking_twice_keeps_the_first_time(user: User, share: Share, client_for: ClientFor) -> None:
    client, url = client_for(user), reverse("studio:share-revoke", args=[share.pk])
    client.post(url)
    share.refresh_from_db()
    first = share.revoked_at

    answer = client.post(url)

    share.refresh_from_db()
    assert answer.status_code == 302
    assert first is not None and share.revoked_at == first


# Logs and staff


def test_no_log_line_holds_the_token_of_a_link(share: Share) -> None:
    line = f"Not Found: /s/{share.token}/ and https://studio.example.org/s/{share.token}/1/640.webp?x=1"
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(ScrubSecrets())

    handler.handle(logging.makeLogRecord({"msg": "%s", "args": (line,), "levelno": logging.WARNING}))

    assert share.token not in stream.getvalue() and share.token not in scrub(line)
    assert "/s/…" in stream.getvalue()


def test_staff_see_that_a_link_exists_and_neither_its_token_nor_its_name(
    share: Share, client_for: ClientFor
) -> None:
    staff = UserFactory.create(is_staff=True, is_superuser=True)
    urls = [reverse("admin:studio_share_changelist"), reverse("admin:studio_share_change", args=[share.pk])]

    answers = [client_for(staff).get(url) for url in urls]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all(share.token not in answer.content.decode() for answer in answers)
    assert all("Friends" not in answer.content.decode() for answer in answers)
