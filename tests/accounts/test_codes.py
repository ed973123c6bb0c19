"""Codes by mail: right, wrong, too late, used twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client
from django.utils import timezone
from time_machine import Traveller

from accounts.models import User

pytestmark = pytest.mark.django_db

CONFIRM = "/accounts/login/code/confirm/"


def is_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)  # type: ignore[arg-type]


def ask(client: Client, email: str) -> str:
    """Ask for a code and return it."""
    client.post("/accounts/login/code/", {"email": email})
    return str(mail.outbox[-1].body.split("\n\n")[1].strip())


def mailed_link() -> str:
    """Return the path of the link to a new password."""
    found = next(part for part in mail.outbox[-1].body.split() if "/key/" in part)
    return str(found.removeprefix("http://testserver"))


def test_the_code_signs_in_without_a_password(client: Client, user: User) -> None:
    answer = client.post(CONFIRM, {"code": ask(client, user.email)})

    assert answer["Location"] == "/shoots/"
    assert is_in(client)


def test_the_code_is_taken_in_small_letters_and_without_its_dash(client: Client, user: User) -> None:
    client.post(CONFIRM, {"code": ask(client, user.email).replace("-", "").lower()})

    assert is_in(client)


def test_three_wrong_codes_end_it(client: Client, user: User) -> None:
    code = ask(client, user.email)
    for number in range(3):
        client.post(CONFIRM, {"code": f"WRO-NG{number}"})

    client.post(CONFIRM, {"code": code})

    assert not is_in(client)


def test_an_expired_code_leads_back_to_the_beginning(
    client: Client, user: User, time_machine: Traveller
) -> None:
    code = ask(client, user.email)
    time_machine.move_to(timezone.now() + timedelta(minutes=16))

    answer = client.post(CONFIRM, {"code": code})

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert not is_in(client)


def test_an_expired_code_of_a_sign_up_verifies_nothing(client: Client, time_machine: Traveller) -> None:
    client.post("/accounts/signup/", {"email": "zoe@example.com", "password1": "correct horse battery"})
    code = mail.outbox[-1].body.split("\n\n")[1].strip()
    time_machine.move_to(timezone.now() + timedelta(minutes=16))

    answer = client.post("/accounts/confirm-email/", {"code": code})

    assert answer.status_code == 302
    assert not User.objects.get().emailaddress_set.get().verified


@pytest.mark.pages
def test_a_code_works_only_in_the_browser_that_asked(user: User) -> None:
    asked, other = Client(), Client()

    other.post(CONFIRM, {"code": ask(asked, user.email)})

    assert not is_in(other)


def test_another_code_can_be_sent_and_the_first_no_longer_works(client: Client, user: User) -> None:
    first = ask(client, user.email)
    client.post(CONFIRM, {"action": "resend"})
    second = mail.outbox[-1].body.split("\n\n")[1].strip()

    client.post(CONFIRM, {"code": first})
    assert not is_in(client)
    client.post(CONFIRM, {"code": second})

    assert is_in(client)


def test_somebody_switched_off_is_told_so_and_not_let_in(client: Client, user: User) -> None:
    code = ask(client, user.email)
    User.objects.update(is_active=False)

    client.post(CONFIRM, {"code": code})

    assert not is_in(client)


def test_the_link_to_a_new_password_of_an_account_that_is_gone_changes_nothing(
    client: Client, user: User
) -> None:
    client.post("/accounts/password/reset/", {"email": user.email})
    link = mailed_link()
    user.emailaddress_set.all().delete()
    user.delete()

    page = client.get(link, follow=True).content.decode()

    assert "This link no longer works" in page
    assert "Nothing was changed" in page


def test_the_link_to_a_new_password_lets_nobody_in_who_is_switched_off(client: Client, user: User) -> None:
    client.post("/accounts/password/reset/", {"email": user.email})
    link = mailed_link()
    User.objects.update(is_active=False)

    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "new battery staple", "password2": "new battery staple"})
    answer = client.post(
        "/accounts/login/", {"login": user.email, "password": "new battery staple"}, follow=True
    )

    assert "This account is switched off" in answer.content.decode()
    assert not is_in(client)
