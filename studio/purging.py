"""Letting go of what nobody needs any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import AuditEntry
from studio import erased, files
from studio.models import Callback, Event, Heartbeat, Inspection, Photo, PhotoSet, Tally
from studio.models.photo import PhotoSetQuerySet
from studio.removing import remove_files
from studio.retention import let_photos_go, overdue

# Whatever a callback spoke of, Astria has deleted by then.
KEEP_CALLBACKS = timedelta(days=30)
KEEP_DRAFTS = timedelta(days=30)
KEEP_CALLS = timedelta(days=90)
KEEP_TALLIES = timedelta(days=90)
# What was said of a file that was only asked about, or whose photo went while it was asked about.
KEEP_ANSWERS = timedelta(days=1)
# Of processes that are no more.
KEEP_BEATS = timedelta(days=1)
# Rows deleted at once: between two portions, callbacks are taken in.
PORTION = 500


@dataclass(frozen=True)
class Purged:
    """How many rows of each kind were, or would be, deleted."""

    callbacks: int
    photo_sets: int
    calls: int
    inspections: int = 0
    photos: int = 0
    notes: int = 0
    acts: int = 0


def purge(*, dry_run: bool = False) -> Purged:
    """Delete old callbacks, old calls on timelines, drafts that were left alone with their files, photos
    that were kept as long as their owner chose, what inspection said of photos that are gone, notes of
    erasures that outlived every backup, and old lines of the audit log.

    May run twice, also at once. With `dry_run` nothing is deleted, only counted.
    """
    now = timezone.now()
    callbacks = Callback.objects.filter(received_at__lt=now - KEEP_CALLBACKS)
    drafts = _left_alone_since(now - KEEP_DRAFTS)
    calls = Event.objects.filter(kind=Event.Kind.CALL, at__lt=now - KEEP_CALLS)
    answers = Inspection.objects.of_no_photo().filter(created_at__lt=now - KEEP_ANSWERS)
    if dry_run:
        photos = sum(Photo.objects.filter(photo_set__in=sets.values("pk")).count() for sets in overdue(now))
        notes = len(erased.outlived(now))
        acts = AuditEntry.objects.filter(at__lt=now - _audit_days()).count()
        counts = (callbacks.count(), drafts.count(), calls.count(), answers.count())
        return Purged(*counts, photos, notes, acts)
    # Photos before answers: what was said of them goes with them.
    photos, sets = let_photos_go(now), _delete_drafts(drafts)
    acts = AuditEntry.objects.let_go(now - _audit_days())
    gone = (_delete(callbacks), sets, _delete(calls), _delete(answers))
    purged = Purged(*gone, photos, _delete_notes(now), acts)
    files.tidy()
    Heartbeat.objects.filter(name__contains="@", beat_at__lt=now - KEEP_BEATS).delete()
    Tally.objects.filter(hour__lt=now - KEEP_TALLIES).delete()
    Heartbeat.beat("purge")
    return purged


def _left_alone_since(when: datetime) -> PhotoSetQuerySet:
    """Return sets that were never ordered from, and neither changed nor given a photo since `when`."""
    newer = Photo.objects.filter(photo_set=OuterRef("pk"), created_at__gte=when)
    return PhotoSet.objects.drafts().filter(~Exists(newer), updated_at__lt=when)


def _delete(rows: models.QuerySet[Any]) -> int:
    gone = 0
    # The oldest first: in any other order each portion would be looked for behind all that is kept.
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:PORTION]):
        gone += rows.model._default_manager.filter(pk__in=keys).delete()[0]
    return gone


def _audit_days() -> timedelta:
    return timedelta(days=settings.AUDIT_KEPT_DAYS)


def _delete_notes(now: datetime) -> int:
    """Last of all: a storage that is away keeps nothing else from going."""
    notes = erased.outlived(now)
    files.delete(*notes)
    return len(notes)


def _delete_drafts(drafts: PhotoSetQuerySet) -> int:
    """Delete each set under its lock, looking again: orders and uploads take the same lock."""
    gone = 0
    for pk in list(drafts.values_list("pk", flat=True)):
        with transaction.atomic():
            PhotoSet.objects.select_for_update().filter(pk=pk).first()
            photo_set = drafts.filter(pk=pk).first()
            if photo_set is None:
                continue
            photos = Photo.with_removed.filter(photo_set=photo_set)
            keys = [key for photo in photos for key in photo.keys]
            photo_set.delete()
            if keys:
                remove_files(*keys)
            gone += 1
    return gone
