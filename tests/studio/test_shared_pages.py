"""The page behind a share link: what a visitor sees, and what they never see."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from studio.models import Image, Share, Shoot
from studio.views import shared as views
from tests.factories import ImageFactory, PromptFactory, ShareFactory, ShootFactory

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]


@pytest.fixture
def shoot(user: User) -> Shoot:
    return ShootFactory.create(account=user.account)


@pytest.fixture
def share(shoot: Shoot) -> Share:
    return ShareFactory.create(shoot=shoot)


def file_url(share: Share, image: Image, variant: str = "640.webp") -> str:
    return reverse("studio:shared-file", args=[share.token, image.pk, variant])


def visits(share: Share) -> int:
    share.refresh_from_db()
    return share.visits


# What a visitor sees


def test_whoever_has_the_link_sees_name_and_pictures_without_the_sites_header(
    client: Client, share: Share
) -> None:
    image = ImageFactory.create(shoot=share.shoot)

    answer = client.get(share.get_absolute_url())

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Friends" in page and f'src="{file_url(share, image)}"' in page
    assert 'name="robots" content="noindex, nofollow"' in page
    assert "page-header" not in page and "data-like=" not in page


def test_the_page_is_kept_from_indexes_referrers_and_caches(client: Client, share: Share) -> None:
    answer = client.get(share.get_absolute_url())

    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


def test_files_are_kept_from_indexes_referrers_and_shared_caches(client: Client, share: Share) -> None:
    answer = client.get(file_url(share, ImageFactory.create(shoot=share.shoot)))

    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cache-Control"].startswith("private")


@pytest.mark.parametrize("variant", ["320.webp", "640.webp", "1280.webp"])
def test_every_variant_is_served_with_downloads(client: Client, shoot: Shoot, variant: str) -> None:
    share = ShareFactory.create(shoot=shoot, downloads=True)

    answer = client.get(file_url(share, ImageFactory.create(shoot=shoot), variant))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"


def test_without_downloads_nothing_comes_in_its_full_size(client: Client, share: Share) -> None:
    image = ImageFactory.create(shoot=share.shoot)

    answers = {
        name: client.get(file_url(share, image, name)).status_code for name in ("640.webp", "1280.webp")
    }
    pages = [client.get(share.get_absolute_url()), client.get(f"{share.get_absolute_url()}{image.pk}/")]

    assert answers == {"640.webp": 200, "1280.webp": 404}
    assert all("1280" not in page.content.decode() for page in pages)


def test_the_original_is_there_only_with_downloads_and_marked(client: Client, shoot: Shoot) -> None:
    image = ImageFactory.create(shoot=shoot)
    without, allowed = ShareFactory.create(shoot=shoot), ShareFactory.create(shoot=shoot, downloads=True)

    refused = client.get(file_url(without, image, "original.jpg"))
    given = client.get(file_url(allowed, image, "original.jpg"))

    assert refused.status_code == 404
    assert given.status_code == 200 and b"trainedAlgorithmicMedia" in given.content


def test_all_come_as_a_zip_called_as_the_link_is(client: Client, shoot: Shoot) -> None:
    prompt = PromptFactory.create(shoot=shoot)
    ImageFactory.create_batch(2, shoot=shoot, prompt=prompt)
    share = ShareFactory.create(shoot=shoot, downloads=True, name="Für Zoë")

    answer = client.get(f"{share.get_absolute_url()}download/?size=web")

    file = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="fur-zoe.zip"'
    assert file.namelist() == ["fur-zoe-001-web.webp", "fur-zoe-002-web.webp"]


def test_a_zip_holds_nothing_that_the_link_does_not_show(client: Client, shoot: Shoot) -> None:
    shown, hidden = (
        ImageFactory.create(shoot=shoot),
        ImageFactory.create(shoot=shoot, hidden_at=timezone.now()),
    )
    share = ShareFactory.create(shoot=shoot, downloads=True)
    url = f"{share.get_absolute_url()}download/"

    named = client.get(url, {"picture": [shown.pk, hidden.pk]})
    alone = client.get(url, {"picture": hidden.pk})

    assert named["Content-Type"] == "image/jpeg"
    assert alone.status_code == 404


def test_without_downloads_there_is_no_zip(client: Client, share: Share) -> None:
    ImageFactory.create(shoot=share.shoot)

    assert client.get(f"{share.get_absolute_url()}download/").status_code == 404
    assert "download" not in client.get(share.get_absolute_url()).content.decode().partition("<main")[2]


@pytest.mark.parametrize("variant", ["9999.webp", "640.jpg", "original.png", "original", "..%2f640.webp"])
def test_no_other_file_can_be_asked_for(client: Client, shoot: Shoot, variant: str) -> None:
    share = ShareFactory.create(shoot=shoot, downloads=True)

    answer = client.get(file_url(share, ImageFactory.create(shoot=shoot), variant))

    assert answer.status_code == 404


def test_more_pictures_than_a_page_holds_come_by_pages(client: Client, share: Share) -> None:
    prompt = PromptFactory.create(shoot=share.shoot)
    ImageFactory.create_batch(41, shoot=share.shoot, prompt=prompt)

    first = client.get(share.get_absolute_url())
    second = client.get(first.context["next_url"])

    assert len(first.context["items"]) == 40 and first.context["count"] == 41
    assert len(second.context["items"]) == 1 and not second.context["next_url"]


def test_a_further_page_loses_none_while_pictures_before_it_leave(client: Client, share: Share) -> None:
    prompt = PromptFactory.create(shoot=share.shoot)
    ImageFactory.create_batch(45, shoot=share.shoot, prompt=prompt)
    first = client.get(share.get_absolute_url())
    before = [item["image"].id for item in first.context["items"]]
    numbered = client.get(first.context["next_url"]).context["items"][0]["image"].alt

    Image.objects.filter(pk__in=before[:3]).hide()

    second = client.get(first.context["next_url"])
    shown = {item["image"].id for item in second.context["items"]}
    assert shown == {str(pk) for pk in share.images().values_list("pk", flat=True)} - set(before)
    assert "41" in numbered and "38" in second.context["items"][0]["image"].alt


@pytest.mark.parametrize("start", ["", "40", "\x00", "3b241101-e2bb-4255-8caf-4136c566a962"])
def test_a_start_that_is_none_shows_the_first_page(client: Client, share: Share, start: str) -> None:
    image = ImageFactory.create(shoot=share.shoot)

    items = client.get(share.get_absolute_url(), {"from": start}).context["items"]

    assert [item["image"].id for item in items] == [str(image.pk)]


def test_the_page_takes_as_many_queries_for_30_pictures_as_for_one(client: Client, share: Share) -> None:
    prompt = PromptFactory.create(shoot=share.shoot)
    ImageFactory.create(shoot=share.shoot, prompt=prompt)
    with CaptureQueriesContext(connection) as one:
        client.get(share.get_absolute_url())

    ImageFactory.create_batch(29, shoot=share.shoot, prompt=prompt)
    with CaptureQueriesContext(connection) as thirty:
        client.get(share.get_absolute_url())

    assert len(thirty) == len(one) <= 4


# What a visitor never sees


def _hidden(shoot: Shoot) -> Image:
    return ImageFactory.create(shoot=shoot, hidden_at=timezone.now(), liked_at=timezone.now())


def _pending(shoot: Shoot) -> Image:
    return ImageFactory.create(shoot=shoot, status="pending")


def _of_another_shoot(shoot: Shoot) -> Image:
    other = ShootFactory.create(account=shoot.account)
    return ImageFactory.create(shoot=other, liked_at=timezone.now())


def _of_somebody_else(shoot: Shoot) -> Image:
    return ImageFactory.create(liked_at=timezone.now())


@pytest.mark.parametrize("kind", [_hidden, _pending, _of_another_shoot, _of_somebody_else])
@pytest.mark.parametrize("only_liked", [False, True])
def test_a_picture_that_is_not_the_shares_is_neither_listed_nor_served(
    client: Client, shoot: Shoot, kind: Callable[[Shoot], Image], only_liked: bool
) -> None:
    image = kind(shoot)
    share = ShareFactory.create(shoot=shoot, only_liked=only_liked, downloads=True)

    page = client.get(share.get_absolute_url())
    files = [client.get(file_url(share, image, name)) for name in ("320.webp", "original.jpg")]

    assert page.context["count"] == 0 and str(image.pk) not in page.content.decode()
    assert [file.status_code for file in files] == [404, 404]


def test_a_link_to_liked_pictures_forgets_one_that_is_no_longer_liked(client: Client, shoot: Shoot) -> None:
    liked, other = ImageFactory.create(shoot=shoot, liked_at=timezone.now()), ImageFactory.create(shoot=shoot)
    share = ShareFactory.create(shoot=shoot, only_liked=True)
    before = client.get(share.get_absolute_url()).content.decode()

    liked.unlike()

    assert str(liked.pk) in before and str(other.pk) not in before
    assert client.get(file_url(share, other)).status_code == 404
    assert client.get(file_url(share, liked)).status_code == 404
    assert str(liked.pk) not in client.get(share.get_absolute_url()).content.decode()


# Links that do not open


def _wrong(share: Share) -> None:
    share.token = Share(token="x" * 43).token


def _nonsense(share: Share) -> None:
    share.token = "short\x00"


def _expired(share: Share) -> None:
    Share.objects.filter(pk=share.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def _revoked(share: Share) -> None:
    share.revoke()


CLOSINGS = [_wrong, _nonsense, _expired, _revoked]


@pytest.mark.parametrize("close", CLOSINGS)
@pytest.mark.parametrize("variant", ["320.webp", "640.webp", "1280.webp", "original.jpg"])
def test_files_of_a_wrong_expired_or_revoked_link_are_404(
    client: Client, shoot: Shoot, close: Callable[[Share], None], variant: str
) -> None:
    share = ShareFactory.create(shoot=shoot, downloads=True)
    image = ImageFactory.create(shoot=shoot)

    close(share)

    assert client.get(file_url(share, image, variant)).status_code == 404


def _page_without_secrets(client: Client, share: Share) -> tuple[int, str, dict[str, str]]:
    answer = client.get(share.get_absolute_url())
    page = re.sub(r'"X-CSRFToken": "\w+"', "", answer.content.decode())
    return (
        answer.status_code,
        page,
        {name: value for name, value in answer.items() if name not in {"Content-Length", "X-Request-ID"}},
    )


def test_wrong_expired_and_revoked_links_are_told_apart_by_nothing(client: Client, shoot: Shoot) -> None:
    closed = [ShareFactory.create(shoot=shoot) for _ in CLOSINGS]
    for close, share in zip(CLOSINGS, closed, strict=True):
        close(share)

    answers = [_page_without_secrets(client, share) for share in closed]

    assert answers[0][0] == 404 and "This page is not here" in answers[0][1]
    assert all(answer == answers[0] for answer in answers)


def test_wrong_tokens_are_rate_limited_per_address_and_right_ones_are_not(
    client: Client, share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_WRONG_A_MINUTE", 2)
    monkeypatch.setattr("studio.ratelimit.time.time", lambda: 0.0)
    wrong = reverse("studio:shared", args=["x" * 43])

    tries = [client.get(wrong).status_code for _ in range(3)]

    assert tries == [404, 404, 429]
    assert client.get(wrong, REMOTE_ADDR="192.0.2.7").status_code == 404
    assert client.get(share.get_absolute_url()).status_code == 200


# Visits


def test_a_visit_is_counted_once_a_page_view_and_not_for_further_pages_heads_or_files(
    client: Client, share: Share
) -> None:
    image = ImageFactory.create(shoot=share.shoot)

    client.get(share.get_absolute_url())
    client.get(share.get_absolute_url())
    client.get(share.get_absolute_url() + "?from=40")
    client.head(share.get_absolute_url())
    client.get(file_url(share, image))

    assert visits(share) == 2


def test_the_owners_own_look_is_no_visit_and_another_persons_is(
    user: User, other_user: User, share: Share, client_for: ClientFor
) -> None:
    client_for(user).get(share.get_absolute_url())
    assert visits(share) == 0

    client_for(other_user).get(share.get_absolute_url())
    assert visits(share) == 1


def test_a_refused_look_is_no_visit(client: Client, share: Share) -> None:
    share.revoke()

    client.get(share.get_absolute_url())

    assert visits(share) == 0
