"""The mail at the end of a shoot, and the ones to staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from time_machine import Traveller

from accounts.models import CreditAccount, User
from studio.mail import alarm_staff, send_end_mail
from studio.models import Event, Shoot
from studio.settling import fail
from studio.training import advance
from tests.factories import ShootFactory, UserFactory
from tests.studio.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def ended(noon: Traveller, user: User) -> Shoot:
    """A shoot that failed at noon; its mail is to be written."""
    shoot: Shoot = ShootFactory.create(account=user.account)
    fail(shoot, "The photos were too dark.")
    return shoot


@pytest.fixture
def no_mail_leaves(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Break the mail server; call to mend it."""

    def refuse(*_args: Any, **_options: Any) -> None:
        raise ConnectionRefusedError("mail server")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    return monkeypatch.undo


def test_the_person_is_told_once_what_happened_and_what_came_back(ended: Shoot, user: User) -> None:
    send_end_mail(ended.pk)
    send_end_mail(ended.pk)

    assert [letter.to for letter in mail.outbox] == [[user.email]]
    assert "The photos were too dark." in mail.outbox[0].body
    assert "18 credits came back" in mail.outbox[0].body
    assert Event.objects.filter(kind=Event.Kind.MAIL).count() == 1


def test_an_ended_shoot_stays_due_until_the_person_was_written_to(ended: Shoot) -> None:
    due_at = Shoot.objects.get().next_check_at

    advance(ended.pk)
    advance(ended.pk)

    assert due_at == NOON + timedelta(minutes=1)
    assert Shoot.objects.get().next_check_at is None
    assert len(mail.outbox) == 1


def test_a_mail_that_cannot_leave_is_sent_later(
    noon: Traveller, ended: Shoot, no_mail_leaves: Callable[[], None]
) -> None:
    with pytest.raises(ConnectionRefusedError):
        send_end_mail(ended.pk)
    due_at = Shoot.objects.get().next_check_at
    no_mail_leaves()

    advance(ended.pk)

    assert due_at == NOON + timedelta(minutes=5)
    assert len(mail.outbox) == 1


def test_a_mail_that_could_not_leave_for_a_day_is_given_up(
    noon: Traveller, ended: Shoot, no_mail_leaves: Callable[[], None]
) -> None:
    noon.shift(timedelta(hours=24, seconds=1))

    with pytest.raises(ConnectionRefusedError):
        send_end_mail(ended.pk)

    assert Shoot.objects.get().next_check_at is None
    assert Event.objects.get(kind=Event.Kind.TROUBLE).text == "mail: could not be sent for a day"


def test_what_the_person_cancelled_is_not_written_about(user: User) -> None:
    shoot = ShootFactory.create(account=user.account, status=Shoot.Status.QUEUED)
    shoot.cancel()

    send_end_mail(shoot.pk)
    advance(shoot.pk)

    assert mail.outbox == []


@pytest.mark.parametrize("status", [Shoot.Status.WAITING, Shoot.Status.GENERATING])
def test_a_shoot_that_goes_on_is_not_written_about(user: User, status: str) -> None:
    shoot = ShootFactory.create(account=user.account, status=status)

    send_end_mail(shoot.pk)

    assert mail.outbox == []


def test_a_shoot_of_nobody_is_written_about_to_nobody(ended: Shoot, user: User) -> None:
    user.credit_account = CreditAccount.objects.create()
    user.save()

    send_end_mail(ended.pk)

    assert mail.outbox == []
    assert Shoot.objects.get().next_check_at is None


@pytest.mark.parametrize(
    ("status", "subject"),
    [
        (Shoot.Status.READY, "Your pictures are ready: Corporate"),
        (Shoot.Status.PARTLY, "Some of your pictures are ready: Corporate"),
    ],
)
def test_each_end_has_its_own_words_and_leads_to_the_shoot(user: User, status: str, subject: str) -> None:
    shoot = ShootFactory.create(account=user.account)
    shoot.finish(status, mail_by=timezone.now())

    send_end_mail(shoot.pk)

    assert mail.outbox[0].subject == subject
    assert f"http://127.0.0.1:8000/shoots/{shoot.pk}/" in mail.outbox[0].body


def test_only_active_staff_are_alarmed(staff: User, user: User) -> None:
    UserFactory.create(is_staff=True, is_active=False)

    alarm_staff("Something", "is wrong")

    assert [letter.to for letter in mail.outbox] == [[staff.email]]


def test_an_alarm_that_cannot_leave_stops_nothing(staff: User, no_mail_leaves: Callable[[], None]) -> None:
    alarm_staff("Something", "is wrong")

    assert mail.outbox == []
