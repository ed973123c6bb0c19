"""A deleted model: gone here at once, at Astria surely, with its prompts; our pictures stay."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from responses import RequestsMock
from time_machine import Traveller

import astria
from accounts.models import User
from studio.auditing import mismatches
from studio.clock import queue_due
from studio.erasing_models import MANY_ATTEMPTS, PROMPTS_AT_A_TIME, delete_model, see_to_deletion
from studio.extending import extend
from studio.generation import look, take_in_tune
from studio.models import Extension, Image, Letter, Shoot, Tune, TuneDeletion
from studio.ordering import OrderRefused
from studio.ordering_more import order_prompt, order_theme
from studio.training import advance
from tests.factories import ImageFactory, PromptFactory, ShootFactory, TuneFactory
from tests.sandbox.process import Sandbox, eventually
from tests.states import put
from tests.studio.conftest import API, NOON, AtOnce
from tests.studio.posted import calls

pytestmark = pytest.mark.django_db


def lists(api: RequestsMock, tune: Tune, *ids: int) -> None:
    """Let Astria list these prompts on a tune, and delete whatever it is told to."""
    api.get(f"{API}/tunes/{tune.astria_id}/prompts", json=[{"id": number} for number in ids])
    for number in ids:
        api.delete(f"{API}/prompts/{number}", json={})
    api.delete(f"{API}/tunes/{tune.astria_id}", status=200)


def deleted(api: RequestsMock) -> list[str]:
    return [str(request.url).removeprefix(API) for request in calls(api, "DELETE")]


def asked_for(tune: Tune) -> TuneDeletion:
    return TuneDeletion.objects.get(pk=tune.pk)


def test_prompts_go_first_then_the_tune_each_once(api: RequestsMock, tune: Tune) -> None:
    lists(api, tune, 43, 42, 41)

    deletion = delete_model(tune.pk)
    [see_to_deletion(deletion.pk) for _ in "ab"]

    tune.refresh_from_db()
    assert deleted(api) == ["/prompts/41", "/prompts/42", "/prompts/43", f"/tunes/{tune.astria_id}"]
    assert (tune.status, asked_for(tune).status) == (Tune.Status.DELETED, "done")


def test_prompts_that_we_know_and_astria_does_not_list_go_too(api: RequestsMock, tune: Tune) -> None:
    ended = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.READY)
    PromptFactory.create(shoot=ended, astria_id=40)
    lists(api, tune, 41)
    api.delete(f"{API}/prompts/40", status=404)

    see_to_deletion(delete_model(tune.pk).pk)

    assert deleted(api) == ["/prompts/40", "/prompts/41", f"/tunes/{tune.astria_id}"]
    assert asked_for(tune).is_final


def test_what_astria_no_longer_has_is_gone(api: RequestsMock, tune: Tune) -> None:
    api.get(f"{API}/tunes/{tune.astria_id}/prompts", status=404)
    api.delete(f"{API}/tunes/{tune.astria_id}", status=404)

    see_to_deletion(delete_model(tune.pk).pk)

    assert asked_for(tune).is_final


@pytest.mark.parametrize("status", [401, 402, 403, 422, 429, 500, 504])
def test_what_fails_is_done_again_where_it_stopped(
    api: RequestsMock, noon: Traveller, tune: Tune, status: int
) -> None:
    known = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.READY)
    [PromptFactory.create(shoot=known, astria_id=number) for number in (41, 42)]
    lists(api, tune)
    api.delete(f"{API}/prompts/41", status=200, json={})
    api.delete(f"{API}/prompts/42", status=status, json={})
    see_to_deletion(delete_model(tune.pk).pk)
    stopped = asked_for(tune)
    api.replace("DELETE", f"{API}/prompts/42", json={})
    noon.shift(timedelta(minutes=2))

    see_to_deletion(tune.pk)

    assert (stopped.status, stopped.prompt_ids, stopped.attempts) == ("asked", [42], 1)
    assert stopped.error and stopped.next_check_at == NOON + timedelta(seconds=30)
    assert deleted(api) == ["/prompts/41", "/prompts/42", "/prompts/42", f"/tunes/{tune.astria_id}"]
    assert (asked_for(tune).status, asked_for(tune).error) == ("done", "")


def test_the_clock_comes_back_to_it_until_it_is_done(noon: Traveller, tune: Tune) -> None:
    delete_model(tune.pk)
    noon.shift(timedelta(minutes=1))

    queued = [queue_due(), queue_due()]
    noon.shift(timedelta(minutes=6))

    assert [*queued, queue_due()] == [1, 0, 1]


@pytest.mark.slow
def test_many_prompts_take_several_tasks(api: RequestsMock, tune: Tune) -> None:
    ids = range(1, 2 * PROMPTS_AT_A_TIME)
    lists(api, tune)
    ended = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.READY)
    for number in ids:
        PromptFactory.create(shoot=ended, astria_id=number)
        api.delete(f"{API}/prompts/{number}", json={})

    see_to_deletion(delete_model(tune.pk).pk)
    between = (len(deleted(api)), asked_for(tune).status)
    see_to_deletion(tune.pk)

    assert between == (PROMPTS_AT_A_TIME, "asked")
    assert len(deleted(api)) == len(ids) + 1
    assert asked_for(tune).is_final


def test_staff_hear_of_one_that_fails_for_a_day(
    api: RequestsMock, tune: Tune, staff: User, mailoutbox: list[Any]
) -> None:
    api.get(f"{API}/tunes/{tune.astria_id}/prompts", json=[])
    api.delete(f"{API}/tunes/{tune.astria_id}", status=500)
    delete_model(tune.pk)
    TuneDeletion.objects.update(attempts=MANY_ATTEMPTS - 1)

    [see_to_deletion(tune.pk) for _ in "ab"]

    assert [str(tune.pk) in letter.body for letter in mailoutbox] == [True]


def test_asked_for_twice_it_is_one(tune: Tune) -> None:
    assert delete_model(tune.pk) == delete_model(tune.pk)


@pytest.mark.django_db(transaction=True)
def test_asked_for_from_two_tabs_at_once_it_is_one(tune: Tune, at_once: AtOnce) -> None:
    assert len(set(at_once(*[lambda: delete_model(tune.pk).pk] * 4))) == 1


def test_a_model_that_does_not_exist_is_said_to(tune: Tune, user: User) -> None:
    with pytest.raises(Tune.DoesNotExist):
        delete_model(user.account.pk)


def test_our_pictures_stay(api: RequestsMock, tune: Tune) -> None:
    lists(api, tune)
    shoot = ShootFactory.create(account=tune.account, tune=tune, status=Shoot.Status.READY)
    image = ImageFactory.create(shoot=shoot)
    api.delete(f"{API}/prompts/{image.prompt.astria_id}", json={})

    see_to_deletion(delete_model(tune.pk).pk)

    shoot.refresh_from_db()
    assert Image.objects.stored().get() == image
    assert shoot.status == Shoot.Status.READY


@pytest.mark.parametrize("status", ["queued", "training", "trained", "failed", "expired"])
def test_a_deleted_model_takes_no_orders(tune: Tune, status: str) -> None:
    put(tune, status)
    delete_model(tune.pk)

    with pytest.raises(OrderRefused, match="was deleted"):
        order_theme(tune, "autumn", key="a")


def test_an_order_that_waits_for_its_turn_is_cancelled(tune: Tune) -> None:
    shoot = order_prompt(tune, "by the sea", key="a", num_images=4)

    delete_model(tune.pk)

    shoot.refresh_from_db()
    assert (shoot.status, shoot.refunded) == (Shoot.Status.CANCELLED, 4)
    assert list(mismatches()) == []


def test_an_order_that_runs_ends_with_what_has_come(tune: Tune, order_on_tune: Callable[..., Shoot]) -> None:
    some, none = order_on_tune(status="generating"), order_on_tune(status="generating")
    tune.account.spend(36, key="both")
    ImageFactory.create(shoot=some)

    delete_model(tune.pk)

    some.refresh_from_db(), none.refresh_from_db()
    assert (some.status, some.refunded) == (Shoot.Status.PARTLY, 16)
    assert (none.status, none.refunded) == (Shoot.Status.FAILED, 18)
    assert {some.error, none.error} == {"The model was deleted."}
    assert not Letter.objects.exists()


def test_a_model_in_training_is_deleted_there_and_given_back(api: RequestsMock, order: Shoot) -> None:
    put(order.tune, "training", astria_id=77)
    put(order, "waiting")
    lists(api, order.tune)

    see_to_deletion(delete_model(order.tune_id).pk)

    order.refresh_from_db(), order.tune.refresh_from_db()
    assert (order.status, order.refunded) == (Shoot.Status.FAILED, 18)
    assert (order.tune.status, deleted(api)) == (Tune.Status.DELETED, ["/tunes/77"])


def test_an_order_that_was_never_sent_leaves_nothing_to_delete(api: RequestsMock, order: Shoot) -> None:
    api.get(f"{API}/tunes", json=[])

    see_to_deletion(delete_model(order.tune_id).pk)

    order.refresh_from_db(), order.tune.refresh_from_db()
    assert (order.status, order.tune.status) == (Shoot.Status.CANCELLED, Tune.Status.DELETED)
    assert asked_for(order.tune).is_final


@pytest.mark.parametrize("status", ["submitting", "unconfirmed"])
def test_what_astria_may_have_is_found_out_about_first(
    api: RequestsMock, noon: Traveller, order: Shoot, status: str
) -> None:
    put(order.tune, status), put(order, status)

    see_to_deletion(delete_model(order.tune_id).pk)

    order.refresh_from_db()
    assert (order.status, len(api.calls)) == (status, 0)
    assert asked_for(order.tune).next_check_at == NOON + timedelta(seconds=30)


def test_a_lost_order_that_is_found_is_deleted(api: RequestsMock, noon: Traveller, order: Shoot) -> None:
    put(order.tune, "unconfirmed"), put(order, "unconfirmed")
    theirs = {"id": 77, "title": str(order.tune_id), "created_at": NOON.isoformat()}
    api.get(f"{API}/tunes", json=[theirs])
    delete_model(order.tune_id)
    noon.shift(timedelta(minutes=2))
    advance(order.pk)
    order.tune.refresh_from_db()
    lists(api, order.tune)

    see_to_deletion(order.tune_id)

    order.refresh_from_db()
    assert (order.status, order.refunded, deleted(api)) == (Shoot.Status.FAILED, 18, ["/tunes/77"])


def test_a_lost_order_that_is_not_found_is_given_back_and_never_posted_again(
    api: RequestsMock, noon: Traveller, order: Shoot, settings: Any
) -> None:
    settings.ASTRIA_IDEMPOTENT = True
    put(order.tune, "unconfirmed"), put(order, "unconfirmed")
    api.get(f"{API}/tunes", json=[])
    delete_model(order.tune_id)
    for minutes in (2, 5, 15):
        noon.move_to(NOON + timedelta(minutes=minutes))
        advance(order.pk)

    see_to_deletion(order.tune_id)

    order.refresh_from_db(), order.tune.refresh_from_db()
    assert (order.status, order.refunded) == (Shoot.Status.FAILED, 18)
    assert (order.tune.status, asked_for(order.tune).status) == (Tune.Status.DELETED, "done")
    assert calls(api, "POST") == []


def test_an_order_that_was_put_back_is_not_sent_either(
    api: RequestsMock, noon: Traveller, order: Shoot
) -> None:
    put(order.tune, "submitting"), put(order, "submitting")
    delete_model(order.tune_id)
    put(order.tune, "queued"), put(order, "queued", attempts=1)

    advance(order.pk)
    api.get(f"{API}/tunes", json=[])
    see_to_deletion(order.tune_id)

    order.refresh_from_db()
    assert (order.status, calls(api, "POST")) == (Shoot.Status.CANCELLED, [])


def test_a_row_that_is_gone_keeps_nothing_from_being_deleted(api: RequestsMock, tune: Tune) -> None:
    lists(api, tune, 41)
    deletion = delete_model(tune.pk)
    Tune.objects.all().delete()

    see_to_deletion(deletion.pk)

    assert deleted(api) == ["/prompts/41", f"/tunes/{tune.astria_id}"]
    assert TuneDeletion.objects.get().is_final


def test_what_was_paid_for_keeping_it_comes_back(tune: Tune, user: User) -> None:
    extend(tune)

    delete_model(tune.pk)

    user.account.refresh_from_db()
    assert (Extension.objects.get().status, user.account.balance) == ("refused", 100)
    assert not Letter.objects.exists()
    assert list(mismatches()) == []


def test_what_astria_still_says_of_it_wakes_nothing(api: RequestsMock, tune: Tune) -> None:
    shoot = ShootFactory.create(account=tune.account, tune=tune)
    delete_model(tune.pk)
    shoot.refresh_from_db()

    take_in_tune(tune, astria.Tune(id=tune.astria_id, trained_at=NOON))
    look(shoot)

    tune.refresh_from_db()
    assert tune.status == Tune.Status.DELETED


def test_a_set_whose_model_was_deleted_trains_again(tune: Tune) -> None:
    delete_model(tune.pk)

    assert TuneFactory.create(account=tune.account, photo_set=tune.photo_set).pk != tune.pk


@pytest.mark.processes
@pytest.mark.parametrize("fault", ["", "504-after", "500", "dropped", "429"])
def test_at_the_sandbox_nothing_is_left(
    sandbox: Sandbox, astria_at_sandbox: Sandbox, tune: Tune, noon: Traveller, fault: str
) -> None:
    theirs = sandbox.trained(pack="1342")
    Tune.objects.update(astria_id=theirs["id"])
    prompts = [prompt["id"] for prompt in sandbox.prompts(theirs["id"])]
    delete_model(tune.pk)
    if fault:
        sandbox.fail_next("", fault)

    def is_over() -> bool:
        see_to_deletion(tune.pk)
        noon.shift(timedelta(minutes=1))
        return asked_for(tune).is_final

    eventually(is_over)

    assert prompts and {sandbox.get(f"/prompts/{number}").status_code for number in prompts} == {404}
    assert sandbox.get(f"/tunes/{theirs['id']}").status_code == 404
