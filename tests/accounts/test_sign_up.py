"""From the sign-up form to an account with credits, through allauth's own views."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.welcome import grant_free_credits

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def sign_up(client: Client, email: str = "zoe@example.com") -> str:
    """Send the form and return the code that was mailed."""
    client.post("/accounts/signup/", {"email": email, "password1": PASSWORD})
    found = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", mail.outbox[-1].body, re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[1]


def test_the_code_is_mailed_to_the_address_that_was_typed(client: Client) -> None:
    sign_up(client, "Zoe@Example.com")

    assert mail.outbox[0].to == ["zoe@example.com"]
    assert not mail.outbox[0].body.count("http")


def test_the_code_verifies_signs_in_and_brings_the_free_credits(client: Client) -> None:
    code = sign_up(client)

    answer = client.post("/accounts/confirm-email/", {"code": code})

    user = User.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/shoots/")
    assert user.account.balance == 40
    assert client.session["_auth_user_id"] == str(user.pk)


def test_before_the_code_nobody_is_signed_in_and_nothing_is_given(client: Client) -> None:
    sign_up(client)

    assert client.get("/shoots/").status_code == 302
    assert User.objects.get().account.balance == 0


def test_a_wrong_code_verifies_nothing(client: Client) -> None:
    sign_up(client)

    answer = client.post("/accounts/confirm-email/", {"code": "WRONG1"})

    assert answer.status_code == 200
    assert not User.objects.get().emailaddress_set.get().verified
    assert User.objects.get().account.balance == 0


def test_free_credits_are_given_once_however_often_it_is_asked(user: User) -> None:
    first, second = grant_free_credits(user), grant_free_credits(user)

    user.account.refresh_from_db()
    assert (first, second) == (True, False)
    assert user.account.balance == 140


def test_a_second_address_brings_no_second_gift(client: Client) -> None:
    client.post("/accounts/confirm-email/", {"code": sign_up(client)})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    client.post("/accounts/email/", {"action_add": "", "email": "other@example.com"})
    found = re.search(r"^\s*([A-Z0-9]{3,}(?:-[A-Z0-9]{3,})*)\s*$", mail.outbox[-1].body, re.MULTILINE)
    client.post("/accounts/confirm-email/", {"code": found[1] if found else ""})

    user = User.objects.get()
    assert user.emailaddress_set.filter(verified=True).count() == 2
    assert user.account.balance == 40


def test_the_number_of_free_credits_can_be_set(client: Client, settings: object) -> None:
    settings.FREE_CREDITS = 7  # type: ignore[attr-defined]

    client.post("/accounts/confirm-email/", {"code": sign_up(client)})

    assert User.objects.get().account.balance == 7


def test_without_free_credits_no_line_is_written(client: Client, settings: object) -> None:
    settings.FREE_CREDITS = 0  # type: ignore[attr-defined]

    client.post("/accounts/confirm-email/", {"code": sign_up(client)})

    assert not User.objects.get().account.entries.exists()


def test_an_address_that_has_an_account_gets_a_mail_and_no_second_account(client: Client, user: User) -> None:
    answer = client.post("/accounts/signup/", {"email": user.email.upper(), "password1": PASSWORD})

    assert answer.status_code == 302
    assert mail.outbox[0].to == [user.email]
    assert User.objects.count() == 1


def test_a_weak_password_is_named_and_the_address_stays_in_its_field(client: Client) -> None:
    answer = client.post("/accounts/signup/", {"email": "zoe@example.com", "password1": "password"})

    assert "too common" in answer.content.decode()
    assert 'value="zoe@example.com"' in answer.content.decode()
    assert not User.objects.exists()


def test_the_page_for_the_code_says_once_where_it_was_sent(client: Client) -> None:
    sign_up(client)

    assert client.get("/accounts/confirm-email/").content.decode().count("zoe@example.com") == 1


def test_the_rules_for_a_password_are_said_in_one_line(client: Client) -> None:
    page = client.get("/accounts/signup/").content.decode()

    assert "At least 8 characters. Not a common password, and not like your address." in page


@pytest.mark.parametrize("password", ["x7!kq", "password123", "zoe@example.com"])
def test_a_password_against_the_rules_makes_no_account(client: Client, password: str) -> None:
    answer = client.post("/accounts/signup/", {"email": "zoe@example.com", "password1": password})

    assert "errorlist" in answer.content.decode()
    assert not User.objects.exists()
