"""The clock: callbacks make things fast, this makes them right.

Each round takes what is due and queues it, moving its `next_check_at` on in the same transaction, so
that a row whose task got lost is simply due again. All that the queue ever runs is named here, but for
`studio.inspection.inspect_in_background`, which a form without JavaScript queues, and
`studio.files.delete`, which purging queues.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django_q.brokers import get_broker

from packs.sync import sync_packs
from studio import pace
from studio.delivery import deliver
from studio.inbox import process
from studio.likes import sync
from studio.models import Callback, Event, Heartbeat, Image, Prompt, Shoot, Tune
from studio.purging import purge
from studio.queue import enqueue
from studio.training import advance, check_tune

BATCH = 200
# After a 429, nobody asks for anything for as long.
QUIET_AFTER_429 = timedelta(seconds=30)
BEAT_EVERY = timedelta(seconds=10)
SYNC_PACKS_EVERY = timedelta(hours=6)
# What was queued and has not come to its end by then is queued again.
AGAIN_AFTER = timedelta(minutes=15)
PURGE_EVERY = timedelta(days=1)


def queue_callbacks() -> int:
    """Queue the inbox's unprocessed rows. Returns how many."""
    ids = Callback.objects.due().order_by("received_at").values_list("pk", flat=True)[:BATCH]
    queued = 0
    for callback_id in list(ids):
        with transaction.atomic():
            due = Callback.objects.due().filter(pk=callback_id)
            if due.update(queued_at=timezone.now()):
                enqueue(process, callback_id)
                queued += 1
    return queued


def queue_due() -> int:
    """Queue everything whose time has come, looks within the budget of calls. Returns how many."""
    now = timezone.now()
    at_astria = [Tune.Status.TRAINING, Tune.Status.TRAINED]
    left = calls_left()
    looks = _queue(Shoot.objects.due(now), advance, most=left)
    looks += _queue(Prompt.objects.with_unsent_likes(now), sync, field="like_check_at", most=left - looks)
    looks += _queue(Tune.objects.due(now).filter(status__in=at_astria), check_tune, most=left - looks)
    return looks + _queue(Image.objects.due(now), deliver)


def _queue(
    rows: models.QuerySet[Any], verb: Callable[..., None], *, field: str = "next_check_at", most: int = BATCH
) -> int:
    """Queue `verb` for each of `rows`, oldest first; each is due again after CLAIM if nothing happens."""
    queued = 0
    for pk, due_at in list(rows.order_by(field).values_list("pk", field)[: min(BATCH, max(0, most))]):
        with transaction.atomic():
            still = rows.model._default_manager.filter(pk=pk, **{field: due_at})
            if still.update(**{field: timezone.now() + pace.CLAIM}):
                enqueue(verb, pk)
                queued += 1
    return queued


def calls_left() -> int:
    """Return how many more calls to Astria this minute's budget allows; none shortly after a 429.

    The timeline knows every call of every process, so the budget is shared without another table. What
    waits in the queue may be calls to come: it is taken off, so that nothing piles up behind slow workers.
    """
    calls = Event.objects.calls_of_the_last_minute()
    if calls.filter(at__gt=timezone.now() - QUIET_AFTER_429, data__status=429).exists():
        return 0
    waiting: int = get_broker().queue_size()
    return max(0, int(settings.ASTRIA_CALLS_PER_MINUTE) - calls.count() - waiting)


def beat() -> None:
    """Show that a worker takes tasks from the queue and finishes them."""
    Heartbeat.beat("worker")


def keep_beating(last: datetime | None) -> datetime:
    """Queue a sign of life for the workers every BEAT_EVERY; return when that was last done."""
    now = timezone.now()
    if last is None or now - last >= BEAT_EVERY:
        enqueue(beat)
        return now
    return last


def keep_packs_in_step() -> bool:
    """Queue a comparison of the catalogue with Astria's when the last whole one is long ago."""
    return _keep_done("packs", SYNC_PACKS_EVERY, sync_packs)


def keep_purged() -> bool:
    """Queue the deletion of what is too old when the last whole one is a day ago."""
    return _keep_done("purge", PURGE_EVERY, purge)


def _keep_done(name: str, every: timedelta, verb: Callable[[], object]) -> bool:
    """Queue `verb` unless it came to its end within `every` (it says so itself), or was queued just now."""
    if Heartbeat.is_fresh(name, every) or Heartbeat.is_fresh(f"{name} queued", AGAIN_AFTER):
        return False
    Heartbeat.beat(f"{name} queued")
    enqueue(verb)
    return True
