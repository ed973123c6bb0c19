"""What is to happen next: trainings and prompts that end, callbacks, themes, what expires."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from sandbox.later import clock
from sandbox.later.expiry import expire
from sandbox.later.finishing import finish, train
from sandbox.models import Delivery, Prompt, Theme, Tune, due_at
from sandbox.orders.themes import unfold
from sandbox.switches import switches


@dataclass(frozen=True)
class Due:
    """Something that is to happen at this Unix time."""

    at: float
    happen: Callable[[], object]


def next_due(send: Callable[[int], object]) -> Due | None:
    """Return what is to happen next, None when nothing waits; `send` takes the id of a callback."""
    waiting = (_callback(send), _tune(), _theme(), _prompt(), _expiring())
    # Of those due at once the first listed: what a finished one tells goes out before another finishes.
    return min((due for due in waiting if due), key=lambda due: due.at, default=None)


def _tune() -> Due | None:
    row = _timed(Tune.objects.filter(trained_at=None, failed_at=None)).first()
    return row and Due(row.due_at, lambda: train(row, row.due_at))


def _prompt() -> Due | None:
    waiting = Prompt.objects.filter(trained_at=None, user_error="", starts_at__isnull=False)
    row = _timed(waiting.exclude(is_template=True)).first()
    return row and Due(row.due_at, lambda: finish(row, row.due_at))


def _theme() -> Due | None:
    row = _timed(Theme.objects.all()).first()
    return row and Due(row.due_at, lambda: unfold(row))


def _callback(send: Callable[[int], object]) -> Due | None:
    waiting = Delivery.objects.filter(sent_at=None, behind=None)
    row = waiting.order_by("starts_at", "pk").only("pk", "starts_at").first()
    return Due(row.starts_at, lambda: _hand_over(row.pk, send)) if row else None


def _hand_over(pk: int, send: Callable[[int], object]) -> None:
    # Marked before it is sent: a callback is never sent again because of a restart.
    Delivery.objects.filter(Q(pk=pk) | Q(behind=pk)).update(sent_at=clock.now())
    send(pk)


def _expiring() -> Due | None:
    row = Tune.objects.filter(expires_at__isnull=False).order_by("expires_at", "pk").first()
    if row is None or row.expires_at is None:
        return None
    at = row.expires_at.timestamp()
    return Due(at, lambda: expire(row, at))


def _timed(waiting: QuerySet[Any]) -> QuerySet[Any]:
    timed: QuerySet[Any] = waiting.annotate(due_at=due_at(switches.speed)).order_by("due_at", "pk")
    return timed
