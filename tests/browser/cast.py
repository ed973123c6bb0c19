"""The people of the browser journeys. Runs inside a studio's shell: makes them, prints who they are.

Each journey has a person of its own, signed in already, so that none disturbs another.
"""

from __future__ import annotations

import json
import time
from datetime import timedelta
from functools import cache
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.files import File
from django.forms import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as Pixels
from PIL import ImageOps

from accounts.mails import unsubscribe_url
from accounts.models import Bundle, User
from accounts.sessions import SessionStore
from packs.models import Pack
from studio import files
from studio.erasing import erase_photo_set
from studio.inspection import inspect_in_background
from studio.models import Image, Inspection, Photo, PhotoSet, Share, Shoot
from studio.ordering import order_pack
from studio.settling import give_up
from studio.uploading import add_photo
from tests.authenticator import SECRET
from tests.factories import (
    ImageFactory,
    PhotoSetFactory,
    PromptFactory,
    PurchaseFactory,
    ShootFactory,
    TrainedTuneFactory,
    TuneFactory,
    UserFactory,
)

PHOTOS = Path(__file__).parents[1] / "photos"
GOOD = ("person-1.jpg", "person-2.jpg", "person-3.jpg", "person-4.jpg")
POOR = ("person-1.jpg", "blurry.jpg", "two-people.jpg")
SEEN = {
    "name": "woman",
    "eye_color": "brown eyes",
    "hair_color": "brown hair",
    "hair_length": "long hair",
    "hair_style": "wavy hair",
    "body_type": "slim body",
    "age": "30 yo",
}
CREDITS = {
    "reader": 500,
    "clicker": 26,
    "quitter": 500,
    "poor": 3,
    "saver": 3,
    "unlucky": 500,
    "halfway": 500,
    "newcomer": 500,
    "leaver": 0,
    "keyholder": 0,
    "protected": 0,
    "chooser": 500,
    "sender": 500,
    "keeper": 500,
    "keeper by phone": 500,
    "maker": 500,
    "deleter": 500,
    "culler": 0,
    "collector": 0,
    "buyer": 500,
    "boss": 0,
    "eraser": 500,
    "waiter": 500,
}


def person(name: str, balance: int) -> tuple[User, dict[str, Any]]:
    """Return a person and, for the tests, the address and a session that is signed in."""
    address = f"{name.replace(' ', '-')}@example.com"
    user: User = UserFactory.create(email=address, credits=balance)
    browser = Client()
    browser.force_login(user)
    return user, {"email": user.email, "session": browser.cookies["sessionid"].value}


def photo_set(user: User, names: tuple[str, ...], pack: Pack, *, name: str = "Anna") -> PhotoSet:
    """Return a draft of real photographs for `pack`."""
    made: PhotoSet = PhotoSetFactory.create(account=user.account, name=name, pack=pack)
    for file_name in names:
        copy(taken_in(file_name, pack), made)
    return made


@cache
def taken_in(file_name: str, pack: Pack) -> Photo:
    """Return a photograph as the studio keeps it, inspected; what takes long is done once for each."""
    model: PhotoSet = PhotoSetFactory.create(account=UserFactory.create(credits=0).account, pack=pack)
    with (PHOTOS / file_name).open("rb") as file:
        photo = add_photo(model, uuid4(), File(file, name=file_name))
    inspect_in_background(photo.pk)
    return photo


def copy(photo: Photo, into: PhotoSet) -> None:
    """Put a photo into another set, with its files and what inspection said of it."""
    fields = model_to_dict(photo, exclude=["id", "photo_set"])
    copied = Photo.objects.create(id=uuid4(), photo_set=into, **fields)
    for old, new in zip(photo.keys, copied.keys, strict=True):
        files.write(new, files.read(old))
    for said in Inspection.objects.filter(account=photo.photo_set.account, sha256=photo.sha256):
        said.pk, said.account = None, into.account
        if not Inspection.objects.filter(account=into.account, sha256=said.sha256).exists():
            said.save()


