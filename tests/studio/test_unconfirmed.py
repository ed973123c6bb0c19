"""An order that Astria may have: looked for at its times, and never posted again without a look."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from responses import RequestsMock
from responses.matchers import query_param_matcher
from time_machine import Traveller

from accounts.models import User
from studio import pace
from studio.models import Pause, Shoot, Tune
from studio.training import advance
from tests.studio.conftest import API, NOON, connection_refused
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(noon: Traveller, api: RequestsMock, order: Shoot) -> Shoot:
    """An order whose post was answered with 504 at noon."""
    api.post(f"{API}/p/{order.pack.astria_id}/tunes", status=504)
    advance(order.pk)
    order.refresh_from_db()
    return order


def theirs(number: int, title: object = "another", at: datetime = NOON) -> dict[str, Any]:
    return {"id": number, "title": str(title), "created_at": at.isoformat()}


def look_at(noon: Traveller, shoot: Shoot, *minutes: float) -> Shoot:
    """Do what is due so many minutes after noon."""
    for after in minutes:
        noon.move_to(NOON + timedelta(minutes=after), tick=False)
        advance(shoot.pk)
    shoot.refresh_from_db()
    return shoot


def test_it_is_found_by_its_title_and_goes_on(noon: Traveller, api: RequestsMock, lost: Shoot) -> None:
    api.get(f"{API}/tunes", json=[theirs(9), theirs(8, lost.tune_id), theirs(7)])
    api.get(f"{API}/tunes/8", json=theirs(8))
    api.get(f"{API}/tunes/8/prompts", json=[])

    look_at(noon, lost, 1, 1)

    assert lost.status == Shoot.Status.WAITING
    assert Tune.objects.get().astria_id == 8
    assert len(calls(api, "POST")) == 1


def test_a_model_found_trained_goes_straight_on_to_its_pictures(
    noon: Traveller, api: RequestsMock, lost: Shoot
) -> None:
    done = theirs(8, lost.tune_id) | {"trained_at": NOON.isoformat()}
    api.get(f"{API}/tunes", json=[done])

    look_at(noon, lost, 1)

    assert lost.status == Shoot.Status.GENERATING
    assert Tune.objects.get().status == Tune.Status.TRAINED


def test_it_is_looked_for_page_by_page(noon: Traveller, api: RequestsMock, lost: Shoot) -> None:
    first = query_param_matcher({"limit": "120"})
    second = query_param_matcher({"limit": "120", "before_id": "101"})
    api.get(f"{API}/tunes", match=[first], json=[theirs(number) for number in range(220, 100, -1)])
    api.get(f"{API}/tunes", match=[second], json=[theirs(100, lost.tune_id)])

    look_at(noon, lost, 1)

    assert Tune.objects.get().astria_id == 100


def test_it_is_not_looked_for_further_back_than_a_quarter_of_an_hour(
    noon: Traveller, api: RequestsMock, lost: Shoot
) -> None:
    older = NOON - timedelta(minutes=15, seconds=1)
    page = [theirs(number) for number in range(220, 101, -1)] + [theirs(101, at=older)]
    api.get(f"{API}/tunes", json=page)

    look_at(noon, lost, 1)

    assert lost.status == Shoot.Status.UNCONFIRMED
    assert len(calls(api, "GET")) == 1


def test_looks_come_one_three_and_ten_minutes_after_the_post(
    noon: Traveller, api: RequestsMock, lost: Shoot
) -> None:
    api.get(f"{API}/tunes", json=[])
    seen = [lost.next_check_at]

    for minutes in (1, 3, 10):
        seen.append(look_at(noon, lost, minutes).next_check_at)

    after = [moment - NOON for moment in seen if moment]
    assert after == [timedelta(minutes=m) for m in (1, 3, 10)] + [timedelta(minutes=10) + pace.HELD_LOOK]


def test_a_look_before_its_time_does_not_count(noon: Traveller, api: RequestsMock, lost: Shoot) -> None:
    api.get(f"{API}/tunes", json=[])

    look_at(noon, lost, 0, 0.5, 0.9)

    assert (lost.looks, lost.next_check_at) == (0, NOON + timedelta(minutes=1))


def test_a_look_that_starts_twice_counts_once(noon: Traveller, api: RequestsMock, lost: Shoot) -> None:
    api.get(f"{API}/tunes", json=[])

    look_at(noon, lost, 1, 1)

    assert (lost.looks, lost.next_check_at) == (1, NOON + timedelta(minutes=3))


def test_a_look_that_could_not_see_does_not_count(noon: Traveller, api: RequestsMock, lost: Shoot) -> None:
    api.get(f"{API}/tunes", status=500)

    look_at(noon, lost, 1, 3, 10, 20)

    assert (lost.status, lost.looks) == (Shoot.Status.UNCONFIRMED, 0)
    assert len(calls(api, "POST")) == 1


def test_without_idempotency_it_is_held_and_staff_are_told_once(
    noon: Traveller, api: RequestsMock, lost: Shoot, staff: User
) -> None:
    api.get(f"{API}/tunes", json=[])

    look_at(noon, lost, 1, 3, 10, 10, 70, 130)

    assert lost.status == Shoot.Status.UNCONFIRMED
    assert len(calls(api, "POST")) == 1
    assert [letter.subject for letter in mail.outbox] == ["[Headshot Studio] An order is unconfirmed"]
    assert str(lost.pk) in mail.outbox[0].body


def test_with_idempotency_it_is_posted_again_after_three_looks(
    noon: Traveller, api: RequestsMock, lost: Shoot, settings: Any
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    api.get(f"{API}/tunes", json=[])
    look_at(noon, lost, 1, 3)
    before = len(calls(api, "POST"))
    api.replace("POST", f"{API}/p/{lost.pack.astria_id}/tunes", status=201, json={"id": 8})

    look_at(noon, lost, 10)

    assert before == 1
    assert len(calls(api, "POST")) == 2
    assert lost.status == Shoot.Status.WAITING


def test_what_is_ambiguous_again_is_looked_for_again_from_the_start(
    noon: Traveller, api: RequestsMock, lost: Shoot, settings: Any
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    api.get(f"{API}/tunes", json=[])

    look_at(noon, lost, 1, 3, 10, 10)

    assert len(calls(api, "POST")) == 2
    assert (lost.status, lost.looks) == (Shoot.Status.UNCONFIRMED, 0)
    assert lost.next_check_at == NOON + timedelta(minutes=11)


@pytest.mark.parametrize(
    "answer", [{"status": 429}, {"body": connection_refused()}, {"status": 402}, {"status": 401}]
)
def test_what_was_ambiguous_stays_so_when_posting_it_again_sends_nothing(
    noon: Traveller, api: RequestsMock, lost: Shoot, settings: Any, answer: dict[str, Any]
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    api.get(f"{API}/tunes", json=[])
    look_at(noon, lost, 1, 3)
    api.replace("POST", f"{API}/p/{lost.pack.astria_id}/tunes", **answer)

    look_at(noon, lost, 10)

    assert (lost.status, lost.is_cancellable) == (Shoot.Status.UNCONFIRMED, False)
    assert Tune.objects.get().status == Tune.Status.UNCONFIRMED
    assert (lost.looks, lost.next_check_at) == (0, NOON + timedelta(minutes=11))


def test_while_submissions_are_held_nothing_is_posted_again_but_the_probe(
    noon: Traveller, api: RequestsMock, lost: Shoot, settings: Any
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    api.get(f"{API}/tunes", json=[])
    Pause.start("Unauthorized (401)", probe_in=timedelta(minutes=12))

    held = look_at(noon, lost, 1, 3, 10)
    before = (held.status, held.looks, held.next_check_at, len(calls(api, "POST")))
    look_at(noon, lost, 15)

    assert before == (Shoot.Status.UNCONFIRMED, 2, NOON + timedelta(minutes=15), 1)
    assert len(calls(api, "POST")) == 2


@pytest.mark.parametrize("answer", [{"json": []}, {"status": 500}, {"status": 404}])
@pytest.mark.parametrize("idempotent", [True, False])
def test_nothing_is_looked_for_longer_than_a_day(
    noon: Traveller, api: RequestsMock, lost: Shoot, settings: Any, idempotent: bool, answer: dict[str, Any]
) -> None:
    settings.ASTRIA_IDEMPOTENT = idempotent
    api.get(f"{API}/tunes", **answer)
    Shoot.objects.update(looks=2)

    look_at(noon, lost, 24 * 60 + 1, 24 * 60 + 1)

    assert (lost.status, lost.refunded) == (Shoot.Status.FAILED, lost.price)
    assert len(calls(api, "POST")) == 1


def test_a_worker_that_died_while_posting_is_one_more_ambiguous_end(
    noon: Traveller, api: RequestsMock, order: Shoot
) -> None:
    order.claim_for_submission(next_check_at=NOON, from_=frozenset({"queued"}))
    order.tune.mark_submitting(next_check_at=NOON)

    before = look_at(noon, order, 4.9).status
    after = look_at(noon, order, 5, 5).status

    assert (before, after) == (Shoot.Status.SUBMITTING, Shoot.Status.UNCONFIRMED)
    assert Tune.objects.get().status == Tune.Status.UNCONFIRMED
    assert calls(api, "POST") == []
