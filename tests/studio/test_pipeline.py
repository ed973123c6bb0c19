"""The whole line of verbs against the real sandbox process, without queue or callbacks: by looking alone."""

from __future__ import annotations

import time

import pytest
from django_q.models import OrmQ

from accounts.models import User
from packs.models import Pack
from packs.sync import sync_packs
from studio.delivery import deliver
from studio.models import Image, PhotoSet, Shoot
from studio.ordering import order_pack
from studio.training import advance
from tests.factories import PhotoSetFactory
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.processes]


@pytest.fixture
def catalogue(astria_at_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Pack:
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)
    sync_packs()
    pack = Pack.objects.get(slug="black-and-white")
    pack.publish()
    return pack


def finish(shoot: Shoot) -> Shoot:
    """Do the clock's work by hand until the shoot ends, at most 20 s."""
    deadline = time.monotonic() + 20
    while not shoot.is_final and time.monotonic() < deadline:
        advance(shoot.pk)
        for image in Image.objects.filter(shoot=shoot, status=Image.Status.PENDING):
            deliver(image.pk)
        shoot.refresh_from_db()
    return shoot


def test_an_order_ends_ready_with_every_picture_stored_by_looking_alone(user: User, catalogue: Pack) -> None:
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account, photos=4)

    shoot = finish(order_pack(photo_set, catalogue, number=0))

    assert shoot.status == Shoot.Status.READY
    assert shoot.images.filter(status=Image.Status.STORED).count() == shoot.expected_images
    assert OrmQ.objects.exists()
