"""What staff do to an order is said before, done by the tasks' own verbs, and written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from accounts.models import AuditEntry, User
from studio.console.shoot_acts import ACTS, astrias_page
from studio.models import Callback, Extension, Image, Shoot
from tests.factories import ImageFactory, PromptFactory, ShootFactory, TrainedTuneFactory, TuneFactory

pytestmark = pytest.mark.django_db

NAMES = [one.name for one in ACTS]


@pytest.fixture
def shoot(user: User) -> Shoot:
    made: Shoot = ShootFactory.create(account=user.account)
    user.account.spend(made.price, key=f"shoot:{made.pk}")
    return made


def act(browser: Client, shoot: Shoot, name: str, **more: Any) -> Any:
    """Confirm an act, as its page does."""
    address = reverse("admin:studio_shoot_act", args=[shoot.pk, name])
    return browser.post(address, {"key": str(uuid4()), "reason": "they asked", **more})


def page_of(browser: Client, shoot: Shoot) -> str:
    return browser.get(reverse("admin:studio_shoot_change", args=[shoot.pk])).content.decode()


def test_the_page_of_a_shoot_offers_what_can_be_done_now(console: Client, shoot: Shoot) -> None:
    page = page_of(console, shoot)

    assert ">Check now<" in page and ">End and refund<" in page
    assert ">Fetch again<" not in page and ">Extend the model<" not in page


def test_before_it_is_done_its_page_says_what_will_happen(console: Client, shoot: Shoot) -> None:
    ImageFactory.create(shoot=shoot)

    page = console.get(reverse("admin:studio_shoot_act", args=[shoot.pk, "give-up"])).content.decode()

    shoot.refresh_from_db()
    assert "1 of 8 pictures are here" in page
    assert not shoot.is_final


def test_check_now_queues_what_is_due(console: Client, shoot: Shoot) -> None:
    act(console, shoot, "check-now")

    assert OrmQ.objects.count() == 1


def test_replay_has_the_clock_take_callbacks_in_once_more(console: Client, shoot: Shoot) -> None:
    callback = Callback.objects.create(shoot=shoot, body="{}")
    callback.mark_processed()

    act(console, shoot, "replay-callbacks")

    callback.refresh_from_db()
    assert callback.processed_at is None


def test_fetch_again_brings_back_what_was_given_up(console: Client, shoot: Shoot) -> None:
    prompt = PromptFactory.create(shoot=shoot)
    image = ImageFactory.create(shoot=shoot, prompt=prompt, status="lost", error="404")

    act(console, shoot, "fetch-again")

    image.refresh_from_db()
    assert image.status == Image.Status.PENDING


def test_ending_an_order_gives_back_what_has_not_come(console: Client, shoot: Shoot, user: User) -> None:
    ImageFactory.create(shoot=shoot)

    act(console, shoot, "give-up")
    act(console, shoot, "give-up")

    shoot.refresh_from_db()
    user.account.refresh_from_db()
    assert (shoot.status, shoot.refunded, user.account.balance) == ("partly", 16, 98)


@pytest.mark.parametrize("status", ["queued", "unconfirmed", "waiting"])
def test_an_order_of_which_nothing_came_is_given_back_whole(console: Client, user: User, status: str) -> None:
    tune = TuneFactory.create(account=user.account, status="queued" if status == "queued" else "training")
    shoot = ShootFactory.create(account=user.account, tune=tune, status=status)

    act(console, shoot, "give-up")

    shoot.refresh_from_db()
    assert (shoot.status, shoot.refunded) == ("failed", 18)


def test_a_model_is_extended_at_no_cost_to_the_person(console: Client, user: User) -> None:
    tune = TrainedTuneFactory.create(account=user.account)
    shoot = ShootFactory.create(account=user.account, tune=tune, status="ready")

    act(console, shoot, "keep-model")

    user.account.refresh_from_db()
    assert (Extension.objects.get().price, user.account.balance) == (0, 100)


def test_credits_are_given_once_however_often_the_page_is_sent(
    console: Client, shoot: Shoot, user: User
) -> None:
    key = str(uuid4())
    act(console, shoot, "give-credits", amount="7", key=key)
    act(console, shoot, "give-credits", amount="7", key=key)

    user.account.refresh_from_db()
    assert user.account.balance == 89


@pytest.mark.parametrize("amount", ["0", "-5", "10001", "x", ""])
def test_only_a_sensible_number_of_credits_is_given(
    console: Client, shoot: Shoot, user: User, amount: str
) -> None:
    answer = act(console, shoot, "give-credits", amount=amount)

    user.account.refresh_from_db()
    assert answer.status_code == 200  # the form again, with what is wrong
    assert user.account.balance == 82


@pytest.mark.parametrize("name", NAMES)
def test_without_a_reason_nothing_is_done(console: Client, shoot: Shoot, name: str) -> None:
    answer = act(console, shoot, name, reason="", amount="5")

    assert answer.status_code == 200
    assert not AuditEntry.objects.exists()


def test_who_did_it_and_why_is_in_the_audit_log(console: Client, owner: User, shoot: Shoot) -> None:
    act(console, shoot, "check-now")

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.about_id, entry.text) == (
        owner,
        "check now",
        str(shoot.pk),
        "they asked",
    )


def test_an_act_that_has_become_impossible_says_so_and_is_not_written_down(
    console: Client, user: User
) -> None:
    shoot = ShootFactory.create(account=user.account, status="ready")

    answer = act(console, shoot, "give-up")

    assert answer.status_code == 302
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_staff_who_may_only_look_do_nothing(
    staff_with: Callable[..., Client], shoot: Shoot, name: str
) -> None:
    viewer = staff_with("studio.view_shoot")

    answer = act(viewer, shoot, name, amount="5")

    assert answer.status_code == 403
    assert ">Check now<" not in page_of(viewer, shoot)


@pytest.mark.parametrize("name", NAMES)
def test_people_and_strangers_are_sent_to_sign_in(signed_in: Client, shoot: Shoot, name: str) -> None:
    assert [act(signed_in, shoot, name).status_code, act(Client(), shoot, name).status_code] == [302, 302]


def test_what_is_no_act_or_no_shoot_is_not_found(console: Client, shoot: Shoot) -> None:
    nobodys = [reverse("admin:studio_shoot_act", args=[pk, "check-now"]) for pk in (uuid4(), "x")]

    assert act(console, shoot, "explode").status_code == 404
    assert [console.get(address).status_code for address in nobodys] == [404, 404]


def test_a_model_that_is_at_astria_can_be_opened_there(settings: Any) -> None:
    settings.ASTRIA_BASE_URL = "https://api.astria.ai"

    assert astrias_page(TuneFactory.build(astria_id=7, account=None, photo_set=None)) == (
        "https://www.astria.ai/tunes/7"
    )
    assert astrias_page(TuneFactory.build(astria_id=None, account=None, photo_set=None)) == ""
