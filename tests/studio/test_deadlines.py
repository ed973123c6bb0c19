"""Each stage against the real sandbox with a day that passes in a moment: nothing waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User
from packs.models import Pack
from packs.sync import sync_packs
from studio.auditing import mismatches
from studio.delivery import deliver
from studio.mail import send_letter
from studio.models import Image, Letter, Prompt, Shoot, Tune
from studio.ordering import order_pack
from studio.training import advance
from tests.factories import PhotoSetFactory
from tests.sandbox.process import Sandbox

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

# A training takes 400 s of the sandbox's clock, then its prompts 40 s each: longer than a test.
NEVER = 0.01


@pytest.fixture
def clock() -> Iterator[Traveller]:
    """Our clock, which stands still until a test moves it; the sandbox's is its own."""
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def order(user: User, astria_at_sandbox: Sandbox, clock: Traveller, monkeypatch: pytest.MonkeyPatch) -> Shoot:
    """An order of eight shots with one picture each."""
    monkeypatch.setattr("packs.sync.copy_pictures", lambda pack: None)
    sync_packs()
    pack = Pack.objects.get(slug="black-and-white")
    pack.publish()
    return order_pack(PhotoSetFactory.create(account=user.account, photos=4), pack, number=0)


def let_pass(shoot: Shoot, clock: Traveller, *, hours: float) -> Shoot:
    """Do what is due, five minutes after five minutes, until the shoot ends or so many hours have passed."""
    until = timezone.now() + timedelta(hours=hours)
    while timezone.now() < until and not shoot.is_final:
        clock.shift(timedelta(minutes=5))
        if Shoot.objects.due(timezone.now()).exists():
            advance(shoot.pk)
        for image in Image.objects.due(timezone.now()):
            deliver(image.pk)
        shoot.refresh_from_db()
    return shoot


def all_is_over(shoot: Shoot, user: User) -> bool:
    """One mail, an exact ledger, nothing that is waited for."""
    [send_letter(letter.pk) for letter in [*Letter.objects.all(), *Letter.objects.all()]]
    user.account.refresh_from_db()
    waits = [
        Prompt.objects.filter(status=Prompt.Status.WAITING).exists(),
        Image.objects.filter(status=Image.Status.PENDING).exists(),
        Shoot.objects.active().exists(),
        Tune.objects.filter(status=Tune.Status.TRAINING).exists(),
    ]
    exact = user.account.balance == 100 - shoot.price + shoot.refunded
    return not any(waits) and exact and list(mismatches()) == [] and len(mail.outbox) == 1


def test_an_order_that_cannot_be_passed_on_is_given_back_after_a_day(
    order: Shoot, user: User, clock: Traveller, sandbox: Sandbox
) -> None:
    with sandbox.changed(faults={"429": 1.0}):
        before = let_pass(order, clock, hours=23.9).status
        let_pass(order, clock, hours=1)

    assert (before, order.status, order.refunded) == ("queued", Shoot.Status.FAILED, order.price)
    assert all_is_over(order, user)
    assert "The order could not be passed on for a whole day." in mail.outbox[0].body


def test_a_model_that_is_never_trained_ends_after_six_hours(
    order: Shoot, user: User, clock: Traveller, sandbox: Sandbox
) -> None:
    with sandbox.changed(speed=NEVER):
        advance(order.pk)
        before = let_pass(order, clock, hours=5.9).status
        let_pass(order, clock, hours=1)

    assert (before, order.status, order.refunded) == ("waiting", Shoot.Status.FAILED, order.price)
    assert all_is_over(order, user)
    assert "The model was not trained in time." in mail.outbox[0].body


def test_an_estimate_of_weeks_does_not_keep_anybody_waiting(
    order: Shoot, user: User, clock: Traveller, sandbox: Sandbox
) -> None:
    clock.shift(-timedelta(days=30))
    with sandbox.changed(speed=NEVER):
        advance(order.pk)
        let_pass(order, clock, hours=7)

    assert (order.status, order.refunded) == (Shoot.Status.FAILED, order.price)


def test_pictures_that_are_never_made_end_the_shoot_with_their_share_given_back(
    order: Shoot, user: User, clock: Traveller, sandbox: Sandbox
) -> None:
    with sandbox.changed(speed=NEVER):
        advance(order.pk)
        sandbox.advance(400 + 3.5 * 40)
        let_pass(order, clock, hours=12)

    pictures = order.images.stored().count()
    assert 0 < pictures < 8
    assert (order.status, order.error) == (Shoot.Status.PARTLY, "What is missing did not come in time.")
    assert order.refunded == order.share_of_price(8 - pictures)
    assert all_is_over(order, user)
    assert "What is missing did not come in time." in mail.outbox[0].body


def test_pictures_that_never_come_whole_end_the_shoot_with_everything_given_back(
    order: Shoot, user: User, clock: Traveller, sandbox: Sandbox
) -> None:
    with sandbox.changed(faults={"picture-truncated": 1.0}):
        advance(order.pk)
        sandbox.advance(60)
        let_pass(order, clock, hours=12)

    assert (order.status, order.refunded) == (Shoot.Status.FAILED, order.price)
    assert set(order.images.values_list("status", flat=True)) == {Image.Status.LOST}
    assert all_is_over(order, user)


def test_prompts_that_all_fail_at_astria_end_the_shoot_before_any_deadline(
    order: Shoot, user: User, clock: Traveller, sandbox: Sandbox
) -> None:
    # Its estimate is by the sandbox's clock, which tests before this one may have moved by hours.
    with sandbox.changed(faults={"prompt-fails": 1.0}):
        advance(order.pk)
        sandbox.advance(60)
        let_pass(order, clock, hours=5.9)

    assert (order.status, order.refunded) == (Shoot.Status.FAILED, order.price)
    assert order.error == "No picture could be made."
    assert all_is_over(order, user)
