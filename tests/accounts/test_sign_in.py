"""Signing in and out, and a forgotten password."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user
from django.core import mail
from django.db import IntegrityError
from django.test import Client

from accounts.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


def sign_in(client: Client, login: str, password: str = PASSWORD) -> object:
    return client.post("/accounts/login/", {"login": login, "password": password})


@pytest.mark.parametrize("login", ["anna@example.com", "Anna@Example.com", "ANNA@EXAMPLE.COM"])
def test_the_address_signs_in_whatever_its_case(client: Client, login: str) -> None:
    user = UserFactory.create(email="anna@example.com")

    sign_in(client, login)

    assert get_user(client) == user  # type: ignore[arg-type]


def test_two_addresses_that_differ_in_case_are_one_account(user: User) -> None:
    with pytest.raises(IntegrityError):
        User.objects.create_user(user.email.upper())


def test_a_wrong_password_signs_nobody_in_and_keeps_the_address(client: Client, user: User) -> None:
    answer = client.post("/accounts/login/", {"login": user.email, "password": "wrong"})

    assert f'value="{user.email}"' in answer.content.decode()
    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_somebody_switched_off_cannot_sign_in(client: Client, user: User) -> None:
    User.objects.update(is_active=False)

    sign_in(client, user.email)

    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_somebody_switched_off_is_signed_out_at_once(client: Client, user: User) -> None:
    client.force_login(user)

    User.objects.update(is_active=False)

    assert client.get("/shoots/").status_code == 302


def test_an_unverified_address_is_sent_a_code_instead(client: Client, user: User) -> None:
    user.emailaddress_set.update(verified=False)

    sign_in(client, user.email)

    assert get_user(client).is_anonymous  # type: ignore[arg-type]
    assert mail.outbox[0].to == [user.email]


def test_signing_in_goes_on_to_the_page_that_was_asked_for(client: Client, user: User) -> None:
    answer = client.post("/accounts/login/?next=/gallery/", {"login": user.email, "password": PASSWORD})

    assert answer["Location"] == "/gallery/"


def test_signing_in_never_leads_to_another_site(client: Client, user: User) -> None:
    answer = client.post(
        "/accounts/login/?next=https://evil.example", {"login": user.email, "password": PASSWORD}
    )

    assert answer["Location"] == "/shoots/"


def test_signing_out_needs_a_post_and_ends_the_session(client: Client, user: User) -> None:
    client.force_login(user)

    client.get("/accounts/logout/")
    assert get_user(client) == user  # type: ignore[arg-type]
    answer = client.post("/accounts/logout/")

    assert answer["Location"] == "/"
    assert get_user(client).is_anonymous  # type: ignore[arg-type]


def test_a_forgotten_password_is_set_anew_through_the_mailed_address(client: Client, user: User) -> None:
    client.post("/accounts/password/reset/", {"email": user.email})
    found = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", mail.outbox[0].body)
    assert found

    form = client.get(found[1], follow=True)
    client.post(
        form.redirect_chain[-1][0], {"password1": "new battery staple", "password2": "new battery staple"}
    )

    sign_in(client, user.email, "new battery staple")
    assert get_user(client) == user  # type: ignore[arg-type]


def test_an_unknown_address_is_answered_like_a_known_one(client: Client, user: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": user.email})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_guessing_passwords_is_slowed_down(client: Client, user: User) -> None:
    answers = [sign_in(client, user.email, f"wrong {number}") for number in range(6)]

    assert "too many" in answers[-1].content.decode().lower()  # type: ignore[attr-defined]
    sign_in(client, user.email)
    assert get_user(client).is_anonymous  # type: ignore[arg-type]
