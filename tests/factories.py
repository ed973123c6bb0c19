"""Rows for tests. Each factory makes something valid; a test says only what it is about."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import factory
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from factory.django import DjangoModelFactory
from PIL import Image as Picture

from accounts.models import CreditAccount, CreditEntry, Purchase, User
from packs.models import Pack, PackClass, PackPrompt
from studio.consenting import agree
from studio.models import Image, Photo, PhotoSet, Prompt, Share, Shoot, Tune
from studio.models.state import StateModel
from tests.states import is_filled

SHOTS, IMAGES_A_SHOT = 4, 2


def in_state(model: type[StateModel], column: str, filled: Callable[[], Any], empty: Any = None) -> Any:
    """Return the declaration of a column that is filled where the state asks for it, and empty elsewhere."""
    return factory.LazyAttribute(lambda o: filled() if is_filled(model, column, str(o.status)) else empty)


def in_days(days: float) -> Callable[[], datetime]:
    return lambda: timezone.now() + timedelta(days=days)


@cache
def jpeg(width: int = 600, height: int = 800, colour: str = "teal", format: str = "JPEG") -> bytes:  # noqa: A002
    """Return a plain picture's bytes."""
    buffer = io.BytesIO()
    Picture.new("RGB", (width, height), colour).save(buffer, format)
    return buffer.getvalue()


@cache
def hashed(password: str, hasher: str) -> str:
    """Return a password as the database keeps it. Real hashers take a third of a second for each."""
    return make_password(password)


