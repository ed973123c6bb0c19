"""Staff are shown the pictures of a shoot for a reason alone, and each time stands in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from studio.console.looks import MOST
from studio.models import Shoot
from tests.factories import ImageFactory, PromptFactory, ShootFactory

pytestmark = pytest.mark.django_db

RIGHTS = ("studio.view_shoot", "studio.see_pictures")


@pytest.fixture
def shoot(user: User) -> Shoot:
    """Two pictures of `user`."""
    made: Shoot = ShootFactory.create(account=user.account, status=Shoot.Status.READY)
    ImageFactory.create_batch(2, shoot=made, prompt=PromptFactory.create(shoot=made))
    return made


def look(shoot: Shoot) -> str:
    return reverse("admin:studio_shoot_look", args=[shoot.pk])


def test_pictures_are_shown_for_a_reason_which_is_written_down_first(
    shoot: Shoot, console: Client, owner: User
) -> None:
    asked = console.get(look(shoot))
    before = AuditEntry.objects.count()
    shown = console.post(look(shoot), {"reason": "They say that a shot shows somebody else"})

    line = AuditEntry.objects.get()
    assert (before, b"data:image" in asked.content) == (0, False)
    assert shown.content.count(b"data:image/webp;base64,") == 2
    assert (line.actor, line.action, line.about) == (owner, "pictures shown", f"studio.shoot {shoot.pk}")
    assert line.text == "They say that a shot shows somebody else"


def test_each_look_is_a_line_of_its_own(shoot: Shoot, console: Client) -> None:
    [console.post(look(shoot), {"reason": why}) for why in ("Once", "Again")]

    assert list(AuditEntry.objects.order_by("id").values_list("text", flat=True)) == ["Once", "Again"]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_without_a_reason_nothing_is_shown(shoot: Shoot, console: Client, reason: str) -> None:
    answer = console.post(look(shoot), {"reason": reason})

    assert answer.status_code == 200 and b"data:image" not in answer.content
    assert not AuditEntry.objects.exists()


def test_the_page_is_kept_nowhere_and_holds_no_address_of_a_picture(shoot: Shoot, console: Client) -> None:
    answer = console.post(look(shoot), {"reason": "Help"})

    assert "no-store" in answer["Cache-Control"]
    assert "/pictures/" not in answer.content.decode()


def test_not_more_than_help_needs_are_shown(shoot: Shoot, console: Client) -> None:
    ImageFactory.create_batch(MOST, shoot=shoot, prompt=PromptFactory.create(shoot=shoot))

    answer = console.post(look(shoot), {"reason": "Help"})

    assert answer.content.count(b"data:image") == MOST


def test_a_file_that_is_gone_leaves_a_gap(shoot: Shoot, console: Client) -> None:
    default_storage.delete(shoot.images.all()[0].variant_key(320))

    answer = console.post(look(shoot), {"reason": "Help"})

    assert (answer.status_code, answer.content.count(b"data:image")) == (200, 1)


def test_of_a_shoot_without_pictures_it_is_said_that_there_is_nothing_to_see(
    user: User, console: Client
) -> None:
    empty: Shoot = ShootFactory.create(account=user.account)

    asked = console.get(look(empty))
    answer = console.post(look(empty), {"reason": "Help"})

    assert b"There is nothing to see." not in asked.content
    assert b"There is nothing to see." in answer.content and b"data:image" not in answer.content
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "status"), [("Viewer", 403), ("Catalogue", 403), ("Support", 403), ("Owner", 200)]
)
def test_of_the_roles_the_owner_alone_may_look(
    shoot: Shoot, staff_as: Callable[[str], Client], role: str, status: int
) -> None:
    answer = staff_as(role).post(look(shoot), {"reason": "Help"})

    assert (answer.status_code, AuditEntry.objects.count()) == (status, int(status == 200))


def test_the_right_to_see_orders_is_not_the_right_to_see_faces(
    shoot: Shoot, staff_with: Callable[..., Client]
) -> None:
    without, with_it = staff_with(RIGHTS[0]), staff_with(*RIGHTS)
    page = reverse("admin:studio_shoot_change", args=[shoot.pk])

    assert without.post(look(shoot), {"reason": "Help"}).status_code == 403
    assert look(shoot) not in without.get(page).content.decode()
    assert look(shoot) in with_it.get(page).content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_the_owner_of_the_pictures_and_who_is_not_signed_in_are_led_away(
    shoot: Shoot, user: User, other_user: User, client_for: Callable[[User], Client], method: str
) -> None:
    for client in (Client(), client_for(other_user), client_for(user)):
        answer = getattr(client, method)(look(shoot), {"reason": "Curious"})

        assert answer.status_code == 302 and "/login/" in answer["Location"]
    assert not AuditEntry.objects.exists()


def test_a_shoot_that_is_not_there_is_not_found(console: Client) -> None:
    address = reverse("admin:studio_shoot_look", args=[uuid4()])

    assert console.post(address, {"reason": "Help"}).status_code == 404
    assert not AuditEntry.objects.exists()
