"""The clock: callbacks make things fast, this makes them right.

Each round takes what is due and queues it, moving its `next_check_at` on in the same transaction, so
that a row whose task got lost is simply due again. All that the queue ever runs is named here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django_q.brokers import get_broker

from accounts.buying import see_to_purchase
from accounts.models import Purchase
from packs.models import Comparison, Pack
from packs.publishing import publish_scheduled
from packs.sync import sync_packs
from studio import pace
from studio.budget import Purpose, room
from studio.comparing import see_to_comparison
from studio.delivery import deliver
from studio.erasing import see_to_erasure
from studio.erasing_models import see_to_deletion
from studio.extending import see_to_extension
from studio.inbox import process
from studio.inspection import inspect_in_background
from studio.likes import sync
from studio.mail import send_letter
from studio.models import (
    Callback,
    Erasure,
    Extension,
    Heartbeat,
    Image,
    Letter,
    Photo,
    Prompt,
    Removal,
    Shoot,
    Trial,
    Tune,
    TuneDeletion,
)
from studio.pack_figures import count_packs
from studio.probing import BALANCE, beat, beat_of_callers, check_astria, check_balance, check_storage
from studio.purging import purge
from studio.queue import enqueue, queue_of
from studio.removing import carry_out
from studio.training import advance, check_tune
from studio.trying import see_to_trial
from studio.uploading import forget_photo

BATCH = 200
# A queue that is longer is not made longer: what waits in it is due again meanwhile, and would wait twice.
MOST_WAITING = 400
# No more calls wait at a time: should Astria hang, they hang a worker each.
MOST_CALLS_WAITING = 20
BEAT_EVERY = timedelta(seconds=10)
# A cluster that gave no sign for so long is no longer counted.
FORGOTTEN_AFTER = timedelta(minutes=10)
CHECK_EVERY = timedelta(minutes=1)
BALANCE_EVERY = timedelta(minutes=30)
SYNC_PACKS_EVERY = timedelta(hours=6)
COUNT_PACKS_EVERY = timedelta(hours=1)
# What was queued and has not come to its end by then is queued again.
AGAIN_AFTER = timedelta(minutes=15)
PURGE_EVERY = timedelta(days=1)


@dataclass
class Room:
    """How many more tasks may be queued in a round. Asked once there is one: brokers may charge for that."""

    ask: Callable[[], int]
    left: int | None = None

    def take(self, wanted: int) -> int:
        """Return how many of `wanted` (≥ 1) tasks may be queued, and count them."""
        if self.left is None:
            self.left = self.ask()
        taken = min(wanted, self.left)
        self.left -= taken
        return taken


def queue_callbacks() -> int:
    """Queue the inbox's unprocessed rows. Returns how many."""
    due = Callback.objects.due(timezone.now())
    return _queue(due, process, Room(room_in_queue), again=pace.INBOX_AGAIN)


def queue_due() -> int:
    """Queue everything whose time has come, calls to Astria within their budget. Returns how many."""
    now = timezone.now()
    room = Room(room_in_queue)
    queued = _queue(Letter.objects.due(now), send_letter, room)
    queued += _queue(Image.objects.due(now), deliver, room)
    queued += _queue(Removal.objects.due(now), carry_out, room)
    queued += _queue(Photo.with_removed.removed().due(now), forget_photo, room)
    queued += _queue(Purchase.objects.due(now), see_to_purchase, room)
    queued += _queue(Pack.objects.due(now), publish_scheduled, room)
    return queued + _queue_orders(now) + _queue_looks(now) + _queue_inspections(now)


def _queue_orders(now: datetime) -> int:
    orders = Shoot.objects.due(now).filter(status=Shoot.Status.QUEUED)
    return _queue(orders, advance, Room(partial(calls_left, Purpose.ORDER)))


def _queue_inspections(now: datetime) -> int:
    """What no browser asked about: there is none, it was closed, or it could not get through."""
    room = Room(partial(calls_left, Purpose.INSPECTION))
    return _queue(Photo.objects.due(now), inspect_in_background, room)


