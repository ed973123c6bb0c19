"""A draft: a photo set on its way to an order, and what its page shows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.buying import way_to_pay
from accounts.models import Consent, User
from packs.choosing import Choice, choice_of
from packs.models import Pack, PackClass
from packs.pricing import extension_price, price_of_class
from packs.shop import picture_url
from studio.characteristics import traits
from studio.coach import Doubt, doubts_about
from studio.consenting import agree, is_agreed, kind_of, wording_of
from studio.durations import usual_minutes
from studio.forms import NewPhotoSetForm, PhotoSetForm
from studio.inspection import judge_again
from studio.models import Inspection, Photo, PhotoSet, Tune
from studio.models.photo import MAX_PHOTOS
from studio.ordering import debt, living_tune, orders_so_far, problems_with
from studio.variety import coach

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
    kept: frozenset[str]
    remove_url: str
    keep_url: str

    @property
    def is_doubtful(self) -> bool:
        return any(not warning.is_hint for warning in self.warnings)

    @property
    def to_decide(self) -> list[Doubt]:
        """The warnings in spite of which the person has not kept it yet."""
        return [it for it in self.warnings if not it.is_hint and it.kind not in self.kept]


@dataclass(frozen=True)
class RemovedTile:
    """A photo that was removed, while that can be undone."""

    id: str
    name: str
    restore_url: str


@transaction.atomic
def begin(
    user: User, form: NewPhotoSetForm, pack: Pack | None, *, left_out: Collection[int] = ()
) -> PhotoSet:
    """Record who is in the photos and the consent; return the new draft.

    `left_out` are Astria's ids of the pack's shots that are not wanted.
    """
    photo_set = form.save(commit=False)
    photo_set.account, photo_set.pack, photo_set.left_out = user.account, pack, sorted(left_out)
    photo_set.save()
    agree(photo_set)
    return photo_set


def change(form: PhotoSetForm) -> PhotoSet:
    """Save another name or class. Inspection spoke of the old class: it is asked for the new one."""
    photo_set = form.save()
    if "class_name" in form.changed_data:
        judge_again(photo_set)
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
    inspections = Inspection.objects.answered().filter(
        account=photo_set.account_id,
        class_name=photo_set.class_name,
        sha256__in=[photo.sha256 for photo in photos],
    )
    return {sha256: answer or {} for sha256, answer in inspections.values_list("sha256", "answer")}


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
        kept=frozenset(photo.kept_kinds),
        remove_url=reverse("studio:photo-remove", args=[photo.pk]),
        keep_url=reverse("studio:photo-keep", args=[photo.pk]),
    )


def removed_tile(photo: Photo) -> RemovedTile:
    """Return what stands in a removed photo's place."""
    return RemovedTile(str(photo.pk), photo.name, reverse("studio:photo-restore", args=[photo.pk]))


def single_tile(photo: Photo) -> Tile:
    """Return one photo's tile, judged among the others of its set."""
    photo_set = photo.photo_set
    others = list(photo_set.photos.all())
    answer = answers_of(photo_set, [photo]).get(photo.sha256)
    doubts = doubts_about(photo, others, answer, photo_set.class_name)
    return tile_of(photo, doubts, is_checked=answer is not None)


def tiles_of(photo_set: PhotoSet) -> dict[str, Any]:
    """Return the photos of a set as tiles, and those that can still come back."""
    return _judged(photo_set).tiles()


def page_of(photo_set: PhotoSet, user: User) -> dict[str, Any]:
    """Return everything that the draft's page shows."""
    judged = _judged(photo_set)
    said = [judged.answers[photo.sha256] for photo in judged.photos if photo.sha256 in judged.answers]
    return {
        "photo_set": photo_set,
        "consent_text": "" if is_agreed(photo_set) else wording_of(photo_set).text,
        **judged.tiles(),
        "coach": asdict(coach(judged.photos, judged.doubts)),
        **_traits(said, photo_set),
        "upload_limits": {
            "max_photos": MAX_PHOTOS,
            "max_megabytes": settings.MAX_PHOTO_BYTES >> 20,
            "accept": ACCEPT,
        },
        **review_of(photo_set, user),
    }


