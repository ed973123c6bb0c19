"""How long photos stay: as many days after their last shoot as the person chose. The model works on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery

from accounts.models.credit import PHOTO_DAYS
from studio.models import Event, Inspection, Photo, PhotoSet, Shoot
from studio.models.photo import PhotoSetQuerySet
from studio.removing import remove_files


def with_last_use(sets: PhotoSetQuerySet) -> QuerySet[Any]:
    """Add when the last shoot of each set ended (`ended_at`) and its last photo came (`photo_at`).

    `is_ordered`: it ever was; `is_running`: an order is not at its end.
    """
    shoots = Shoot.objects.filter(tune__photo_set=OuterRef("pk"))
    ends = shoots.order_by().values("tune__photo_set").annotate(last=Max("ended_at"))
    photos = Photo.objects.filter(photo_set=OuterRef("pk")).order_by().values("photo_set")
    return sets.annotate(
        is_ordered=Exists(shoots),
        is_running=Exists(shoots.active()),
        ended_at=Subquery(ends.values("last")),
        photo_at=Subquery(photos.annotate(last=Max("created_at")).values("last")),
    )


def overdue(now: datetime) -> list[QuerySet[Any]]:
    """Return the ordered sets whose photos are kept longer than their owners chose, by that choice.

    A photo that came after the last shoot is waiting for the next one: its day counts as well.
    """
    used = with_last_use(PhotoSet.objects.all()).filter(is_ordered=True, is_running=False)
    since = {days: now - timedelta(days=days) for days in PHOTO_DAYS}
    return [
        used.filter(account__photos_kept_days=days, ended_at__lt=when, photo_at__lt=when)
        for days, when in since.items()
    ]


def let_photos_go(now: datetime) -> int:
    """Delete the photos of all overdue sets, their files, and what was said of them. Returns how many."""
    return sum(_let_go(sets, pk) for sets in overdue(now) for pk in list(sets.values_list("pk", flat=True)))


@transaction.atomic
def _let_go(sets: QuerySet[Any], pk: UUID) -> int:
    """Look again under the set's lock: orders and uploads take the same."""
    photo_set = PhotoSet.objects.select_for_update().get(pk=pk)
    if not sets.filter(pk=pk).exists():
        return 0
    photos = list(photo_set.photos.select_related("photo_set"))
    remove_files(*(key for photo in photos for key in photo.keys))
    photo_set.photos.all().delete()
    Inspection.objects.of_no_photo().filter(account=photo_set.account_id).delete()
    tune = photo_set.tunes.order_by("-created_at").first()
    text = f"{len(photos)} photos deleted: kept for {photo_set.account.photos_kept_days} days"
    Event.record(Event.Kind.STATE, text, tune=tune)
    return len(photos)
