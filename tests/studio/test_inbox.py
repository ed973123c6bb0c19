"""Callbacks: doubled, late, in any order, of strangers, or nonsense: no harm, nothing doubled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from time_machine import Traveller

from accounts.models import CreditAccount
from studio.inbox import process
from studio.models import Callback, Image, Prompt, Shoot, Tune
from tests.factories import ImageFactory, PromptFactory, ShootFactory, TrainedTuneFactory
from tests.states import put
from tests.studio.conftest import NOON

pytestmark = pytest.mark.django_db

ONE, TWO = "https://mp.astria.ai/one", "https://mp.astria.ai/two"
Say = Callable[..., Callback]


@pytest.fixture
def shoot(noon: Traveller) -> Shoot:
    """A shoot whose model trains, looked at next in an hour."""
    return ShootFactory.create(next_check_at=NOON + timedelta(hours=1))


@pytest.fixture
def say(shoot: Shoot) -> Say:
    """Let Astria call back to `shoot`: processed, by a task that starts twice, and replayed as asked."""

    def say(body: Any, times: int = 1, to: Shoot = shoot) -> Callback:
        text = body if isinstance(body, str) else json.dumps(body)
        callback = Callback.objects.create(shoot=to, body=text)
        for _ in range(times):
            Callback.objects.filter(pk=callback.pk).replay()
            process(callback.pk)
            process(callback.pk)
        callback.refresh_from_db()
        return callback

    return say


def tune_of(shoot: Shoot, **more: Any) -> dict[str, Any]:
    moment = NOON.isoformat()
    said = {"id": shoot.tune.astria_id, "title": str(shoot.tune.pk), "trained_at": moment}
    return {"tune": said | more}


def test_a_model_that_is_trained_starts_the_pictures(shoot: Shoot, say: Say) -> None:
    callback = say(tune_of(shoot), times=2)

    shoot.refresh_from_db()
    assert shoot.status == Shoot.Status.GENERATING
    assert Tune.objects.get().status == Tune.Status.TRAINED
    assert (callback.processed_at, callback.error) == (NOON, "")


def test_a_prompt_said_three_times_brings_its_pictures_once(shoot: Shoot, say: Say) -> None:
    body = {"prompt": {"id": 7, "images": [ONE, TWO]}}

    say(body, times=2)
    say(body)

    assert sorted(Image.objects.values_list("source_url", flat=True)) == [ONE, TWO]
    assert Prompt.objects.get().shoot == shoot


def test_an_array_of_prompts_adds_what_single_ones_left_out(shoot: Shoot, say: Say) -> None:
    say({"prompt": {"id": 7, "images": [ONE]}})

    say([{"id": 7, "images": [ONE]}, {"id": 8, "images": [TWO]}], times=2)

    assert sorted(Prompt.objects.values_list("astria_id", flat=True)) == [7, 8]
    assert Image.objects.count() == 2


def test_pictures_that_come_before_the_model_are_kept(shoot: Shoot, say: Say) -> None:
    say({"prompt": {"id": 7, "images": [ONE]}})
    say(tune_of(shoot))

    shoot.refresh_from_db()
    assert shoot.status == Shoot.Status.GENERATING
    assert Image.objects.get().shoot == shoot


def test_callbacks_that_come_before_the_answer_was_read_are_kept(order: Shoot, say: Say) -> None:
    order.claim_for_submission(next_check_at=NOON, from_=frozenset({"queued"}))
    order.tune.mark_submitting(next_check_at=NOON)

    say({"prompt": {"id": 7, "images": [ONE]}}, to=order)
    say(tune_of(order, id=77), to=order)

    order.refresh_from_db()
    assert order.status == Shoot.Status.SUBMITTING
    assert (order.tune.status, order.tune.astria_id) == (Tune.Status.TRAINED, 77)
    assert Image.objects.get().shoot == order


def test_a_callback_to_an_unconfirmed_order_makes_it_looked_for_at_once(
    noon: Traveller, order: Shoot, say: Say
) -> None:
    order.claim_for_submission(next_check_at=NOON, from_=frozenset({"queued"}))
    order.mark_unconfirmed(next_check_at=NOON + timedelta(hours=1))

    say({"prompt": {"id": 7}}, to=order)

    order.refresh_from_db()
    assert order.next_check_at == NOON


def test_news_of_a_model_without_its_time_make_it_looked_at_at_once(shoot: Shoot, say: Say) -> None:
    say(tune_of(shoot, trained_at=None))

    shoot.refresh_from_db()
    assert (shoot.status, shoot.next_check_at) == (Shoot.Status.WAITING, NOON)


@pytest.mark.parametrize("other", [{"id": 1, "title": "another"}, {"id": 1}])
def test_a_callback_for_another_model_changes_nothing(shoot: Shoot, say: Say, other: Any) -> None:
    callback = say(
        tune_of(shoot, title=str(shoot.tune.pk)) | {"tune": {"trained_at": NOON.isoformat()} | other}
    )

    assert Tune.objects.get().status == Tune.Status.TRAINING
    assert callback.error == "tune 1 is not this shoot's"


def test_a_second_model_of_the_same_title_does_not_take_the_place_of_the_first(
    shoot: Shoot, say: Say
) -> None:
    callback = say(tune_of(shoot, id=1))

    assert Tune.objects.get().astria_id == shoot.tune.astria_id
    assert "not this shoot's" in callback.error


def test_a_prompt_of_somebody_else_is_left_alone(shoot: Shoot, say: Say) -> None:
    theirs = PromptFactory.create(astria_id=7)

    callback = say([{"id": 7, "images": [ONE]}, {"id": 8, "images": [TWO]}])

    assert not Image.objects.filter(prompt=theirs).exists()
    assert Prompt.objects.get(astria_id=8).shoot == shoot
    assert callback.error == "not this shoot's: 7"


def test_an_unknown_prompt_is_of_the_shoot_that_was_called(shoot: Shoot, say: Say) -> None:
    tune = TrainedTuneFactory.create(account=shoot.account)
    second = ShootFactory.create(account=shoot.account, tune=tune, trains=False)

    say({"prompt": {"id": 7, "images": [ONE], "tune_id": shoot.tune.astria_id}}, to=second)

    assert Prompt.objects.get().shoot == second


def test_a_late_callback_after_a_refund_brings_its_picture_and_takes_nothing_back(
    shoot: Shoot, say: Say
) -> None:
    put(shoot, "failed", refunded=18)

    say({"prompt": {"id": 7, "images": [ONE]}}, times=2)

    shoot.refresh_from_db()
    assert (shoot.status, shoot.refunded) == (Shoot.Status.FAILED, 18)
    assert Image.objects.get().shoot == shoot
    assert CreditAccount.objects.get(pk=shoot.account_id).balance == 100


ENDS = [
    {"status": Shoot.Status.READY},
    {"status": Shoot.Status.PARTLY, "refunded": 5},
    {"status": Shoot.Status.FAILED, "refunded": 18},
    {"status": Shoot.Status.CANCELLED, "refunded": 18},
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end["status"])
def test_after_the_end_pictures_are_kept_and_nothing_else_changes(
    shoot: Shoot, say: Say, end: dict[str, Any]
) -> None:
    put(shoot, **end)

    say([{"id": 7, "images": [ONE]}, {"id": 8, "user_error": "no"}], times=2)
    say(tune_of(shoot))

    shoot.refresh_from_db()
    assert (shoot.status, shoot.refunded, shoot.ended_at) == (end["status"], end.get("refunded", 0), NOON)
    assert shoot.next_check_at is None
    assert CreditAccount.objects.get(pk=shoot.account_id).balance == 100
    assert Image.objects.get().shoot == shoot


def test_after_the_model_expired_pictures_are_kept_and_it_stays_expired(say: Say) -> None:
    past = TrainedTuneFactory.create(status=Tune.Status.EXPIRED, astria_id=77, next_check_at=None)
    shoot = ShootFactory.create(account=past.account, tune=past, trains=False)

    say({"prompt": {"id": 7, "images": [ONE]}}, to=shoot)
    say(tune_of(shoot), to=shoot, times=2)

    assert Tune.objects.get(pk=past.pk).status == Tune.Status.EXPIRED
    assert Image.objects.get().shoot == shoot


def test_a_model_said_to_be_trained_twice_is_trained_once(shoot: Shoot, say: Say) -> None:
    say(tune_of(shoot))
    Tune.objects.update(status=Tune.Status.EXPIRED, next_check_at=None)

    say(tune_of(shoot, trained_at=(NOON + timedelta(hours=1)).isoformat()))

    assert Tune.objects.get().trained_at == NOON
    assert Tune.objects.get().status == Tune.Status.EXPIRED


def test_pictures_that_a_later_callback_leaves_out_stay(shoot: Shoot, say: Say) -> None:
    say({"prompt": {"id": 7, "images": [ONE, TWO]}})

    say({"prompt": {"id": 7, "images": [TWO]}})
    say({"prompt": {"id": 7, "images": [], "user_error": "taken away"}})

    assert Image.objects.count() == 2
    assert Prompt.objects.get().status == Prompt.Status.READY


def test_more_pictures_than_were_announced_are_kept(shoot: Shoot, say: Say) -> None:
    say({"prompt": {"id": 7, "images": [f"https://mp.astria.ai/{n}" for n in range(5)]}}, times=2)

    assert Prompt.objects.get().expected_images == 2
    assert sorted(Image.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_a_prompt_that_was_there_before_the_shoot_is_not_the_shoots(
    tune: Tune, order_on_tune: Callable[..., Shoot], say: Say
) -> None:
    shoot = order_on_tune(prompt_watermark=7)

    callback = say([{"id": 7, "images": [ONE]}, {"id": 8, "images": [TWO]}], to=shoot, times=2)

    assert [prompt.astria_id for prompt in Prompt.objects.all()] == [8]
    assert callback.error == "not this shoot's: 7"


def test_a_prompt_of_an_earlier_shoot_on_the_same_model_stays_with_it(
    tune: Tune, order_on_tune: Callable[..., Shoot], say: Say
) -> None:
    earlier, later = order_on_tune(), order_on_tune(prompt_watermark=7)
    say({"prompt": {"id": 7, "images": [ONE]}}, to=earlier)

    say([{"id": 7, "images": [ONE, TWO]}], to=later, times=2)

    assert Prompt.objects.get().shoot == earlier
    assert {image.shoot for image in Image.objects.all()} == {earlier}


def test_a_late_failure_of_a_model_undoes_no_pictures(shoot: Shoot, say: Say) -> None:
    say(tune_of(shoot))

    say(tune_of(shoot, trained_at=None, failed_at=NOON.isoformat()))

    shoot.refresh_from_db()
    assert (shoot.status, shoot.refunded) == (Shoot.Status.GENERATING, 0)


@pytest.mark.parametrize(
    "body",
    ["not json", "{}", "[1]", '{"prompt": {}}', '{"tune": null}', "null", '"text"', '[{"id": "7"}]'],
)
def test_nonsense_is_put_aside_with_its_error(shoot: Shoot, say: Say, body: str) -> None:
    callback = say(body, times=2)

    assert callback.processed_at == NOON
    assert callback.error != ""
    assert not Prompt.objects.exists()


def test_what_the_database_cannot_hold_does_not_come_back_for_ever(shoot: Shoot, say: Say) -> None:
    odd = {"id": 7, "images": [ONE, "https://x/\x00"], "text": "a\x00b\ud800", "seed": 10**40}

    callback = say([odd, {"id": 10**40, "images": [TWO]}], times=2)

    assert (callback.processed_at, callback.error) == (NOON, "")
    assert Prompt.objects.get().text == "ab"
    assert Image.objects.get().source_url == ONE


def test_a_callback_that_the_database_was_away_for_comes_back(
    shoot: Shoot, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("studio.inbox.take_in_tune", away)

    with pytest.raises(OperationalError):
        say(tune_of(shoot))

    assert Callback.objects.get().processed_at is None


def test_the_last_picture_of_a_shoot_ends_it(shoot: Shoot, say: Say) -> None:
    prompts = PromptFactory.create_batch(4, shoot=shoot)
    images = [ImageFactory.create(shoot=shoot, prompt=prompt) for prompt in prompts * 2]

    say({"prompt": {"id": prompts[0].astria_id, "images": [images[0].source_url]}}, times=2)

    shoot.refresh_from_db()
    assert shoot.status == Shoot.Status.READY


def test_a_callback_that_is_no_longer_there_is_nothing(db: None) -> None:
    process(404)

    assert not Callback.objects.exists()
