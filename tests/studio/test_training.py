"""A model on its way: what Astria says of it, in any order, and what becomes of it later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from responses import RequestsMock
from time_machine import Traveller

import astria
from accounts.models import User
from studio.generation import fail_tune, take_in_tune
from studio.models import Shoot, Tune
from studio.submission import accept
from studio.training import check_tune
from tests.factories import ShootFactory, TrainedTuneFactory, TuneFactory
from tests.studio.conftest import API, NOON
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db

TRAINED = {"trained_at": NOON.isoformat(), "expires_at": (NOON + timedelta(days=30)).isoformat()}


def said(tune: Tune, **more: Any) -> astria.Tune:
    return astria.Tune.from_json({"id": tune.astria_id, "title": str(tune.pk), **more})


@pytest.fixture
def waiting(noon: Traveller) -> Shoot:
    """A shoot whose model trains."""
    return ShootFactory.create()


def test_a_trained_model_lets_its_waiting_shoots_begin(waiting: Shoot) -> None:
    take_in_tune(waiting.tune, said(waiting.tune, **TRAINED))
    take_in_tune(waiting.tune, said(waiting.tune, **TRAINED))

    waiting.refresh_from_db()
    assert waiting.status == Shoot.Status.GENERATING
    assert waiting.deadline_at == NOON + timedelta(hours=3)
    assert waiting.tune.expires_at == NOON + timedelta(days=30)
    # A week before its end the person is told.
    assert waiting.tune.next_check_at == NOON + timedelta(days=23)


def test_a_model_without_an_expiry_lives_thirty_days(waiting: Shoot) -> None:
    take_in_tune(waiting.tune, said(waiting.tune, trained_at=NOON.isoformat()))

    assert Tune.objects.get().expires_at == NOON + timedelta(days=30)


def test_what_a_narrow_form_leaves_out_stays_known(waiting: Shoot) -> None:
    wide = said(waiting.tune, token="ohwx", branch="flux1", model_type="lora", base_tune_id=1504944)
    take_in_tune(waiting.tune, wide)

    take_in_tune(waiting.tune, said(waiting.tune))

    tune = Tune.objects.get()
    assert (tune.token, tune.branch, tune.model_type) == ("ohwx", "flux1", "lora")
    assert tune.base_tune_id == 1504944


def test_what_no_column_can_hold_is_left_out_or_shortened(waiting: Shoot) -> None:
    odd = said(waiting.tune, token="o\x00hwx" * 20, branch="\ud800flux", base_tune_id=10**30)

    take_in_tune(waiting.tune, odd)

    tune = Tune.objects.get()
    assert tune.token == ("ohwx" * 20)[:40]
    assert (tune.branch, tune.base_tune_id) == ("flux", None)


def test_a_late_repetition_does_not_shorten_an_extended_life(waiting: Shoot) -> None:
    later = (NOON + timedelta(days=60)).isoformat()
    take_in_tune(waiting.tune, said(waiting.tune, trained_at=NOON.isoformat(), expires_at=later))

    take_in_tune(Tune.objects.get(), said(waiting.tune, trained_at=NOON.isoformat()))

    assert Tune.objects.get().expires_at == NOON + timedelta(days=60)


def test_a_failed_training_gives_every_waiting_shoot_back(waiting: Shoot, user: User) -> None:
    second = ShootFactory.create(account=waiting.account, tune=waiting.tune, trains=False)

    take_in_tune(waiting.tune, said(waiting.tune, failed_at=NOON.isoformat()))
    take_in_tune(waiting.tune, said(waiting.tune, failed_at=NOON.isoformat()))

    assert set(Shoot.objects.values_list("status", "refunded")) == {(Shoot.Status.FAILED, 18)}
    waiting.account.refresh_from_db()
    assert waiting.account.balance == 100 + waiting.price + second.price
    assert Tune.objects.get().error == "The model could not be trained from these photos."


def test_a_failure_said_of_a_model_that_is_trained_undoes_nothing() -> None:
    tune = TrainedTuneFactory.create()
    shoot = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.GENERATING)

    fail_tune(tune, "no")

    shoot.refresh_from_db()
    assert (shoot.status, shoot.refunded) == (Shoot.Status.GENERATING, 0)
    assert Tune.objects.get().status == Tune.Status.TRAINED


def test_a_callback_that_is_quicker_than_the_answer_does_no_harm(
    noon: Traveller, api: RequestsMock, order: Shoot
) -> None:
    order.claim_for_submission(next_check_at=NOON, from_=frozenset({"queued"}))
    order.tune.mark_submitting(next_check_at=NOON)
    quicker = Tune.objects.get()
    take_in_tune(quicker, astria.Tune.from_json({"id": 77, "title": str(quicker.pk), **TRAINED}))

    accept(order, astria.Tune.from_json({"id": 77, "eta": NOON.isoformat()}))

    order.refresh_from_db()
    assert order.status == Shoot.Status.GENERATING
    assert (Tune.objects.get().status, Tune.objects.get().astria_id) == (Tune.Status.TRAINED, 77)


def test_an_order_that_was_given_back_meanwhile_is_not_taken_up_again(order: Shoot) -> None:
    order.claim_for_submission(next_check_at=NOON, from_=frozenset({"queued"}))
    Shoot.objects.get().finish(Shoot.Status.FAILED, error="too late")

    accept(order, astria.Tune.from_json({"id": 77}))

    assert Shoot.objects.get().status == Shoot.Status.FAILED


@pytest.fixture
def old(noon: Traveller) -> Tune:
    """A model whose time at Astria is over."""
    return TrainedTuneFactory.create(
        expires_at=NOON, next_check_at=NOON, trained_at=NOON - timedelta(days=30)
    )


def test_a_model_that_is_gone_at_astria_is_expired(api: RequestsMock, old: Tune) -> None:
    api.get(f"{API}/tunes/{old.astria_id}", status=404)

    check_tune(old.pk)
    check_tune(old.pk)

    old.refresh_from_db()
    assert (old.status, old.next_check_at) == (Tune.Status.EXPIRED, None)
    assert len(calls(api, "GET")) == 1


def test_a_model_that_was_extended_lives_on(api: RequestsMock, old: Tune) -> None:
    later = NOON + timedelta(days=30)
    api.get(f"{API}/tunes/{old.astria_id}", json={"id": old.astria_id, "trained_at": NOON.isoformat(),
                                                  "expires_at": later.isoformat()})  # fmt: skip

    check_tune(old.pk)
    check_tune(old.pk)

    old.refresh_from_db()
    assert (old.status, old.expires_at) == (Tune.Status.TRAINED, later)
    assert old.next_check_at == later - timedelta(days=7)


def test_a_model_that_cannot_be_asked_for_is_asked_for_later(api: RequestsMock, old: Tune) -> None:
    api.get(f"{API}/tunes/{old.astria_id}", status=500)

    check_tune(old.pk)

    old.refresh_from_db()
    assert (old.status, old.next_check_at) == (Tune.Status.TRAINED, NOON + timedelta(hours=1))


def test_a_model_whose_callback_was_lost_is_looked_at_when_no_shoot_is_left_to_do_so(
    noon: Traveller, api: RequestsMock
) -> None:
    tune = TuneFactory.create()
    api.get(f"{API}/tunes/{tune.astria_id}", json={"id": tune.astria_id, **TRAINED})

    check_tune(tune.pk)

    tune.refresh_from_db()
    assert (tune.status, tune.next_check_at) == (Tune.Status.TRAINED, NOON + timedelta(days=23))


def test_a_model_that_a_shoot_looks_at_is_not_asked_for_twice(api: RequestsMock, waiting: Shoot) -> None:
    check_tune(waiting.tune.pk)

    waiting.tune.refresh_from_db()
    assert waiting.tune.next_check_at == NOON + timedelta(hours=1)
    assert len(api.calls) == 0


def test_a_training_model_that_is_gone_makes_room_for_another(noon: Traveller, api: RequestsMock) -> None:
    tune = TuneFactory.create()
    api.get(f"{API}/tunes/{tune.astria_id}", status=404)

    check_tune(tune.pk)
    check_tune(tune.pk)

    tune.refresh_from_db()
    assert (tune.status, tune.error) == (Tune.Status.FAILED, "The model is no longer available.")
