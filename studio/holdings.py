"""What the studio holds of a person, as their privacy page lists it, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.models import Consent, User
from accounts.models.credit import CreditAccount
from studio.models import Erasure, Image, Photo, PhotoSet, Shoot, Tune
from studio.purging import KEEP_DRAFTS
from studio.retention import with_last_use

# The newest of each are listed; all are in the export.
LISTED = 50


@dataclass(frozen=True)
class HeldSet:
    """A photo set, how many photos it holds, and when they go by themselves (None: not while orders run)."""

    photo_set: PhotoSet
    photos: int
    goes_at: datetime | None
    has_model: bool
    erase_url: str


def page_of(user: User) -> dict[str, Any]:
    """Return what the privacy page of a person shows."""
    return {
        "sets": [_held(photo_set, user.account) for photo_set in _sets(user)[:LISTED]],
        "shoots": _shoots(user)[:LISTED],
        "consents": _consents(user)[:LISTED],
        "erasures": Erasure.objects.for_user(user)[:LISTED],
    }


def _sets(user: User) -> QuerySet[Any]:
    living = Tune.objects.filter(photo_set=OuterRef("pk")).exclude(status__in=Tune.FINAL)
    sets: QuerySet[Any] = with_last_use(PhotoSet.objects.for_user(user))
    found: QuerySet[Any] = sets.annotate(count=Count("photos", distinct=True), has_model=Exists(living))
    return found


def _held(photo_set: Any, account: CreditAccount) -> HeldSet:
    return HeldSet(
        photo_set,
        photo_set.count,
        goes_at(photo_set, account.photos_kept_days) if photo_set.count else None,
        photo_set.has_model,
        reverse("studio:photo-set-erase", args=[photo_set.pk]),
    )


def goes_at(photo_set: Any, kept_days: int) -> datetime | None:
    """Return when the photos of a set (of `with_last_use`) go by themselves; None while an order runs."""
    if photo_set.is_running:
        return None
    used_at, kept = photo_set.ended_at, timedelta(days=kept_days)
    if not photo_set.is_ordered:
        used_at, kept = photo_set.updated_at, KEEP_DRAFTS
    last: datetime = max(used_at, photo_set.photo_at)
    return last + kept


def _shoots(user: User) -> QuerySet[Shoot]:
    shoots = Shoot.objects.for_user(user).select_related("tune__photo_set")
    stored = Q(images__status=Image.Status.STORED)
    return shoots.annotate(pictures=Count("images", filter=stored))


def _consents(user: User) -> QuerySet[Consent]:
    """Return what was agreed to, with the name of its photo set where that is still there."""
    names = PhotoSet.objects.filter(pk=OuterRef("about")).values("name")
    consents = Consent.objects.filter(account=user.credit_account_id).order_by("-given_at", "-pk")
    return consents.annotate(set_name=Subquery(names))


def set_to_erase(photo_set: PhotoSet) -> dict[str, Any]:
    """Return what goes with a photo set."""
    shoots = Shoot.objects.filter(tune__photo_set=photo_set)
    return {
        "photo_set": photo_set,
        "photos": photo_set.photos.count(),
        "models": photo_set.tunes.count(),
        "shoots": shoots.count(),
        "pictures": Image.objects.stored().filter(shoot__in=shoots).count(),
        "running": shoots.active().count(),
    }


def shoot_to_erase(shoot: Shoot) -> dict[str, Any]:
    """Return what goes with a shoot."""
    return {
        "shoot": shoot,
        "pictures": shoot.images.stored().count(),
        "shares": shoot.shares.count(),
        "is_running": not shoot.is_final and not shoot.is_cancellable,
    }


def account_to_erase(user: User) -> dict[str, Any]:
    """Return what goes with an account."""
    account = user.account
    return {
        "account": account,
        "photos": Photo.objects.for_user(user).count(),
        "models": Tune.objects.for_user(user).count(),
        "pictures": Image.objects.for_user(user).stored().count(),
        "running": Shoot.objects.for_user(user).active().count(),
    }
