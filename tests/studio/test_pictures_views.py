"""One picture: its page, its files, its like."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import User
from packs.models import Pack, PackPrompt
from studio.models import Image, Prompt, Shoot
from tests.factories import ImageFactory, PromptFactory, ShootFactory
from tests.states import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(user: User) -> Shoot:
    return ShootFactory.create(account=user.account, title="Corporate")


@pytest.fixture
def image(shoot: Shoot) -> Image:
    """A picture of the pack's first shot for women."""
    shot = PackPrompt.objects.filter(pack_class__pack=shoot.pack, pack_class__name="woman")[0]
    return ImageFactory.create(
        shoot=shoot, prompt=PromptFactory.create(shoot=shoot, orig_prompt_id=shot.astria_id)
    )


# Its page


def test_the_page_shows_the_picture_with_its_size_and_ways_on(signed_in: Client, image: Image) -> None:
    page = signed_in.get(f"/pictures/{image.pk}/").content.decode()

    assert f'src="/pictures/{image.pk}/1280.webp"' in page
    assert 'class="viewer"' in page
    assert 'width="832" height="1088"' in page
    assert f'href="/download/?picture={image.pk}&amp;size=original"' in page
    assert f'href="/shoots/{image.shoot_id}/gallery/?from={image.pk}"' in page
    assert "href" not in page.partition('rel="next"')[0].rpartition("<a")[2]


def test_neighbours_follow_the_gallerys_order(signed_in: Client, shoot: Shoot) -> None:
    now = timezone.now()
    old, middle, new = (
        ImageFactory.create(shoot=shoot, created_at=now + timedelta(seconds=n)) for n in range(3)
    )
    ImageFactory.create(shoot=shoot, created_at=now + timedelta(seconds=1.5), hidden_at=now)

    context = signed_in.get(f"/pictures/{middle.pk}/").context

    assert (context["previous_url"], context["following_url"]) == (
        f"/pictures/{new.pk}/",
        f"/pictures/{old.pk}/",
    )


def test_walking_through_pictures_of_one_moment_meets_each_once(signed_in: Client, shoot: Shoot) -> None:
    now = timezone.now()
    images = ImageFactory.create_batch(4, shoot=shoot, created_at=now)
    seen, address = [], f"/pictures/{min(image.pk for image in images)}/"

    while address and len(seen) < 9:
        seen.append(address)
        address = signed_in.get(address).context["following_url"]

    assert len(seen) == len(set(seen)) == 4


@pytest.mark.parametrize("status", ["pending", "lost"])
def test_a_picture_that_is_not_here_has_no_page(signed_in: Client, image: Image, status: str) -> None:
    put(image, status)

    assert signed_in.get(f"/pictures/{image.pk}/").status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_the_database_as_often_among_30_as_alone(
    signed_in: Client, shoot: Shoot, rows: int, django_assert_num_queries: Any
) -> None:
    image = ImageFactory.create_batch(rows, shoot=shoot)[0]

    with django_assert_num_queries(14):
        signed_in.get(f"/pictures/{image.pk}/")


def test_opening_a_picture_marks_it_as_seen(signed_in: Client, image: Image) -> None:
    signed_in.get(f"/pictures/{image.pk}/")

    image.refresh_from_db()
    assert image.seen_at is not None


def test_the_way_on_stays_in_the_gallery_it_was_opened_from(signed_in: Client, shoot: Shoot) -> None:
    now = timezone.now()
    first, other, last = (
        ImageFactory.create(shoot=shoot, created_at=now + timedelta(seconds=n)) for n in range(3)
    )
    for image in (first, last):
        image.like()

    context = signed_in.get(f"/pictures/{last.pk}/?show=liked").context

    assert context["following_url"] == f"/pictures/{first.pk}/?show=liked"
    assert context["back_url"] == f"/shoots/{shoot.pk}/gallery/?show=liked&from={last.pk}"
    assert signed_in.get(f"/pictures/{other.pk}/?show=liked").status_code == 200


# Its files


@pytest.mark.parametrize(
    ("variant", "kind"),
    [
        ("320.webp", "image/webp"),
        ("640.webp", "image/webp"),
        ("1280.webp", "image/webp"),
        ("original.jpg", "image/jpeg"),
    ],
)
def test_each_file_is_private_and_never_changes(
    signed_in: Client, image: Image, variant: str, kind: str
) -> None:
    answer = signed_in.get(f"/pictures/{image.pk}/{variant}")

    assert answer["Content-Type"] == kind
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["Content-Disposition"].startswith("inline")
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "variant", ["100.webp", "original.png", "640.jpg", "..", "%2e%2e%2f320.webp", "original."]
)
def test_there_are_no_other_files(signed_in: Client, image: Image, variant: str) -> None:
    assert signed_in.get(f"/pictures/{image.pk}/{variant}").status_code == 404


def test_a_file_that_storage_lost_is_not_found(signed_in: Client, image: Image) -> None:
    default_storage.delete(image.variant_key(640))

    assert signed_in.get(f"/pictures/{image.pk}/640.webp").status_code == 404


# Its like


def counts(image: Image) -> tuple[bool, int, int, int]:
    """Return whether it is liked, the likes of its shot and its pack, and how much is queued."""
    image.refresh_from_db()
    shot = PackPrompt.objects.get(astria_id=image.prompt.orig_prompt_id)
    pack = Pack.objects.get(pk=image.shoot.pack_id)
    return image.liked_at is not None, shot.likes, pack.likes, OrmQ.objects.count()


def test_liking_twice_changes_nothing_more(signed_in: Client, image: Image) -> None:
    signed_in.post(f"/pictures/{image.pk}/like/")
    once, liked_at = counts(image), image.liked_at
    signed_in.post(f"/pictures/{image.pk}/like/")

    assert once == counts(image) == (True, 1, 1, 1)
    assert image.liked_at == liked_at


def test_taking_a_like_back_twice_changes_nothing_more(signed_in: Client, image: Image) -> None:
    signed_in.post(f"/pictures/{image.pk}/like/")

    signed_in.post(f"/pictures/{image.pk}/unlike/")
    once = counts(image)
    signed_in.post(f"/pictures/{image.pk}/unlike/")

    assert once == counts(image) == (False, 0, 0, 2)


def test_taking_back_what_was_never_liked_changes_nothing(signed_in: Client, image: Image) -> None:
    signed_in.post(f"/pictures/{image.pk}/unlike/")

    assert counts(image) == (False, 0, 0, 0)


def test_a_prompt_stays_liked_while_one_of_its_pictures_is(signed_in: Client, image: Image) -> None:
    sibling = ImageFactory.create(shoot=image.shoot, prompt=image.prompt)
    for liked in (image, sibling):
        signed_in.post(f"/pictures/{liked.pk}/like/")

    signed_in.post(f"/pictures/{image.pk}/unlike/")

    assert counts(image) == (False, 1, 1, 1)
    assert Prompt.objects.get(pk=image.prompt_id).like_wanted


def test_a_like_makes_no_call_to_astria(signed_in: Client, image: Image, settings: Any) -> None:
    settings.ASTRIA_BASE_URL = "http://127.0.0.1:9"

    assert signed_in.post(f"/pictures/{image.pk}/like/").status_code == 302
    assert counts(image)[0]
