"""The clock: what is due is queued, once, within the budget of calls; what got lost is due again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ
from responses import RequestsMock
from time_machine import Traveller

from astria import ServerError
from packs.sync import sync_packs
from studio import clock
from studio.budget import Purpose
from studio.clock import calls_left, keep_beating, keep_packs_in_step, queue_callbacks, queue_due
from studio.delivery import deliver
from studio.inbox import process
from studio.likes import sync
from studio.mail import send_letter
from studio.models import Callback, Event, Extension, Heartbeat, Image, Prompt, Removal, Shoot, Tune
from studio.probing import beat, beat_of_callers
from studio.queue import enqueue
from studio.removing import carry_out
from studio.training import advance, check_tune
from tests.factories import ImageFactory, PromptFactory, ShootFactory, TrainedTuneFactory, TuneFactory
from tests.studio.conftest import API, NOON

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
# Of ten calls a minute one for orders, one for inspection.
KEPT_FOR_OTHERS = 2


@pytest.fixture(autouse=True)
def at_noon(noon: Traveller) -> Traveller:
    return noon


def queued() -> list[tuple[str, Any]]:
    """Return what waits in the queue: the verbs' names and their ids, in order."""
    tasks = [row.task for row in OrmQ.objects.order_by("pk")]
    return [(task["func"].__name__, *task["args"]) for task in tasks]


def calls_were_made(number: int, *, status: int = 200, ago: float = 0) -> None:
    at = NOON - timedelta(seconds=ago)
    calls = [Event(kind=Event.Kind.CALL, text="GET", data={"status": status}, at=at) for _ in range(number)]
    Event.objects.bulk_create(calls)


def resting_shoot(**fields: Any) -> Shoot:
    """Return a shoot that is due, whose model is not."""
    shoot: Shoot = ShootFactory.create(**fields)
    Tune.objects.update(next_check_at=NOON + HOUR)
    return shoot


def test_what_is_due_is_queued_once_with_its_verb() -> None:
    shoot = resting_shoot()
    picture = ImageFactory.create(shoot=shoot, status=Image.Status.PENDING, next_check_at=NOON)
    Prompt.objects.update(like_wanted=True, like_check_at=NOON)
    old = TrainedTuneFactory.create(next_check_at=NOON, photo_set=None)

    numbers = [queue_due(), queue_due()]

    assert numbers == [4, 0]
    assert sorted(queued(), key=str) == sorted(
        [("advance", shoot.pk), ("deliver", picture.pk), ("sync", picture.prompt_id), ("check_tune", old.pk)],
        key=str,
    )


def test_every_verb_of_the_queue_can_be_found_by_its_name() -> None:
    verbs = [advance, deliver, sync, check_tune, process, beat, beat_of_callers, send_letter, carry_out]

    assert all(getattr(clock, verb.__name__) is verb for verb in verbs)


def test_what_is_not_due_is_left_alone() -> None:
    shoot = resting_shoot(next_check_at=NOON + HOUR)
    ImageFactory.create(shoot=shoot, status=Image.Status.PENDING, next_check_at=NOON + HOUR)
    ShootFactory.create(account=shoot.account, tune=shoot.tune, status=Shoot.Status.READY)

    assert queue_due() == 0


def test_what_was_queued_and_got_lost_is_due_again(at_noon: Traveller) -> None:
    resting_shoot()
    queue_due()
    OrmQ.objects.all().delete()

    at_noon.shift(timedelta(minutes=4, seconds=59))
    too_soon = queue_due()
    at_noon.shift(timedelta(seconds=1))

    assert (too_soon, queue_due()) == (0, 1)


