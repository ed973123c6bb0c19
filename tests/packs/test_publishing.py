"""Packs that go into the shop by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ

from accounts.models import AuditEntry
from packs.models import Pack
from packs.publishing import publish_scheduled
from studio.clock import queue_due
from tests.factories import PackFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def planned() -> Pack:
    """A draft that is to be published in an hour."""
    pack: Pack = PackFactory.create(status=Pack.Status.DRAFT, published_at=None)
    pack.publish_when(timezone.now() + HOUR)
    return pack


def test_a_pack_is_published_when_its_time_has_come_once(planned: Pack) -> None:
    early = queue_due()
    with time_machine.travel(timezone.now() + HOUR):
        queued = [queue_due(), queue_due()]
        [task] = [row.task for row in OrmQ.objects.all()]
        [task["func"](*task["args"]) for _ in range(2)]

    planned.refresh_from_db()
    assert (early, queued) == (0, [1, 0])
    assert (planned.status, planned.publish_at, planned.next_check_at) == ("published", None, None)
    assert [(entry.actor, entry.action) for entry in AuditEntry.objects.all()] == [(None, "pack published")]


def test_staff_who_change_their_mind_are_obeyed(planned: Pack) -> None:
    planned.publish_when(None)

    with time_machine.travel(timezone.now() + HOUR):
        publish_scheduled(planned.pk)

    planned.refresh_from_db()
    assert planned.status == Pack.Status.DRAFT


def test_a_pack_that_was_put_off_waits_for_its_new_time(planned: Pack) -> None:
    planned.publish_when(timezone.now() + 2 * HOUR)

    with time_machine.travel(timezone.now() + HOUR):
        publish_scheduled(planned.pk)

    planned.refresh_from_db()
    assert planned.status == Pack.Status.DRAFT


def test_what_is_published_by_hand_is_not_published_again(planned: Pack) -> None:
    planned.publish()

    assert (planned.publish_at, planned.next_check_at) == (None, None)
    assert not planned.publish_when(timezone.now())
