"""What must be said of a restored database before its worker starts: it is older than Astria."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

import astria
from studio import erased, erasing, pace
from studio.astria_client import astria_client
from studio.models import Event, Heartbeat, Shoot, Tune

_QUEUED = frozenset({Shoot.Status.QUEUED})


@dataclass(frozen=True)
class Restored:
    """How many erasures were repeated, orders are looked for and shoots looked at; or would be."""

    erased_again: int
    looked_for: int
    looked_at: int


def make_right(*, dry_run: bool = False) -> Restored:
    """Tell a restored database what happened since its backup. Safe to run twice.

    Erased again is what came back. Queued orders are looked for before they are posted: they may have been,
    after the backup. Shoots at Astria are due now. Raises files.StorageDown before anything was changed.
    """
    came_back = sorted(filter(erasing.is_back, erased.noted()), key=_narrow_first)
    queued = Shoot.objects.filter(status=Shoot.Status.QUEUED)
    at_astria = Shoot.objects.filter(status__in=Shoot.AT_ASTRIA)
    if dry_run:
        return Restored(len(came_back), queued.count(), at_astria.count())
    # First: an order of what goes is not to be looked for.
    again = sum(erasing.erase_again(it) for it in came_back)
    held = sum(_hold(shoot) for shoot in queued)
    at_astria.make_due()
    return Restored(again, held, at_astria.count())


def _narrow_first(it: erased.Erased) -> tuple[bool, datetime]:
    """A model before what it was made of, a shoot before its account: each has its own receipt."""
    return it.scope != erased.MODEL, it.asked_at


@transaction.atomic
def _hold(shoot: Shoot) -> bool:
    Tune.lock(shoot.tune_id)
    due = timezone.now() + pace.UNCONFIRMED_LOOKS[0]
    if not shoot.claim_for_submission(next_check_at=due, from_=_QUEUED):
        return False
    shoot.mark_unconfirmed(next_check_at=due)
    if shoot.trains:
        shoot.tune.mark_submitting(next_check_at=due)
        shoot.tune.mark_unconfirmed(next_check_at=due)
    Event.record(Event.Kind.STAFF, "restored from a backup: looked for before it is posted", shoot=shoot)
    return True


def backed_up_at() -> datetime | None:
    """Return when the database was last alive: its processes write that down every few seconds."""
    last: datetime | None = Heartbeat.objects.aggregate(last=Max("beat_at"))["last"]
    return last


def unknown_tunes(since: datetime) -> Iterator[astria.Tune]:
    """Return the tunes that were made at Astria after `since` and that nobody here knows of, newest first."""
    for tune in astria_client().tunes.iterate():
        if tune.created_at and tune.created_at < since:
            return
        if not _is_known(tune):
            yield tune


def _is_known(theirs: astria.Tune) -> bool:
    by_id = Tune.objects.filter(astria_id=theirs.id)
    try:
        return by_id.exists() or Tune.objects.filter(pk=UUID(theirs.title)).exists()
    except ValueError:
        return False