def _queue_looks(now: datetime) -> int:
    """Extensions first: they are few, and paid, and Astria must know before the model ends.

    While there is more to look at than calls, nothing is left for what comes after the shoots.
    """
    room = Room(partial(calls_left, Purpose.LOOK))
    at_astria = [Tune.Status.TRAINING, Tune.Status.TRAINED]
    queued = _queue(Extension.objects.due(now), see_to_extension, room)
    queued += _queue(Shoot.objects.due(now).exclude(status=Shoot.Status.QUEUED), advance, room)
    queued += _queue(Trial.objects.due(now), see_to_trial, room)
    queued += _queue(Comparison.objects.due(now), see_to_comparison, room)
    queued += _queue(Erasure.objects.due(now), see_to_erasure, room)
    queued += _queue(TuneDeletion.objects.due(now), see_to_deletion, room)
    queued += _queue(Prompt.objects.with_unsent_likes(now), sync, room, field="like_check_at")
    return queued + _queue(Tune.objects.due(now).filter(status__in=at_astria), check_tune, room)


def _queue(
    rows: models.QuerySet[Any], verb: Callable[..., None], room: Room, *, field: str = "next_check_at",
    again: timedelta = pace.CLAIM,
) -> int:  # fmt: skip
    """Queue `verb` for each of `rows`, oldest first; each is due `again` after that if nothing happens."""
    due = list(rows.order_by(field, "pk").values_list("pk", field)[:BATCH])
    queued = 0
    for pk, due_at in due[: room.take(len(due))] if due else ():
        with transaction.atomic():
            still = rows.model._base_manager.filter(pk=pk, **{field: due_at})
            if still.update(**{field: timezone.now() + again}):
                enqueue(verb, pk)
                queued += 1
    return queued


def room_in_queue() -> int:
    """Return how many more tasks that call nobody may be queued now.

    While workers are down or slow, everything that waits is due again and again.
    """
    waiting: int = get_broker().queue_size()
    return max(0, MOST_WAITING - waiting)


def calls_left(purpose: Purpose) -> int:
    """Return how many more calls may be queued now: within the budget, and only a few ahead.

    What waits for the workers that call Astria is taken off: calls to come.
    """
    waiting: int = get_broker(settings.CALLERS_CLUSTER).queue_size()
    return max(0, min(room(purpose), MOST_CALLS_WAITING) - waiting)


def keep_beating(last: datetime | None) -> datetime:
    """Ask every cluster for a sign of life every BEAT_EVERY; return when that was last done.

    Whichever cluster is free takes a beat: with as many beats as clusters, none goes without for long. Behind
    a long queue none is put: who works through it shows that by itself, and if nobody does, it must not grow.
    """
    now = timezone.now()
    # Its size: the time may have been set back.
    if last is not None and abs(now - last) < BEAT_EVERY:
        return last
    for name, verb in (("worker", beat), ("caller", beat_of_callers)):
        if get_broker(queue_of(verb)).queue_size() > MOST_WAITING:
            continue
        for _ in range(max(1, Heartbeat.living(name, FORGOTTEN_AFTER))):
            enqueue(verb)
    return now


def keep_checked() -> bool:
    """Queue the checks of storage and Astria every CHECK_EVERY."""
    if Heartbeat.is_fresh("checks queued", CHECK_EVERY):
        return False
    Heartbeat.beat("checks queued")
    enqueue(check_storage)
    enqueue(check_astria)
    return True


def keep_balance_known() -> bool:
    """Queue the question what is left at Astria when it was last answered long ago."""
    return _keep_done(BALANCE, BALANCE_EVERY, check_balance)


def keep_packs_in_step() -> bool:
    """Queue a comparison of the catalogue with Astria's when the last whole one is long ago."""
    return _keep_done("packs", SYNC_PACKS_EVERY, sync_packs)


def keep_packs_counted() -> bool:
    """Queue the counting of what became of packs and shots when the last one is an hour ago."""
    return _keep_done("packs counted", COUNT_PACKS_EVERY, count_packs)


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
