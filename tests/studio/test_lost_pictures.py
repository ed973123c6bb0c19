"""A picture that could not be had is a state that staff see and can change, not a silence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import CreditAccount, User
from studio.delivery import deliver
from studio.models import Event, Image, Shoot
from tests.astria.server import Server, running
from tests.factories import ImageFactory, PromptFactory, ShootFactory, jpeg

pytestmark = pytest.mark.django_db

IMAGES = reverse("admin:studio_image_changelist")
SHOOTS = reverse("admin:studio_shoot_changelist")


@pytest.fixture
def desk(client: Client) -> Client:
    """The browser of somebody who may do everything in the admin."""
    client.force_login(User.objects.create_superuser("staff@example.com", "pass"))
    return client


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    with running() as server:
        settings.ASTRIA_BASE_URL = server.url
        yield server


@pytest.fixture
def lost(server: Server) -> Image:
    """One of two pictures of a shoot, at an address where nothing is; the shoot ended without it."""
    shoot = ShootFactory.create(status=Shoot.Status.GENERATING, expected_prompts=1, expected_images=2)
    prompt = PromptFactory.create(shoot=shoot)
    ImageFactory.create(shoot=shoot, prompt=prompt)
    image = ImageFactory.create(
        shoot=shoot, prompt=prompt, source_url=f"{server.url}/mp/1", status=Image.Status.PENDING,
        next_check_at=timezone.now(), stored_at=None, extension="", width=0, height=0,
    )  # fmt: skip
    server.answers(410)
    deliver(image.pk)
    image.refresh_from_db()
    return image


def act(desk: Client, page: str, action: str, row: Any) -> str:
    answer = desk.post(page, {"action": action, "_selected_action": [row.pk]}, follow=True)
    return answer.content.decode()


def test_staff_find_lost_pictures_and_the_shoots_they_are_of(desk: Client, lost: Image) -> None:
    ShootFactory.create(title="Complete")

    images = desk.get(IMAGES, {"status__exact": "lost"}).content.decode()
    shoots = desk.get(SHOOTS, {"trouble": "lost"}).content.decode()

    assert "answered 410" in images
    assert str(lost.shoot_id) in shoots and "Complete" not in shoots


def test_the_page_of_the_shoot_shows_staff_the_lost_one_alone_and_no_address(
    desk: Client, lost: Image
) -> None:
    page = desk.get(reverse("admin:studio_shoot_change", args=[lost.shoot_id])).content.decode()

    stored = Image.objects.stored().get()
    assert reverse("admin:studio_image_change", args=[lost.pk]) in page
    assert reverse("admin:studio_image_change", args=[stored.pk]) not in page
    assert lost.source_url not in page


@pytest.mark.parametrize("page", [IMAGES, SHOOTS])
def test_fetched_again_it_is_kept_though_it_was_refunded_and_nothing_is_taken_back(
    desk: Client, server: Server, lost: Image, page: str
) -> None:
    server.answers(200, jpeg())
    OrmQ.objects.all().delete()

    said = act(desk, page, "fetch_again", lost if page == IMAGES else lost.shoot)
    for row in OrmQ.objects.all():
        deliver(*row.task["args"])

    shoot = Shoot.objects.get()
    assert "Queued: 1" in said
    assert Image.objects.stored().count() == 2
    assert (shoot.status, shoot.refunded) == (Shoot.Status.PARTLY, 9)
    assert CreditAccount.objects.get(pk=shoot.account_id).balance == 109
    assert Event.objects.get(kind=Event.Kind.STAFF).shoot == shoot


def test_what_is_not_lost_is_not_fetched_again(desk: Client, lost: Image) -> None:
    stored = Image.objects.stored().get()
    OrmQ.objects.all().delete()

    said = act(desk, IMAGES, "fetch_again", stored)

    assert "Queued: 0" in said
    assert not OrmQ.objects.exists()
