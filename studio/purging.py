"""Letting go of what nobody needs any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from studio import files
from studio.models import Callback, Event, Heartbeat, Inspection, Photo, PhotoSet
from studio.models.photo import PhotoSetQuerySet
from studio.queue import enqueue

# Whatever a callback spoke of, Astria has deleted by then.
KEEP_CALLBACKS = timedelta(days=30)
KEEP_DRAFTS = timedelta(days=30)
KEEP_CALLS = timedelta(days=90)
# What was said of a file that was only asked about, or whose photo went while it was asked about.
KEEP_ANSWERS = timedelta(days=1)
# Rows deleted at once: between two portions, callbacks are taken in.
PORTION = 500


@dataclass(frozen=True)
class Purged:
    """How many rows of each kind were, or would be, deleted."""

    callbacks: int
    photo_sets: int
    calls: int
    inspections: int = 0


def purge(*, dry_run: bool = False) -> Purged:
    """Delete old callbacks, old calls on timelines, drafts that were left alone with their files, and
    what inspection said of photos that are gone.

    May run twice, also at once. With `dry_run` nothing is deleted, only counted.
    """
    now = timezone.now()
    callbacks = Callback.objects.filter(received_at__lt=now - KEEP_CALLBACKS)
    drafts = _left_alone_since(now - KEEP_DRAFTS)
    calls = Event.objects.filter(kind=Event.Kind.CALL, at__lt=now - KEEP_CALLS)
    answers = Inspection.objects.of_no_photo().filter(created_at__lt=now - KEEP_ANSWERS)
    if dry_run:
        return Purged(callbacks.count(), drafts.count(), calls.count(), answers.count())
    # Drafts before answers: what was said of their photos goes with them.
    purged = Purged(_delete(callbacks), _delete_drafts(drafts), _delete(calls), _delete(answers))
    Heartbeat.beat("purge")
    return purged


def _left_alone_since(when: datetime) -> PhotoSetQuerySet:
    """Return sets that were never ordered from, and neither changed nor given a photo since `when`."""
    newer = Photo.objects.filter(photo_set=OuterRef("pk"), created_at__gte=when)
    return PhotoSet.objects.drafts().filter(~Exists(newer), updated_at__lt=when)


def _delete(rows: models.QuerySet[Any]) -> int:
    gone = 0
    while keys := list(rows.values_list("pk", flat=True)[:PORTION]):
        gone += rows.model._default_manager.filter(pk__in=keys).delete()[0]
    return gone


def _delete_drafts(drafts: PhotoSetQuerySet) -> int:
    """Delete each set under its lock, looking again: orders and uploads take the same lock."""
    gone = 0
    for pk in list(drafts.values_list("pk", flat=True)):
        with transaction.atomic():
            PhotoSet.objects.select_for_update().filter(pk=pk).first()
            photo_set = drafts.filter(pk=pk).prefetch_related("photos").first()
            if photo_set is None:
                continue
            keys = [key for photo in photo_set.photos.all() for key in photo.keys]
            photo_set.delete()
            # Queued with the rows' end: a process that dies here leaves no file behind.
            if keys:
                enqueue(files.delete, *keys)
            gone += 1
    return gone
