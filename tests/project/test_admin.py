"""The admin: every model is there, for staff alone, and what a machine owns is read-only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import Failure, Task
from django_q.tasks import async_task

from accounts.models import Consent, User
from packs.models import Pack
from studio.models import Callback, Event, Heartbeat, Image, Inspection, Pause, Shoot
from tests.factories import ImageFactory, PackFactory, PhotoSetFactory, ShareFactory, ShootFactory

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type[Model], page: str, *arguments: object) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=arguments)


@pytest.fixture
def staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "pass"))
    return client


@pytest.fixture
def a_row_of_each(user: User) -> None:
    now = timezone.now()
    shoot: Shoot = ShootFactory.create(account=user.account)
    photo_set = PhotoSetFactory.create(account=user.account, photos=1)
    ShareFactory.create(shoot=ImageFactory.create(shoot=shoot).shoot)
    Callback.objects.create(shoot=shoot, body="{}")
    Event.objects.create(shoot=shoot, kind=Event.Kind.STATE, text="shoot: queued → waiting")
    Inspection.objects.create(account=user.account, sha256="0" * 64, class_name="woman", answer={})
    Consent.objects.create(account=user.account, kind="subject", version="1", about=photo_set.pk)
    Heartbeat.beat("worker")
    Pause.start("Unauthorized (401)", probe_in=timedelta(minutes=5))
    Group.objects.create(name="Support")
    async_task("studio.clock.beat")
    Task.objects.create(
        id=uuid4().hex, name="x", func="studio.clock.beat", started=now, stopped=now, success=False
    )


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@pytest.mark.usefixtures("a_row_of_each")
def test_staff_see_the_list_and_a_row_of_every_model(staff: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]

    answers = [staff.get(address(model, "changelist")), staff.get(address(model, "change", row.pk))]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_list_can_be_searched(staff: Client, model: type[Model]) -> None:
    assert staff.get(address(model, "changelist"), {"q": "x"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_others_are_sent_to_sign_in(user: User, model: type[Model]) -> None:
    client = Client()
    client.force_login(user)

    answers = [client.get(address(model, "changelist")), Client().get(address(model, "changelist"))]

    assert [answer.status_code for answer in answers] == [302, 302]


def test_every_model_of_ours_is_registered_or_shown_with_its_parent() -> None:
    shown = {inline.model for it in admin.site._registry.values() for inline in it.inlines} | set(MODELS)
    ours = [model for model in apps.get_models() if model._meta.app_label in {"accounts", "packs", "studio"}]

    # A pack's shots are Astria's, and are seen on the pack's public page.
    assert [model.__name__ for model in ours if model not in shown] == ["PackPrompt"]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_nothing_is_added_by_hand_but_groups(staff: Client, model: type[Model]) -> None:
    allowed = admin.site._registry[model].has_add_permission(staff.get("/admin/").wsgi_request)

    assert allowed == (model is Group)


OURS = [model for model in MODELS if model._meta.app_label in {"accounts", "packs", "studio"}]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_nothing_of_ours_is_deleted_in_the_admin(staff: Client, model: type[Model]) -> None:
    assert not admin.site._registry[model].has_delete_permission(staff.get("/admin/").wsgi_request)


@pytest.mark.parametrize(
    "model", [it for it in OURS if it not in {User, Pack}], ids=lambda model: model.__name__
)
@pytest.mark.usefixtures("a_row_of_each")
def test_what_a_machine_owns_cannot_be_written(staff: Client, model: type[Model]) -> None:
    row = model._default_manager.all()[0]

    assert staff.post(address(model, "change", row.pk), {"status": "ready"}).status_code == 403


@pytest.mark.usefixtures("a_row_of_each")
def test_what_is_the_persons_alone_is_not_shown(staff: Client) -> None:
    image = Image.objects.all()[0]
    shoot, photo_set = image.shoot, PhotoSetFactory.create(name="Anna Secret")

    pages = [staff.get(address(type(row), "change", row.pk)) for row in (shoot, image, photo_set)]

    text = " ".join(page.content.decode() for page in pages)
    assert shoot.callback_token not in text
    assert image.source_url not in text
    assert "Anna Secret" not in text


def test_staff_publish_and_withdraw_packs(staff: Client) -> None:
    pack: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)

    states = []
    for action in ("publish", "withdraw"):
        staff.post(address(Pack, "changelist"), {"action": action, "_selected_action": [pack.pk]})
        pack.refresh_from_db()
        states.append(pack.status)

    assert states == ["published", "withdrawn"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_of_packs_asks_the_database_as_often_for_30_as_for_1(
    staff: Client, rows: int, django_assert_max_num_queries: Any
) -> None:
    PackFactory.create_batch(rows)

    with django_assert_max_num_queries(12):
        staff.get(address(Pack, "changelist"))


def test_only_failures_and_what_waits_are_shown_of_the_queue() -> None:
    assert [model.__name__ for model in MODELS if model._meta.app_label == "django_q"] == ["Failure", "OrmQ"]
    assert Failure in MODELS