class UserFactory(DjangoModelFactory[User]):
    """A person with a verified address."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    password = factory.LazyFunction(lambda: hashed("correct horse battery", *settings.PASSWORD_HASHERS[:1]))

    @factory.post_generation
    def credits(self: User, create: bool, extracted: int | None, **kwargs: Any) -> None:  # type: ignore[misc]
        EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)
        if extracted:
            _give(self.account, extracted)


def _give(account: CreditAccount, amount: int) -> None:
    """Do what `account.grant` comes to for an account that is new, in a third of the time."""
    CreditAccount.objects.filter(pk=account.pk).update(balance=amount)
    account.balance = amount
    CreditEntry.objects.create(
        account=account,
        kind=CreditEntry.Kind.GRANT,
        amount=amount,
        balance_after=amount,
        key=f"test:{account.pk}",
    )


class PurchaseFactory(DjangoModelFactory[Purchase]):
    """A hundred credits that were paid for, with a receipt. `pay=False`: Stripe knows of no money yet."""

    class Meta:
        model = Purchase
        skip_postgeneration_save = True

    account = factory.LazyFunction(lambda: UserFactory.create(credits=100).account)
    title, credits, price, currency = "100 credits", 100, 2900, "eur"
    tax_note = "including 19 % VAT"
    next_check_at = factory.LazyFunction(timezone.now)
    session_id = factory.Sequence(lambda n: f"cs_test_made_{n}")

    @factory.post_generation
    def pay(self: Purchase, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if extracted is not False:
            self.mark_paid(self.price, f"pi_{self.session_id}")


class PackFactory(DjangoModelFactory[Pack]):
    """A published pack for woman and man: SHOTS shots of IMAGES_A_SHOT pictures, per class."""

    class Meta:
        model = Pack
        skip_postgeneration_save = True

    astria_id = factory.Sequence(lambda n: 1000 + n)
    slug = factory.Sequence(lambda n: f"pack-{n}")
    title = factory.Sequence(lambda n: f"Pack {n}")
    model_type = "lora"
    status = Pack.Status.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def classes(self: Pack, create: bool, extracted: Any, **kwargs: Any) -> None:  # type: ignore[misc]
        both = PackClass.objects.bulk_create(
            PackClass(pack=self, name=name, num_images=SHOTS * IMAGES_A_SHOT, cost_mc=100_000)
            for name in ("woman", "man")
        )
        first_id = self.astria_id * 100
        PackPrompt.objects.bulk_create(
            PackPrompt(
                pack_class=made, astria_id=first_id + number * 10 + n, position=n, num_images=IMAGES_A_SHOT
            )
            for number, made in enumerate(both)
            for n in range(SHOTS)
        )


class PhotoSetFactory(DjangoModelFactory[PhotoSet]):
    """A draft that was agreed to. Say `account=user.account`, and `photos=6` for photos in it."""

    class Meta:
        model = PhotoSet
        skip_postgeneration_save = True

    account = factory.LazyFunction(lambda: UserFactory.create(credits=100).account)
    name = "Anna"
    class_name = "woman"

    @factory.post_generation
    def consent(self: PhotoSet, create: bool, extracted: bool | None, **kwargs: Any) -> None:  # type: ignore[misc]
        if extracted is not False:
            agree(self)

    @factory.post_generation
    def photos(self: PhotoSet, create: bool, extracted: int | None, **kwargs: Any) -> None:  # type: ignore[misc]
        Photo.objects.bulk_create(PhotoFactory.build_batch(extracted or 0, photo_set=self))


class PhotoFactory(DjangoModelFactory[Photo]):
    """A kept photo, with its files."""

    class Meta:
        model = Photo
        skip_postgeneration_save = True

    id = factory.LazyFunction(uuid.uuid4)
    photo_set = factory.SubFactory(PhotoSetFactory)
    name = factory.Sequence(lambda n: f"IMG_{n:04}.jpg")
    width, height, bytes = 600, 800, 5000
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    perceptual_hash = factory.Sequence(lambda n: f"{(n * 0x9E3779B97F4A7C15) % 2**64:016x}")
    sharpness, brightness = 90.0, 150.0
    faces = factory.LazyFunction(lambda: [[0.3, 0.2, 0.3, 0.25]])

    @factory.post_generation
    def files(self: Photo, create: bool, extracted: Any, **kwargs: Any) -> None:  # type: ignore[misc]
        default_storage.save(self.key, ContentFile(jpeg()))
        default_storage.save(self.tile_key, ContentFile(jpeg(90, 120, format="WEBP")))


class TuneFactory(DjangoModelFactory[Tune]):
    """A tune that trains at Astria. `TrainedTuneFactory` for one that is ready.

    Two of its photos are there, which is several: each takes half a millisecond, and tunes are in most tests.
    """

    class Meta:
        model = Tune

    account = factory.LazyFunction(lambda: UserFactory.create(credits=100).account)
    photo_set = factory.LazyAttribute(lambda o: PhotoSetFactory.create(account=o.account, photos=2))
    class_name = "woman"
    status = Tune.Status.TRAINING
    astria_id = factory.LazyAttributeSequence(
        lambda o, n: 5000 + n if is_filled(Tune, "astria_id", str(o.status)) else None
    )
    trained_at = in_state(Tune, "trained_at", timezone.now)
    expires_at = in_state(Tune, "expires_at", in_days(30))
    failed_at = in_state(Tune, "failed_at", timezone.now)
    error = in_state(Tune, "error", lambda: "no", "")
    next_check_at = in_state(Tune, "next_check_at", timezone.now)


class TrainedTuneFactory(TuneFactory):
    status = Tune.Status.TRAINED


class ShootFactory(DjangoModelFactory[Shoot]):
    """A paid shoot of 4 prompts × 2 pictures for 18 credits, whose model trains at Astria."""

    class Meta:
        model = Shoot

    account = factory.LazyFunction(lambda: UserFactory.create(credits=100).account)
    tune = factory.LazyAttribute(lambda o: TuneFactory.create(account=o.account))
    trains = True
    pack = factory.SubFactory(PackFactory)
    title = "Corporate"
    order_key = factory.LazyFunction(lambda: f"{uuid.uuid4()}:0")
    price = 18
    expected_prompts = SHOTS
    expected_images = SHOTS * IMAGES_A_SHOT
    status = Shoot.Status.WAITING
    attempts = in_state(Shoot, "attempts", lambda: 1, 0)
    next_check_at = in_state(Shoot, "next_check_at", timezone.now)
    queued_at = in_state(Shoot, "queued_at", timezone.now)
    submitted_at = in_state(Shoot, "submitted_at", timezone.now)
    generating_at = in_state(Shoot, "generating_at", timezone.now)
    deadline_at = in_state(Shoot, "deadline_at", in_days(1 / 8))
    ended_at = in_state(Shoot, "ended_at", timezone.now)
    error = in_state(Shoot, "error", lambda: "no", "")


class PromptFactory(DjangoModelFactory[Prompt]):
    """A prompt whose pictures are there."""

    class Meta:
        model = Prompt

    shoot = factory.SubFactory(ShootFactory)
    astria_id = factory.Sequence(lambda n: 9000 + n)
    number = factory.LazyAttribute(lambda o: o.shoot.prompts.count() + 1)
    expected_images = IMAGES_A_SHOT
    status = Prompt.Status.READY
    finished_at = in_state(Prompt, "finished_at", timezone.now)
    error = in_state(Prompt, "error", lambda: "no", "")


class ImageFactory(DjangoModelFactory[Image]):
    """A stored picture, with its files. Say `shoot=…`."""

    class Meta:
        model = Image
        skip_postgeneration_save = True

    shoot = factory.SubFactory(ShootFactory)
    prompt = factory.LazyAttribute(lambda o: PromptFactory.create(shoot=o.shoot))
    account = factory.LazyAttribute(lambda o: o.shoot.account)
    number = factory.LazyAttribute(lambda o: o.shoot.images.next_number())
    source_url = factory.Sequence(lambda n: f"https://pictures.example.com/{n}")
    status = Image.Status.STORED
    stored_at = in_state(Image, "stored_at", timezone.now)
    extension = in_state(Image, "extension", lambda: "jpg", "")
    width = in_state(Image, "width", lambda: 832, 0)
    height = in_state(Image, "height", lambda: 1088, 0)
    next_check_at = in_state(Image, "next_check_at", timezone.now)
    bytes = 5000

    @factory.post_generation
    def files(self: Image, create: bool, extracted: Any, **kwargs: Any) -> None:  # type: ignore[misc]
        if self.status != Image.Status.STORED:
            return
        default_storage.save(self.original_key, ContentFile(jpeg()))
        for width in (320, 640, 1280):
            default_storage.save(self.variant_key(width), ContentFile(jpeg(90, 120, format="WEBP")))


class ShareFactory(DjangoModelFactory[Share]):
    """A link to all pictures of a shoot, without downloads and without an end."""

    class Meta:
        model = Share

    shoot = factory.SubFactory(ShootFactory)
    account = factory.LazyAttribute(lambda o: o.shoot.account)
    name = "Friends"


class SignInFactory(DjangoModelFactory[UserSession]):
    """A browser in which somebody is signed in. Say `user=…`."""

    class Meta:
        model = UserSession

    ip = "198.51.100.7"
    user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    @factory.lazy_attribute
    def session_key(self) -> str:
        browser = Client()
        browser.force_login(self.user)
        return str(browser.session.session_key)