def order_of(user: User, pack: Pack) -> Shoot:
    """Return an order of two shots, which is over sooner than a whole one."""
    two = pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)[:2]
    return order_pack(photo_set(user, GOOD, pack), pack, number=0, prompt_ids=list(two))


def two_shots(user: User, pack: Pack) -> PhotoSet:
    """Return a draft for which all but two shots are switched off."""
    made = photo_set(user, GOOD, pack)
    shots = pack.classes.get(name="woman").prompts.values_list("astria_id", flat=True)
    made.choose(pack, left_out=list(shots)[2:])
    return made


def seen_alike(user: User, pack: Pack) -> PhotoSet:
    """Return a draft whose photos inspection says the same of; the sandbox sees another person in each."""
    made = photo_set(user, GOOD, pack)
    Inspection.objects.filter(account=user.account).update(answer=SEEN)
    return made


def shoot_in_progress(user: User, pictures: int = 2) -> Shoot:
    """Return a shoot with so many of eight pictures that nothing touches for a day."""
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
    for image, name in zip(ImageFactory.create_batch(pictures, shoot=shoot), cycle(GOOD)):
        develop(image, PHOTOS / name)
    return shoot


def develop(image: Image, photograph: Path) -> None:
    """Let a picture show what a photograph does."""
    for width in (320, 640, 1280):
        files.write(image.variant_key(width), fitted(photograph, width, width * image.height // image.width))


@cache
def fitted(photograph: Path, width: int, height: int) -> bytes:
    """Return a photograph as a WebP picture of this size."""
    buffer = BytesIO()
    with Pixels.open(photograph) as whole:
        ImageOps.fit(whole, (width, height)).save(buffer, "WEBP")
    return buffer.getvalue()


def ends_of(user: User) -> dict[str, str]:
    """Return the pages of a shoot that is late, and of two that ended with less than was ordered."""
    late = shoot_in_progress(user)
    Shoot.objects.filter(pk=late.pk).update(generating_at=timezone.now() - timedelta(hours=1))
    pages = {"late": late.get_absolute_url()}
    for name, pictures in (("failed", 0), ("partly", 5)):
        shoot = shoot_in_progress(user, pictures)
        user.account.spend(shoot.price, key=f"shoot:{shoot.pk}", note=shoot.ledger_note)
        give_up(shoot)
        pages[name] = shoot.get_absolute_url()
    return pages


def keeps_factors(user: User, browser: str) -> None:
    """Let a session have said just now who it is: what is set up for signing in asks for that."""
    session = SessionStore(browser)
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() + 86_400, "reauthenticated": True}
    ]
    session.save()
    if user.email.startswith("protected"):
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)


def gallery_of(user: User, number: int) -> str:
    """Return the address of a gallery of so many pictures, of four shots."""
    tune = TrainedTuneFactory.create(account=user.account)
    shoot: Shoot = ShootFactory.create(account=user.account, tune=tune, status=Shoot.Status.READY)
    prompts = PromptFactory.create_batch(4, shoot=shoot)
    for count in range(number):
        ImageFactory.create(shoot=shoot, prompt=prompts[count % 4])
    return reverse("studio:shoot-gallery", args=[shoot.pk])


def money(made: dict[str, tuple[User, dict[str, Any]]], pack: Pack) -> None:
    """Fill the price list; give the reader purchases, the buyer a shoot, the boss the keys."""
    for number, (title, holds, price) in enumerate((("Small", 40, 1900), ("Large", 250, 7900))):
        Bundle.objects.create(
            title=title, credits=holds, price=price, currency="eur", tax_note="including VAT", position=number
        )
    reader, facts = made["reader"]
    paid = PurchaseFactory.create(account=reader.account)
    facts["paid"] = reverse("accounts:receipt", args=[paid.pk])
    facts["purchase"] = PurchaseFactory.create(account=reader.account, pay=False).get_absolute_url()
    buyer, facts = made["buyer"]
    shoot = order_of(buyer, pack)
    facts["ready"] = shoot.get_absolute_url()
    facts["put right"] = reverse("studio:put-right", args=[shoot.pk])
    User.objects.filter(pk=made["boss"][0].pk).update(is_staff=True, is_superuser=True)