@dataclass(frozen=True)
class _Judged:
    """The photos of a set with what there is to say of each."""

    photos: list[Photo]
    removed: list[Photo]
    answers: Answers
    doubts: dict[UUID, list[Doubt]]

    def tiles(self) -> dict[str, Any]:
        return {
            "tiles": [
                tile_of(p, self.doubts[p.pk], is_checked=p.sha256 in self.answers) for p in self.photos
            ],
            "removed": [removed_tile(photo) for photo in self.removed],
        }


def _judged(photo_set: PhotoSet) -> _Judged:
    everything = list(Photo.with_removed.filter(photo_set=photo_set))
    photos = [photo for photo in everything if photo.removed_at is None]
    removed = [photo for photo in everything if photo.removed_at is not None]
    answers = answers_of(photo_set, photos)
    doubts = {
        photo.pk: doubts_about(photo, photos, answers.get(photo.sha256), photo_set.class_name)
        for photo in photos
    }
    return _Judged(photos, removed, answers, doubts)


def _traits(answers: Sequence[dict[str, Any]], photo_set: PhotoSet) -> dict[str, Any]:
    """Return what is told of the subject, and whether anything is without the person's own doing."""
    found = traits(answers, photo_set.characteristics)
    return {"traits": found, "traits_seen": any(it.send and not it.is_sensitive for it in found)}


def review_of(photo_set: PhotoSet, user: User) -> dict[str, Any]:
    """Return what is ordered, what it costs, what is left, and why it cannot be ordered yet."""
    has_model = living_tune(photo_set) is not None
    offers = list(_offers_for(photo_set))
    chosen = next((offer for offer in offers if offer.pack_id == photo_set.pack_id), None)
    choice = choice_of(chosen, photo_set.left_out, with_training=not has_model) if chosen else None
    price = choice.price if choice else 0
    balance = user.account.balance
    return {
        "packs": [_pack_choice(offer, photo_set, has_model) for offer in offers],
        "pack": photo_set.pack if chosen else None,
        "cover_url": picture_url(chosen.pack.cover_key) if chosen else "",
        "choice": choice,
        "minutes": usual_minutes() if choice else None,
        "has_model": has_model,
        "kept": _kept(price, balance) if choice and not has_model else None,
        "consent": _consent_to(photo_set),
        "balance": balance,
        "left": balance - price,
        "missing": max(0, price - balance),
        "can_get_credits": bool((price > balance or user.account.owed) and way_to_pay()),
        "order_key": f"{orders_so_far(photo_set)}:{price}",
        "problems": list(_problems(photo_set, choice, user)),
    }


def _kept(price: int, balance: int) -> dict[str, int]:
    """Return what it costs, and leaves, to order with the model kept for another thirty days, in credits."""
    extension = extension_price()
    left = balance - price - extension
    return {"extension": extension, "price": price + extension, "left": left, "missing": max(0, -left)}


def _problems(photo_set: PhotoSet, choice: Choice | None, user: User) -> Iterator[str]:
    yield from problems_with(photo_set, photo_set.pack)
    if choice and not choice.num_images:
        yield _("Choose at least one shot.")
    if owed := debt(user.account.owed):
        yield owed


def _consent_to(photo_set: PhotoSet) -> Consent | None:
    """Return what was confirmed about these photos, to show when and in which wording."""
    given = Consent.objects.filter(about=photo_set.pk, kind=kind_of(photo_set.class_name))
    return given.order_by("-given_at").first()


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
        "cover_url": picture_url(offer.pack.cover_key),
        "price": price_of_class(offer, with_training=not has_model),
        "num_images": offer.num_images,
        "selected": offer.pack_id == photo_set.pack_id,
    }
