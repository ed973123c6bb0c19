"""The mail at the end of a shoot, and the ones to staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from time_machine import Traveller

from accounts.models import CreditAccount, User
from studio.clock import queue_due
from studio.mail import alarm_staff, send_after_all, send_letter, write
from studio.models import Event, Letter, Shoot
from studio.ordering import cancel
from studio.settling import fail
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


def letter() -> Letter:
    return Letter.objects.get()


def test_the_person_is_told_once_what_happened_and_what_came_back(ended: Shoot, user: User) -> None:
    send_letter(letter().pk)
    send_letter(letter().pk)

    assert [it.to for it in mail.outbox] == [[user.email]]
    assert "The photos were too dark." in mail.outbox[0].body
    assert "18 credits came back" in mail.outbox[0].body
    assert Event.objects.filter(kind=Event.Kind.MAIL).count() == 1
    assert (letter().status, letter().sent_at) == (Letter.Status.SENT, NOON)


def test_a_turn_of_events_is_written_about_once(ended: Shoot) -> None:
    again = write(Letter.Kind.FAILED, key=f"shoot:{ended.pk}:end", about=ended)

    assert (again, Letter.objects.count()) == (False, 1)


def test_a_mail_whose_task_got_lost_is_due(noon: Traveller, ended: Shoot) -> None:
    OrmQ.objects.all().delete()
    noon.shift(timedelta(minutes=1))

    queue_due()

    task = OrmQ.objects.get().task
    assert (task["func"], task["args"]) == (send_letter, (letter().pk,))


def test_the_message_id_follows_from_the_turn_of_events(ended: Shoot) -> None:
    send_letter(letter().pk)

    name = uuid5(NAMESPACE_URL, f"shoot:{ended.pk}:end").hex
    assert mail.outbox[0].extra_headers == {"Message-ID": f"<{name}@127.0.0.1>"}


def test_a_mail_that_cannot_leave_is_sent_later(
    noon: Traveller, ended: Shoot, no_mail_leaves: Callable[[], None]
) -> None:
    send_letter(letter().pk)
    due_at = letter().next_check_at
    no_mail_leaves()

    send_letter(letter().pk)

    assert due_at == NOON + timedelta(minutes=5)
    assert len(mail.outbox) == 1


def test_a_mail_that_cannot_be_written_out_is_tried_again(
    ended: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.mail.render_to_string", mock.Mock(side_effect=KeyError("name")))

    with pytest.raises(KeyError):
        send_letter(letter().pk)

    assert (letter().status, letter().error) == (Letter.Status.WAITING, "KeyError")


def test_a_mail_that_could_not_leave_for_a_day_is_given_up(
    noon: Traveller, ended: Shoot, no_mail_leaves: Callable[[], None]
) -> None:
    noon.shift(timedelta(hours=24, seconds=1))

    send_letter(letter().pk)

    assert letter().status == Letter.Status.DROPPED
    text = "mail failed: not sent (could not be sent for a day: ConnectionRefusedError)"
    assert Event.objects.get(kind=Event.Kind.TROUBLE).text == text


@pytest.mark.parametrize(
    ("minutes", "status"),
    [(4, Letter.Status.SENDING), (5, Letter.Status.UNKNOWN), (60, Letter.Status.UNKNOWN)],
)
def test_a_mail_whose_worker_died_is_not_sent_twice_and_staff_see_it(
    noon: Traveller, ended: Shoot, minutes: int, status: str
) -> None:
    letter().claim(next_check_at=NOON + timedelta(minutes=5))
    noon.shift(timedelta(minutes=minutes))

    send_letter(letter().pk)
    send_letter(letter().pk)

    assert letter().status == status
    assert Event.objects.filter(kind=Event.Kind.TROUBLE).count() == (status == Letter.Status.UNKNOWN)
    assert mail.outbox == []


def test_a_worker_that_was_only_slow_has_the_last_word(ended: Shoot) -> None:
    slow = letter()
    slow.claim(next_check_at=NOON)
    letter().mark_unknown("the worker died")

    slow.mark_sent()

    assert letter().status == Letter.Status.SENT


@pytest.mark.pages
def test_staff_have_a_mail_sent_that_may_not_have_arrived(ended: Shoot, staff: User) -> None:
    letter().claim(next_check_at=NOON)
    letter().mark_unknown("the worker died")
    staff.is_superuser = True
    staff.save()
    client = Client()
    client.force_login(staff)

    form = {"action": "send_again", "_selected_action": str(letter().pk)}
    client.post(reverse("admin:studio_letter_changelist"), form)
    send_letter(letter().pk)
    client.post(reverse("admin:studio_letter_changelist"), form)

    assert (len(mail.outbox), letter().status) == (1, Letter.Status.SENT)
    assert Event.objects.get(kind=Event.Kind.STAFF).shoot == ended


def test_asked_by_two_of_staff_at_once_it_is_sent_once(ended: Shoot) -> None:
    letter().claim(next_check_at=NOON)
    letter().mark_unknown("the worker died")
    mine, theirs = letter(), letter()

    send_after_all(mine)
    letter().claim(next_check_at=NOON)
    send_after_all(theirs)

    assert letter().status == Letter.Status.SENDING


def test_a_title_of_several_lines_makes_a_subject_of_one(user: User) -> None:
    fail(ShootFactory.create(account=user.account, title="Sea &\r\nSand"), "No face.")

    send_letter(letter().pk)

    assert mail.outbox[0].subject == "Your pictures could not be made: Sea & Sand"


def test_what_the_person_cancelled_is_not_written_about(order: Shoot) -> None:
    cancel(order)

    assert not Letter.objects.exists()


def test_a_shoot_of_nobody_is_written_about_to_nobody(ended: Shoot, user: User) -> None:
    user.credit_account = CreditAccount.objects.create()
    user.save()

    send_letter(letter().pk)

    assert mail.outbox == []
    assert letter().status == Letter.Status.DROPPED


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (Letter.Kind.READY, "Your pictures are ready: Corporate"),
        (Letter.Kind.PARTLY, "Some of your pictures are ready: Corporate"),
    ],
)
def test_each_end_has_its_own_words_and_leads_to_the_shoot(
    user: User, kind: Letter.Kind, subject: str
) -> None:
    shoot = ShootFactory.create(account=user.account)
    write(kind, key="end", about=shoot)

    send_letter(letter().pk)

    assert mail.outbox[0].subject == subject
    assert f"http://127.0.0.1:8000/shoots/{shoot.pk}/" in mail.outbox[0].body


def test_only_active_staff_are_alarmed(staff: User, user: User) -> None:
    UserFactory.create(is_staff=True, is_active=False)

    alarm_staff("Something", "is wrong")

    assert [letter.to for letter in mail.outbox] == [[staff.email]]


def test_an_alarm_that_cannot_leave_stops_nothing(staff: User, no_mail_leaves: Callable[[], None]) -> None:
    alarm_staff("Something", "is wrong")

    assert mail.outbox == []