def test_the_longest_due_comes_first_when_calls_are_few(settings: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 1
    shoot = resting_shoot(next_check_at=NOON - HOUR)
    second = ShootFactory.create(account=shoot.account, tune=shoot.tune, next_check_at=NOON - 2 * HOUR)

    queue_due()

    assert queued() == [("advance", second.pk)]


def test_all_calls_of_the_last_minute_count_against_the_budget(settings: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 10
    calls_were_made(4)
    calls_were_made(3, ago=59)
    calls_were_made(100, ago=66)

    assert calls_left(Purpose.LOOK) == 10 - 4 - 3 - KEPT_FOR_OTHERS


def test_what_waits_in_the_queue_counts_against_the_budget(settings: Any, at_noon: Traveller) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 10
    [enqueue(advance, number) for number in range(7)]
    at_noon.shift(1)

    assert calls_left(Purpose.LOOK) == 10 - KEPT_FOR_OTHERS - 7


def test_what_calls_nobody_may_wait_in_any_number(settings: Any, at_noon: Traveller) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 10
    [enqueue(deliver, number) for number in range(1600)]
    at_noon.shift(1)

    assert calls_left(Purpose.LOOK) == 10 - KEPT_FOR_OTHERS


def test_while_workers_are_down_the_queue_grows_no_longer_than_it_may(
    at_noon: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "MOST_WAITING", 5)
    ImageFactory.create_batch(3, shoot=resting_shoot(), status=Image.Status.PENDING, next_check_at=NOON)
    [Callback.objects.create(shoot=ShootFactory.create(), body="{}") for _ in range(3)]
    for _hour in range(3):
        at_noon.shift(HOUR)
        queue_callbacks()
        queue_due()

    waiting = [name for name, *_ in queued()]

    assert len([name for name in waiting if name in ("deliver", "process")]) == 5


def test_the_queue_is_asked_for_its_size_only_when_there_is_something_to_queue() -> None:
    """At Amazon's, each question costs."""
    resting_shoot()

    asked = [questions_to_the_queue(queue_due), questions_to_the_queue(queue_due)]

    assert (asked[0] > 0, asked[1], questions_to_the_queue(queue_callbacks)) == (True, 0, 0)


def test_the_queue_is_asked_once_a_round_for_all_that_calls_nobody() -> None:
    shoot = resting_shoot(next_check_at=NOON + HOUR)
    ImageFactory.create(shoot=shoot, status=Image.Status.PENDING, next_check_at=NOON)
    Removal.objects.create(keys=[], next_check_at=NOON)

    assert questions_to_the_queue(queue_due) == 1
    assert sorted(name for name, *_ in queued()) == ["carry_out", "deliver"]


def questions_to_the_queue(round_: Callable[[], int]) -> int:
    with CaptureQueriesContext(connection) as queries:
        round_()
    return sum("COUNT" in it["sql"] and OrmQ._meta.db_table in it["sql"] for it in queries)


def test_the_budget_is_spent_once_over_shoots_likes_and_models(settings: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 2
    shoot = resting_shoot()
    PromptFactory.create_batch(2, shoot=shoot, like_wanted=True, like_check_at=NOON)
    TrainedTuneFactory.create(next_check_at=NOON)

    assert queue_due() == 2
    assert [name for name, *_ in queued()] == ["advance", "sync"]


def test_an_extension_is_told_before_shoots_use_up_the_calls(settings: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 1
    shoot = resting_shoot(next_check_at=NOON - HOUR)
    extension = Extension.objects.create(
        account=shoot.account, tune=shoot.tune, price=5, extends_from=NOON + HOUR, next_check_at=NOON
    )

    queue_due()

    assert queued() == [("see_to_extension", extension.pk)]


def test_pictures_are_fetched_whatever_the_budget(settings: Any) -> None:
    settings.ASTRIA_CALLS_PER_MINUTE = 0
    shoot = resting_shoot()
    ImageFactory.create(shoot=shoot, status=Image.Status.PENDING, next_check_at=NOON)

    queue_due()

    assert [name for name, *_ in queued()] == ["deliver"]


def test_a_refusal_for_too_many_calls_quiets_everyone_for_half_a_minute(at_noon: Traveller) -> None:
    resting_shoot()
    calls_were_made(1, status=429)

    quiet = calls_left(Purpose.LOOK)
    at_noon.shift(timedelta(seconds=30))

    assert quiet == 0
    assert calls_left(Purpose.LOOK) > 0


def test_a_training_model_without_a_shoot_is_due_like_others() -> None:
    tune = TuneFactory.create(next_check_at=NOON)

    queue_due()

    assert queued() == [("check_tune", tune.pk)]


def test_callbacks_are_queued_once_the_oldest_first(at_noon: Traveller) -> None:
    shoot = resting_shoot()
    later = Callback.objects.create(shoot=shoot, body="{}", next_check_at=NOON)
    first = Callback.objects.create(shoot=shoot, body="{}", next_check_at=NOON - HOUR)

    numbers = [queue_callbacks(), queue_callbacks()]

    assert numbers == [2, 0]
    assert queued() == [("process", first.pk), ("process", later.pk)]


def test_a_callback_whose_task_got_lost_is_queued_again_after_two_minutes(at_noon: Traveller) -> None:
    Callback.objects.create(shoot=resting_shoot(), body="{}")
    queue_callbacks()

    at_noon.shift(timedelta(minutes=2, seconds=1))

    assert queue_callbacks() == 1


def test_a_processed_callback_is_not_queued() -> None:
    Callback.objects.create(shoot=resting_shoot(), body="{}").mark_processed()

    assert queue_callbacks() == 0


def test_of_two_clocks_one_holds_the_lease() -> None:
    lease = timedelta(seconds=10)

    held = [Heartbeat.hold("clock", name, lease) for name in ("one", "other", "one")]

    assert held == [True, False, True]


def test_a_lease_that_is_not_renewed_lapses(at_noon: Traveller) -> None:
    lease = timedelta(seconds=10)
    Heartbeat.hold("clock", "one", lease)

    at_noon.shift(10)
    early = Heartbeat.hold("clock", "other", lease)
    at_noon.shift(1)

    assert (early, Heartbeat.hold("clock", "other", lease)) == (False, True)
    assert Heartbeat.hold("clock", "one", lease) is False


def test_a_lease_is_let_go_only_by_its_holder() -> None:
    lease = timedelta(seconds=10)
    Heartbeat.hold("clock", "one", lease)

    Heartbeat.leave("other")
    still = Heartbeat.hold("clock", "other", lease)
    Heartbeat.leave("one")

    assert (still, Heartbeat.hold("clock", "other", lease)) == (False, True)


def test_workers_are_asked_for_a_sign_of_life_every_ten_seconds(at_noon: Traveller) -> None:
    last = keep_beating(None)
    at_noon.shift(9)
    again = keep_beating(last)
    at_noon.shift(1)
    keep_beating(again)

    assert [name for name, *_ in queued()] == ["beat", "beat_of_callers"] * 2


def test_each_cluster_of_each_machine_has_a_sign_of_life_to_give() -> None:
    for holder in ("one:1", "other:1"):
        Heartbeat.beat("worker", holder)

    keep_beating(None)

    assert [name for name, *_ in queued()] == ["beat", "beat", "beat_of_callers"]


def test_signs_of_life_do_not_pile_up_while_nobody_gives_any(
    at_noon: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "MOST_WAITING", 5)
    last = None
    for _round in range(20):
        last = keep_beating(last)
        at_noon.shift(10)

    assert [name for name, *_ in queued()] == ["beat", "beat_of_callers"] * 6


def test_signs_of_life_are_asked_for_when_the_time_was_set_back(at_noon: Traveller) -> None:
    last = keep_beating(None)

    at_noon.shift(-3600)

    assert keep_beating(last) == timezone.now()


def test_a_sign_of_life_is_seen(at_noon: Traveller) -> None:
    beat()
    beat()

    at_noon.shift(5)

    assert Heartbeat.is_fresh("worker", timedelta(seconds=6))
    assert not Heartbeat.is_fresh("worker", timedelta(seconds=5))


def test_packs_are_compared_every_six_hours(at_noon: Traveller, api: RequestsMock) -> None:
    api.get(f"{API}/packs", json=[])
    first, second = keep_packs_in_step(), keep_packs_in_step()
    sync_packs()
    at_noon.shift(timedelta(hours=5, minutes=59))
    third = keep_packs_in_step()
    at_noon.shift(timedelta(minutes=2))

    assert (first, second, third, keep_packs_in_step()) == (True, False, False, True)
    assert [name for name, *_ in queued()] == ["sync_packs", "sync_packs"]


def test_a_comparison_of_packs_that_failed_is_tried_again_soon(at_noon: Traveller, api: RequestsMock) -> None:
    api.get(f"{API}/packs", status=503)
    keep_packs_in_step()
    with pytest.raises(ServerError):
        sync_packs()
    at_noon.shift(clock.AGAIN_AFTER - timedelta(seconds=1))
    early = keep_packs_in_step()
    at_noon.shift(timedelta(seconds=2))

    assert (early, keep_packs_in_step()) == (False, True)
