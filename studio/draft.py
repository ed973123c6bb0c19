"""A draft: a photo set on its way to an order, and what its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.models import Consent, User
from packs.models import Pack, PackClass
from packs.pricing import price_of_class
from packs.shop import picture_url
from studio.characteristics import traits
from studio.coach import Doubt, coach, doubts_about
from studio.durations import usual_minutes
from studio.forms import NewPhotoSetForm
from studio.models import Inspection, Photo, PhotoSet, Tune
from studio.models.photo import MAX_PHOTOS, MIN_PHOTOS
from studio.ordering import living_tune, orders_so_far, problems_with

# The wording of the consent in studio/forms.py. Another wording is another version.
CONSENT_VERSION = "2026-11"
BACK_TO_DRAFT = (Tune.Status.FAILED, Tune.Status.DELETED)
ACCEPT = ".jpg,.jpeg,.png,.webp,.heic,.heif,.avif,image/*"

Answers = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Tile:
    """One photo as its tile shows it."""

    id: str
    name: str
    url: str
    width: int
    height: int
    status: str
    warnings: list[Doubt]
    kept: bool
    remove_url: str
    keep_url: str


@transaction.atomic
def begin(user: User, form: NewPhotoSetForm, pack: Pack | None) -> PhotoSet:
    """Record who is in the photos and the consent; return the new draft."""
    photo_set = form.save(commit=False)
    photo_set.account, photo_set.pack = user.account, pack
    photo_set.save()
    Consent.objects.create(
        account=user.account, kind=Consent.Kind.SUBJECT, version=CONSENT_VERSION, about=photo_set.pk
    )
    return photo_set


def drafts_of(user: User) -> QuerySet[PhotoSet]:
    """Return the sets that can still become a model, with their `photo_count`.

    A set whose order was cancelled, or whose training failed, is a draft again.
    """
    made = Tune.objects.filter(photo_set=OuterRef("pk")).exclude(status__in=BACK_TO_DRAFT)
    sets = PhotoSet.objects.for_user(user).select_related("pack").exclude(Exists(made))
    return sets.annotate(photo_count=Count("photos"))


def answers_of(photo_set: PhotoSet, photos: Sequence[Photo]) -> Answers:
    """Return what inspection said of these photos for the set's class, by file hash."""
    inspections = Inspection.objects.filter(
        account=photo_set.account_id,
        class_name=photo_set.class_name,
        sha256__in=[photo.sha256 for photo in photos],
    )
    return dict(inspections.values_list("sha256", "answer"))


def tile_of(photo: Photo, doubts: list[Doubt], *, is_checked: bool) -> Tile:
    """Return a photo's tile."""
    return Tile(
        id=str(photo.pk),
        name=photo.name,
        url=reverse("studio:photo-tile", args=[photo.pk]),
        width=photo.width,
        height=photo.height,
        status="checked" if is_checked else "unchecked",
        warnings=doubts,
        kept=photo.kept_anyway,
        remove_url=reverse("studio:photo-remove", args=[photo.pk]),
        keep_url=reverse("studio:photo-keep", args=[photo.pk]),
    )


def single_tile(photo: Photo) -> Tile:
    """Return one photo's tile, judged among the others of its set."""
    photo_set = photo.photo_set
    others = list(photo_set.photos.all())
    answer = answers_of(photo_set, [photo]).get(photo.sha256)
    doubts = doubts_about(photo, others, answer, photo_set.class_name)
    return tile_of(photo, doubts, is_checked=answer is not None)


def page_of(photo_set: PhotoSet, user: User) -> dict[str, Any]:
    """Return everything that the draft's page shows."""
    photos = list(photo_set.photos.all())
    answers = answers_of(photo_set, photos)
    doubts = {
        photo.pk: doubts_about(photo, photos, answers.get(photo.sha256), photo_set.class_name)
        for photo in photos
    }
    return {
        "photo_set": photo_set,
        "tiles": [tile_of(p, doubts[p.pk], is_checked=p.sha256 in answers) for p in photos],
        "coach": {**asdict(coach(photos, doubts)), "min": MIN_PHOTOS, "max": MAX_PHOTOS},
        "traits": traits(
            [answers[p.sha256] for p in photos if p.sha256 in answers], photo_set.characteristics
        ),
        "upload_limits": {
            "max_photos": MAX_PHOTOS,
            "max_megabytes": settings.MAX_PHOTO_BYTES >> 20,
            "accept": ACCEPT,
        },
        **_review(photo_set, user),
    }


def _review(photo_set: PhotoSet, user: User) -> dict[str, Any]:
    """Return what is ordered, what it costs, what is left, and why it cannot be ordered yet."""
    has_model = living_tune(photo_set) is not None
    packs = [_pack_choice(offer, photo_set, has_model) for offer in _offers_for(photo_set)]
    chosen = next((choice for choice in packs if choice["selected"]), None)
    price = chosen["price"] if chosen else 0
    balance = user.account.balance
    return {
        "packs": packs,
        "pack": photo_set.pack if chosen else None,
        "offer": {**chosen, "minutes": usual_minutes()} if chosen else None,
        "has_model": has_model,
        "balance": balance,
        "left": balance - price,
        "missing": max(0, price - balance),
        "order_key": f"{orders_so_far(photo_set)}:{price}",
        "problems": problems_with(photo_set, photo_set.pack),
    }


def _offers_for(photo_set: PhotoSet) -> QuerySet[PackClass]:
    return (
        PackClass.objects.published()
        .filter(name=photo_set.class_name)
        .select_related("pack")
        .order_by("pack__position", "-pack__likes", "-pack__astria_id")
    )


def _pack_choice(offer: PackClass, photo_set: PhotoSet, has_model: bool) -> dict[str, Any]:
    return {
        "slug": offer.pack.slug,
        "title": offer.pack.title,
        "cover_url": picture_url(offer.pack.cover),
        "price": price_of_class(offer, with_training=not has_model),
        "num_images": offer.num_images,
        "selected": offer.pack_id == photo_set.pack_id,
    }
