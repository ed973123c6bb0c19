"""The people of the browser journeys. Runs inside a studio's shell: makes them, prints who they are.

Each journey has a person of its own, signed in already, so that none disturbs another.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files import File
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from packs.models import Pack
from studio.inspection import inspect_in_background
from studio.models import PhotoSet, Share, Shoot
from studio.ordering import order_pack
from studio.uploading import add_photo
from tests.factories import ImageFactory, PhotoSetFactory, ShootFactory, TuneFactory, UserFactory

PHOTOS = Path(__file__).parents[1] / "photos"
GOOD = ("person-1.jpg", "person-2.jpg", "person-3.jpg", "person-4.jpg")
POOR = ("person-1.jpg", "blurry.jpg", "two-people.jpg")
CREDITS = {
    "reader": 500,
    "clicker": 26,
    "quitter": 500,
    "poor": 3,
    "unlucky": 500,
    "halfway": 500,
    "newcomer": 500,
    "leaver": 0,
}


def person(name: str, balance: int) -> tuple[User, dict[str, Any]]:
    """Return a person and, for the tests, the address and a session that is signed in."""
    user: User = UserFactory.create(email=f"{name}@example.com", credits=balance)
    browser = Client()
    browser.force_login(user)
    return user, {"email": user.email, "session": browser.cookies["sessionid"].value}


def photo_set(user: User, photos: tuple[str, ...], pack: Pack) -> PhotoSet:
    """Return a draft of real photographs for `pack`."""
    made: PhotoSet = PhotoSetFactory.create(account=user.account, name="Anna", pack=pack)
    for name in photos:
        with (PHOTOS / name).open("rb") as file:
            photo = add_photo(made, uuid4(), File(file, name=name))
        inspect_in_background(photo.pk)
    return made


def shoot_in_progress(user: User) -> Shoot:
    """Return a shoot with two of eight pictures that nothing touches for a day."""
    tomorrow = timezone.now() + timedelta(days=1)
    tune = TuneFactory.create(account=user.account, next_check_at=tomorrow)
    shoot: Shoot = ShootFactory.create(
        account=user.account,
        tune=tune,
        pack=Pack.objects.get(slug="outdoor-portraits"),
        status=Shoot.Status.GENERATING,
        generating_at=timezone.now(),
        next_check_at=tomorrow,
    )
    ImageFactory.create_batch(2, shoot=shoot)
    return shoot


def main() -> None:
    """Print a JSON object: for each name the address, the session, and pages by what they show."""
    pack = Pack.objects.get(slug="corporate-headshots")
    made = {name: person(name, balance) for name, balance in CREDITS.items()}
    said = {name: facts for name, (_, facts) in made.items()}
    for name in ("clicker", "quitter", "poor", "unlucky", "halfway"):
        said[name]["draft"] = photo_set(made[name][0], GOOD, pack).get_absolute_url()
    reader, facts = made["reader"]
    six = photo_set(reader, (*GOOD, "person-5.jpg", "person-6.jpg"), pack)
    ready = order_pack(six, pack, number=0)
    facts["photos"] = six.get_absolute_url()
    facts["ready"] = ready.get_absolute_url()
    facts["gallery"] = reverse("studio:shoot-gallery", args=[ready.pk])
    share = Share.create_for(
        ready, name="For friends", only_liked=False, downloads=True, lifetime=timedelta(days=7)
    )
    facts["shares"] = reverse("studio:shares", args=[ready.pk])
    facts["shared"] = share.get_absolute_url()
    facts["draft"] = photo_set(reader, POOR, pack).get_absolute_url()
    facts["in progress"] = shoot_in_progress(reader).get_absolute_url()
    print(json.dumps(said))