def main() -> None:
    """Print a JSON object: for each name the address, the session, and pages by what they show."""
    pack = Pack.objects.get(slug="corporate-headshots")
    made = {name: person(name, balance) for name, balance in CREDITS.items()}
    said = {name: facts for name, (_, facts) in made.items()}
    for name in ("clicker", "quitter", "poor", "saver", "unlucky", "halfway"):
        said[name]["draft"] = photo_set(made[name][0], GOOD, pack).get_absolute_url()
    for name in ("keyholder", "protected"):
        keeps_factors(made[name][0], said[name]["session"])
    said["culler"]["gallery"] = gallery_of(made["culler"][0], 40)
    said["collector"]["gallery"] = gallery_of(made["collector"][0], 100)
    reader, facts = made["reader"]
    facts["unsubscribe"] = unsubscribe_url(reader, "mails_ready").removeprefix(settings.PUBLIC_URL)
    six = photo_set(reader, (*GOOD, "person-5.jpg", "person-6.jpg"), pack)
    ready = order_pack(six, pack, number=0)
    facts["model"] = ready.tune.get_absolute_url()
    facts |= {f"more {make}": f"{facts['model']}more/?make={make}" for make in ("like", "theme", "words")}
    facts["more pack"] = f"{facts['model']}more/?pack={pack.slug}"
    for name in ("maker", "deleter", "eraser"):
        trained = order_of(made[name][0], pack)
        said[name] |= {"model": trained.tune.get_absolute_url(), "ready": trained.get_absolute_url()}
    facts["photos"] = six.get_absolute_url()
    facts["ready"] = ready.get_absolute_url()
    facts["gallery"] = reverse("studio:shoot-gallery", args=[ready.pk])
    share = Share.create_for(
        ready, name="For friends", only_liked=False, downloads=True, lifetime=timedelta(days=7)
    )
    facts["shares"] = reverse("studio:shares", args=[ready.pk])
    facts["shared"] = share.get_absolute_url()
    terms = {"only_liked": False, "downloads": False, "lifetime": None, "password": "open sesame"}
    facts["locked"] = Share.create_for(ready, name="Behind a password", **terms).get_absolute_url()
    facts["download"] = f"{reverse('studio:download')}?shoot={ready.pk}"
    facts["draft"] = photo_set(reader, POOR, pack).get_absolute_url()
    facts["review"] = f"{facts['draft']}?part=review"
    for name in ("chooser", "sender"):
        said[name]["draft"] = photo_set(made[name][0], GOOD, pack, name="Zoë O'Brien 李").get_absolute_url()
    for name in ("keeper", "keeper by phone"):
        said[name]["draft"] = two_shots(made[name][0], pack).get_absolute_url()
    said["waiter"] |= ends_of(made["waiter"][0])
    said["waiter"]["review"] = f"{seen_alike(made['waiter'][0], pack).get_absolute_url()}?part=review"
    late = shoot_in_progress(reader)
    Shoot.objects.filter(pk=late.pk).update(generating_at=timezone.now() - timedelta(hours=1))
    erased = erase_photo_set(photo_set(reader, GOOD[:2], pack, name="Old photos"), with_pictures=True)
    facts["receipt"] = erased.get_absolute_url()
    facts["erase set"] = reverse("studio:photo-set-erase", args=[six.pk])
    facts["erase shoot"] = reverse("studio:shoot-erase", args=[ready.pk])
    facts["late"] = late.get_absolute_url()
    facts["put right"] = reverse("studio:put-right", args=[ready.pk])
    money(made, pack)
    facts["in progress"] = shoot_in_progress(reader).get_absolute_url()
    print(json.dumps(said))
