"""Which mails a person wants, and the link that ends them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.mails import unsubscribe_url
from accounts.models import User
from studio.mail import send_letter, write
from studio.models import Letter, Shoot
from tests.factories import ShootFactory, TrainedTuneFactory

pytestmark = pytest.mark.django_db


def path(user: User, kind: str = "mails_ready") -> str:
    return unsubscribe_url(user, kind).removeprefix("http://127.0.0.1:8000")


def wanted(user: User) -> tuple[bool, bool]:
    user.refresh_from_db()
    return user.mails_ready, user.mails_reminders


def sent(kind: Letter.Kind, about: Any) -> list[Any]:
    write(kind, key=f"{kind}:{about.pk}", about=about)
    send_letter(Letter.objects.latest("pk").pk)
    return list(mail.outbox)


def test_the_page_saves_what_is_chosen(user: User, client_for: Any) -> None:
    client = client_for(user)

    answer = client.post("/account/notifications/", {"mails_reminders": "on"})

    assert answer["Location"] == "/account/notifications/"
    assert wanted(user) == (False, True)


def test_saving_mails_changes_nothing_else(user: User, client_for: Any) -> None:
    client = client_for(user)
    user.account.spend(99, key="meanwhile")

    client.post("/account/notifications/", {"is_staff": "on", "email": "x@example.com"})

    fresh = User.objects.get(pk=user.pk)
    assert (fresh.is_staff, fresh.email, fresh.account.balance) == (False, user.email, 1)


def test_a_ready_mail_can_be_ended_by_its_link_without_signing_in(user: User, client: Client) -> None:
    shoot: Shoot = ShootFactory.create(account=user.account, status=Shoot.Status.READY)
    [message] = sent(Letter.Kind.READY, shoot)

    link = message.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    answer = client.post(link, {"List-Unsubscribe": "One-Click"})

    assert (link in message.body, link in message.alternatives[0][0]) == (True, True)
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert wanted(user) == (False, True)


def test_looking_at_the_link_ends_nothing(user: User, client: Client) -> None:
    assert "Shall we stop?" in client.get(path(user)).content.decode()
    assert wanted(user) == (True, True)


@pytest.mark.pages
def test_no_mail_program_needs_a_token_of_ours(user: User) -> None:
    Client(enforce_csrf_checks=True).post(path(user, "mails_reminders"))

    assert wanted(user) == (True, False)


def test_what_is_not_wanted_is_not_sent_and_the_timeline_says_so(user: User) -> None:
    User.objects.filter(pk=user.pk).update(mails_ready=False)

    assert sent(Letter.Kind.READY, ShootFactory.create(account=user.account, status=Shoot.Status.READY)) == []
    assert (Letter.objects.get().status, Letter.objects.get().error) == ("dropped", "not wanted")


def test_reminders_of_a_models_end_can_be_ended(user: User) -> None:
    User.objects.filter(pk=user.pk).update(mails_reminders=False)
    tune = TrainedTuneFactory.create(account=user.account, expires_at=timezone.now() + timedelta(days=7))

    assert sent(Letter.Kind.ENDS_IN_A_WEEK, tune) == []


def test_mails_about_trouble_and_money_always_come(user: User) -> None:
    User.objects.filter(pk=user.pk).update(mails_ready=False, mails_reminders=False)

    [message] = sent(
        Letter.Kind.FAILED, ShootFactory.create(account=user.account, status=Shoot.Status.FAILED)
    )

    assert "List-Unsubscribe" not in message.extra_headers


@pytest.mark.parametrize("token", ["none", "WzEsIm1haWxzX3JlYWR5Il0:1tampered:x", "a" * 300])
def test_a_link_that_we_did_not_make_is_not_found(client: Client, token: str) -> None:
    assert client.post(f"/mails/{token}/end/").status_code == 404


def test_a_link_names_no_other_setting(user: User, client: Client) -> None:
    assert client.post(path(user, "is_active")).status_code == 404
    assert User.objects.get(pk=user.pk).is_active


def test_the_link_of_an_account_that_is_gone_says_so(user: User, client: Client) -> None:
    link = path(user)
    user.emailaddress_set.all().delete()
    user.delete()

    answers = [client.get(link), client.post(link)]

    assert [it.status_code for it in answers] == [410, 410]
    assert "This account is gone" in answers[1].content.decode()
