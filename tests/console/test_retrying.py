"""Staff have a shot that failed ordered once more, for nothing, at most once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from studio.auditing import mismatches
from studio.models import Prompt, Shoot, Tune
from studio.ordering import OrderRefused
from studio.redoing import retries_of, retry
from studio.settling import fail, give_up
from tests.factories import ImageFactory, PromptFactory, ShootFactory, TrainedTuneFactory
from tests.states import put

pytestmark = pytest.mark.django_db


@pytest.fixture
def shoot(user: User) -> Shoot:
    """Three of four shots came, the last one failed; a quarter of the 18 credits came back."""
    tune = TrainedTuneFactory.create(account=user.account)
    made: Shoot = ShootFactory.create(account=user.account, tune=tune, trains=False, status="generating")
    user.account.spend(18, key=f"shoot:{made.pk}")
    for _shot in range(3):
        ImageFactory.create_batch(2, shoot=made, prompt=PromptFactory.create(shoot=made))
    PromptFactory.create(shoot=made, status="failed", error="NSFW", text="woman on a boat", number=4)
    give_up(made)
    return made


@pytest.fixture
def shot(shoot: Shoot) -> Prompt:
    """The one that failed."""
    return shoot.prompts.get(status=Prompt.Status.FAILED)


def confirm(browser: Client, failed: Prompt, **more: Any) -> Any:
    address = reverse("admin:studio_shoot_act", args=[failed.shoot_id, "retry-shot"])
    return browser.post(
        address, {"key": str(uuid4()), "reason": "too strict", "shot": failed.astria_id, **more}
    )


def test_its_page_says_what_it_costs_and_what_came_back(console: Client, shot: Prompt, settings: Any) -> None:
    settings.ASTRIA_MILLICENTS_PER_IMAGE = 5_000
    page = console.get(reverse("admin:studio_shoot_act", args=[shot.shoot_id, "retry-shot"]))

    said = page.content.decode()
    assert "costs the person nothing and the studio about $0.10" in said
    assert "Shot 4: NSFW (5 credits came back for it)" in said
    assert shot.shoot.tune.shoots.count() == 1


def test_the_shot_is_ordered_once_more_for_nothing(
    console: Client, owner: User, user: User, shot: Prompt
) -> None:
    confirm(console, shot)
    confirm(console, shot)

    [made] = retries_of(shot)
    user.account.refresh_from_db()
    assert (made.kind, made.price, made.status, made.expected_images) == ("more", 0, "queued", 2)
    assert (made.wish["prompt_id"], made.wish["text"]) == (shot.astria_id, "woman on a boat")
    assert user.account.balance == 100 - 18 + 5
    assert list(mismatches()) == []
    [entry] = AuditEntry.objects.all()
    assert (entry.actor, entry.action, entry.text) == (
        owner,
        "retry shot",
        f"shot {shot.astria_id}: too strict",
    )
    assert shot.shoot.events.filter(kind="staff", text__contains=str(made.pk)).exists()


def test_it_does_not_use_the_persons_own_free_shot(shot: Prompt) -> None:
    assert retry(shot).redo_of is None


def test_a_retry_that_brought_nothing_either_can_be_repeated(shot: Prompt) -> None:
    first = retry(shot)
    fail(first, "no")

    second = retry(shot)

    assert second.pk != first.pk
    assert retry(shot) == second


def test_after_it_brought_pictures_it_is_not_offered_any_more(console: Client, shot: Prompt) -> None:
    put(retry(shot), "ready")

    page = console.get(reverse("admin:studio_shoot_change", args=[shot.shoot_id])).content.decode()

    assert "Retry a shot" not in page


@pytest.mark.parametrize("why", ["it came", "no model"])
def test_what_has_not_failed_or_has_no_model_is_not_ordered(shot: Prompt, why: str) -> None:
    if why == "it came":
        Prompt.objects.filter(pk=shot.pk).update(status="ready", error="")
    else:
        Tune.objects.get(pk=shot.shoot.tune_id).mark_expired()

    with pytest.raises(OrderRefused):
        retry(shot)

    assert shot.shoot.tune.shoots.count() == 1


def test_a_shot_of_another_order_is_none(console: Client, shot: Prompt) -> None:
    other = PromptFactory.create(status="failed")

    answer = confirm(console, shot, shot=other.astria_id)

    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()


def test_while_the_order_goes_on_its_credits_are_said_to_come(
    console: Client, user: User, shoot: Shoot
) -> None:
    open_one = ShootFactory.create(account=user.account, tune=shoot.tune, trains=False, status="generating")
    PromptFactory.create(shoot=open_one, status="failed", error="NSFW")

    page = console.get(reverse("admin:studio_shoot_act", args=[open_one.pk, "retry-shot"]))

    assert "its credits come back when this order ends" in page.content.decode()


def test_of_an_order_that_failed_as_a_whole_all_came_back(console: Client, user: User, shoot: Shoot) -> None:
    failed = ShootFactory.create(account=user.account, tune=shoot.tune, trains=False, status="generating")
    PromptFactory.create(shoot=failed, status="failed", error="NSFW")
    give_up(failed)

    page = console.get(reverse("admin:studio_shoot_act", args=[failed.pk, "retry-shot"]))

    assert "all credits of this order came back" in page.content.decode()


def test_who_only_looks_orders_nothing(staff_with: Callable[..., Client], shot: Prompt) -> None:
    assert confirm(staff_with("studio.view_shoot"), shot).status_code == 403
    assert not retries_of(shot).exists()
