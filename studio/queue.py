"""Putting work into the queue.

What is queued is a verb that takes ids: it fetches its row, claims it with a conditional update before
anything that costs, and may run twice without harm. studio/clock.py lists them all.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task


def enqueue(verb: Callable[..., Any], *ids: object) -> None:
    """Queue `verb` with ids only.

    The ORM broker's row commits with the state change around it. Other brokers know nothing of our
    transaction: there it is queued on commit, and what gets lost in between is due by the clock.
    """
    queue = partial(async_task, verb, *ids)
    if settings.Q_CLUSTER.get("orm"):
        queue()
    else:
        transaction.on_commit(queue)
