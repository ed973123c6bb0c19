"""The API key is sent to Astria and seen nowhere else; nor is the token of a callback."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

import astria
from accounts.models import User
from packs.models import Pack
from packs.sync import sync_packs
from studio.astria_client import astria_client
from studio.delivery import deliver
from studio.mail import send_letter
from studio.models import Image, Letter, Shoot
from studio.ordering import order_pack
from studio.training import advance
from tests.factories import PhotoSetFactory
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

KEY = "sd_a-very-distinctive-key"
DISTINCTIVE = "very-distinctive"


@pytest.fixture
def shoot(
    user: User,
    astria_at_sandbox: Sandbox,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Shoot:
    """A finished order, with some trouble on its way."""
    caplog.set_level(logging.DEBUG)
    settings.ASTRIA_API_KEY = KEY
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)
    sync_packs()
    pack = Pack.objects.get(slug="black-and-white")
    pack.publish()
    shoot = order_pack(PhotoSetFactory.create(account=user.account, photos=4), pack, number=0)
    monkeypatch.setattr("studio.pace.QUIET_AFTER_429", timedelta(0))
    with astria_at_sandbox.changed(faults={"429": 1.0}):
        advance(shoot.pk)
    return finished(shoot)


def finished(shoot: Shoot) -> Shoot:
    deadline = time.monotonic() + 30
    while not shoot.is_final and time.monotonic() < deadline:
        advance(shoot.pk)
        for image in Image.objects.filter(status=Image.Status.PENDING):
            deliver(image.pk)
        shoot.refresh_from_db()
    send_letter(Letter.objects.get(shoot=shoot).pk)
    return shoot


def rows() -> Iterator[str]:
    """Yield every row of every table, and what is packed into the queue's."""
    for model in apps.get_models(include_auto_created=True):
        yield from map(str, model._default_manager.values())
    yield from (str(queued.task) for queued in OrmQ.objects.all())


def pages(shoot: Shoot, user: User) -> Iterator[str]:
    """Yield what the person and staff see of it."""
    person, staff = Client(), Client()
    person.force_login(user)
    staff.force_login(User.objects.create_superuser("staff@example.com", "pass"))
    picture = shoot.images.stored()[0]
    for address in (
        "/shoots/",
        "/gallery/",
        "/account/",
        shoot.get_absolute_url(),
        picture.get_absolute_url(),
    ):
        yield person.get(address).content.decode()
    for model in admin.site._registry:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield staff.get(reverse(f"{place}_changelist")).content.decode()
    yield staff.get(reverse("admin:studio_shoot_change", args=[shoot.pk])).content.decode()


def test_the_key_and_the_callbacks_token_are_seen_nowhere(
    shoot: Shoot, user: User, caplog: pytest.LogCaptureFixture
) -> None:
    stored, shown = list(rows()), list(pages(shoot, user))
    mails = [f"{message.subject} {message.body}" for message in mail.outbox]

    assert shoot.status == Shoot.Status.READY
    assert mails
    assert [text for text in [*stored, *shown, *mails, caplog.text] if DISTINCTIVE in text] == []
    # The shoot's own row, and nothing else, holds the token.
    assert len([text for text in [*stored, *shown, *mails, caplog.text] if shoot.callback_token in text]) == 1


@pytest.mark.usefixtures("db")
def test_no_error_of_the_client_holds_the_key(settings: Any, astria_at_sandbox: Sandbox) -> None:
    settings.ASTRIA_API_KEY = KEY
    errors = []
    with pytest.raises(astria.NotFound) as refused:
        astria_client().tunes.get(999_999_999)
    errors.append(refused.value)
    settings.ASTRIA_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(astria.AstriaError) as down:
        astria_client().packs.list()
    errors.append(down.value)

    assert DISTINCTIVE not in " ".join(
        f"{error!r} {error} {vars(error)} {error.__cause__!r}" for error in errors
    )
    assert DISTINCTIVE not in repr(vars(astria_client()))
