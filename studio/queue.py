"""Putting work into the queue.

What is queued is a verb that takes ids: it fetches its row, claims it with a conditional update before
anything that costs, and may run twice without harm. studio/clock.py lists them all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

logger = logging.getLogger("studio.queue")

Verb = TypeVar("Verb", bound=Callable[..., Any])
_CALLERS: set[Callable[..., Any]] = set()


def calls_astria(verb: Verb) -> Verb:
    """Mark a verb that calls Astria: it waits in a queue of its own, with workers of its own.

    While Astria leaves calls hanging, these workers hang; pictures, callbacks and mails go on.
    """
    _CALLERS.add(verb)
    return verb


def queue_of(verb: Callable[..., Any]) -> str:
    """Return the name of the queue, and so of the cluster, for `verb`."""
    return settings.CALLERS_CLUSTER if verb in _CALLERS else str(settings.Q_CLUSTER["name"])


def enqueue(verb: Callable[..., Any], *ids: object) -> None:
    """Queue `verb` with ids only.

    The ORM broker's row commits with the state change around it. Other brokers know nothing of our
    transaction: there it is queued on commit, and what gets lost in between is due by the clock.
    """
    if settings.Q_CLUSTER.get("orm"):
        _put(verb, *ids)
    else:
        transaction.on_commit(partial(_send, verb, *ids))


def _send(verb: Callable[..., Any], *ids: object) -> None:
    """Queue what is committed. A broker that is away must not make a failure of it."""
    try:
        _put(verb, *ids)
    except Exception:
        logger.exception("%s was not queued: the clock queues it when it is due", verb.__name__)


def _put(verb: Callable[..., Any], *ids: object) -> None:
    # Which cluster is said outright: inside one, the default would be that one.
    async_task(verb, *ids, cluster=queue_of(verb))
