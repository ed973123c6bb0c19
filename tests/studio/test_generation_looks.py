"""Comparing with Astria when nothing was heard: what a look brings, and when the next one is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from responses import RequestsMock
from time_machine import Traveller

from studio import pace
from studio.generation import callback_url, next_look
from studio.models import Image, Shoot, Tune
from studio.training import advance
from tests.factories import ImageFactory, PromptFactory, ShootFactory, TrainedTuneFactory
from tests.states import put
from tests.studio.conftest import API, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(noon: Traveller) -> Shoot:
    """A shoot that was submitted at noon; its model was announced for ten minutes later."""
    shoot: Shoot = ShootFactory.create()
    shoot.tune.learn(eta=NOON + timedelta(minutes=10))
    noon.shift(timedelta(minutes=12))
    return shoot


@pytest.fixture
def generating(noon: Traveller) -> Shoot:
    """A shoot that takes pictures since noon."""
    tune = TrainedTuneFactory.create(eta=NOON + timedelta(minutes=10))
    return ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.GENERATING)


def answers(api: RequestsMock, shoot: Shoot, prompts: Any = (), **tune: Any) -> None:
    address = f"{API}/tunes/{shoot.tune.astria_id}"
    api.get(address, json={"id": shoot.tune.astria_id, **tune})
    api.get(f"{address}/prompts", json=list(prompts))


def test_a_look_finds_that_the_model_is_trained(api: RequestsMock, waiting: Shoot) -> None:
    answers(api, waiting, trained_at=NOON.isoformat())

    advance(waiting.pk)
    advance(waiting.pk)

    waiting.refresh_from_db()
    assert waiting.status == Shoot.Status.GENERATING
    assert waiting.tune.status == Tune.Status.TRAINED


def test_a_look_finds_that_training_failed(api: RequestsMock, waiting: Shoot) -> None:
    answers(api, waiting, failed_at=NOON.isoformat())

    advance(waiting.pk)
    advance(waiting.pk)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.refunded) == (Shoot.Status.FAILED, waiting.price)


def test_a_look_brings_the_pictures_that_no_callback_told_of(api: RequestsMock, generating: Shoot) -> None:
    said = {"id": 7, "callback": callback_url(generating), "images": ["https://x.example/1"]}
    answers(api, generating, [said])

    advance(generating.pk)
    advance(generating.pk)

    assert Image.objects.get().source_url == "https://x.example/1"


def test_a_shoot_that_missed_that_its_model_is_there_catches_up(api: RequestsMock, generating: Shoot) -> None:
    put(generating, "waiting")
    answers(api, generating)

    advance(generating.pk)

    generating.refresh_from_db()
    assert generating.status == Shoot.Status.GENERATING


@pytest.mark.parametrize("end", [{"status": 404}, {"status": 429}, {"status": 500}, {"body": "<html>"}])
def test_a_look_that_fails_changes_nothing_and_comes_again(
    api: RequestsMock, waiting: Shoot, end: dict[str, Any]
) -> None:
    api.get(f"{API}/tunes/{waiting.tune.astria_id}", **end)

    advance(waiting.pk)

    waiting.refresh_from_db()
    assert (waiting.status, waiting.looks) == (Shoot.Status.WAITING, 1)
    assert waiting.next_check_at == NOON + timedelta(minutes=14)


def test_looks_that_bring_nothing_come_less_and_less_often(
    noon: Traveller, api: RequestsMock, generating: Shoot
) -> None:
    answers(api, generating)
    Shoot.objects.update(submitted_at=NOON)
    Tune.objects.update(created_at=NOON)

    waits = []
    for _ in range(6):
        advance(generating.pk)
        generating.refresh_from_db()
        waits.append(generating.next_check_at)

    assert waits == [NOON + timedelta(minutes=minutes) for minutes in (2, 4, 8, 15, 15, 15)]


def test_news_bring_the_next_look_nearer(api: RequestsMock, generating: Shoot) -> None:
    answers(api, generating, [{"id": 7, "callback": callback_url(generating)}])
    Shoot.objects.update(looks=4)

    advance(generating.pk)

    generating.refresh_from_db()
    assert (generating.looks, generating.next_check_at) == (0, NOON + timedelta(minutes=1))


def test_a_look_before_its_time_leaves_the_next_one_where_it_was(
    noon: Traveller, api: RequestsMock, waiting: Shoot
) -> None:
    noon.move_to(NOON + timedelta(minutes=1), tick=False)
    answers(api, waiting, [{"id": 7, "callback": callback_url(waiting)}])

    advance(waiting.pk)

    waiting.refresh_from_db()
    assert waiting.next_check_at == NOON + timedelta(minutes=12)


def test_a_shoot_on_an_old_model_is_not_looked_at_every_few_seconds(noon: Traveller) -> None:
    eta, made = NOON - timedelta(days=3), NOON - timedelta(days=3, minutes=10)
    tune = TrainedTuneFactory.create(eta=eta, created_at=made)
    shoot = ShootFactory.create(account=tune.account, tune=tune, trains=False)

    assert next_look(shoot, 0) == NOON + timedelta(minutes=1)


def test_an_announcement_of_seconds_makes_all_looks_quicker() -> None:
    eta = NOON + timedelta(seconds=4)

    assert pace.slack(NOON, eta) == timedelta(seconds=2)
    assert pace.slack(NOON, NOON + timedelta(minutes=3)) == timedelta(seconds=90)
    assert pace.slack(NOON, NOON + timedelta(minutes=10)) == timedelta(minutes=2)
    assert pace.slack(None, None) == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (7, 1800), (10_000, 1800)]
)
def test_what_was_not_sent_waits_twice_as_long_each_time(attempts: int, seconds: int) -> None:
    assert pace.retry_delay(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 5), (2, 15), (6, 3600), (99, 3600)])
def test_a_picture_is_tried_again_later_each_time(attempts: int, seconds: int) -> None:
    assert pace.image_retry_delay(attempts) == timedelta(seconds=seconds)


def test_a_shoot_whose_pictures_are_all_here_ends_by_looking(api: RequestsMock, generating: Shoot) -> None:
    answers(api, generating)
    prompts = PromptFactory.create_batch(4, shoot=generating)
    [ImageFactory.create(shoot=generating, prompt=prompt) for prompt in prompts * 2]

    advance(generating.pk)

    generating.refresh_from_db()
    assert generating.status == Shoot.Status.READY


def test_a_shoot_comes_to_its_end_although_astria_never_answers(
    noon: Traveller, api: RequestsMock, generating: Shoot
) -> None:
    api.get(f"{API}/tunes/{generating.tune.astria_id}/prompts", status=500)
    noon.shift(timedelta(hours=3) + pace.GIVE_UP_LOOKING + timedelta(seconds=1))

    advance(generating.pk)
    advance(generating.pk)

    generating.refresh_from_db()
    assert (generating.status, generating.refunded) == (Shoot.Status.FAILED, generating.price)
