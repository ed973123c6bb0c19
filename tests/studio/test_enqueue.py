"""Queueing where the broker knows nothing of our transactions."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django_q.models import OrmQ

from studio.clock import queue_due
from studio.models import Shoot
from studio.queue import enqueue
from studio.training import advance

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def elsewhere(settings: Any) -> None:
    """The broker is not in our database, as far as `enqueue` can see."""
    settings.Q_CLUSTER = {name: value for name, value in settings.Q_CLUSTER.items() if name != "orm"}


def test_nothing_is_queued_before_the_commit(elsewhere: None) -> None:
    with transaction.atomic():
        enqueue(advance, "id")
        before = OrmQ.objects.count()

    assert (before, OrmQ.objects.count()) == (0, 1)


def test_what_is_rolled_back_is_not_queued(elsewhere: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(advance, "id")
        raise ZeroDivisionError

    assert OrmQ.objects.count() == 0


def test_a_broker_that_is_away_fails_nothing_and_the_clock_queues_it_later(
    elsewhere: None, order: Shoot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    OrmQ.objects.all().delete()
    with monkeypatch.context() as broken:
        broken.setattr("studio.queue.async_task", refuse)
        with transaction.atomic():
            enqueue(advance, order.pk)
    Shoot.objects.filter(pk=order.pk).make_due()

    queue_due()

    assert "advance was not queued: the clock queues it when it is due" in caplog.text
    assert [task.func() for task in OrmQ.objects.all()] == ["studio.training.advance"]


def refuse(*args: Any, **kwargs: Any) -> None:
    raise ConnectionError("refused")
