"""Nobody learns here whether an address has an account: not by words, not by mail, not by time.

Time is what the work takes: hashing a password is by far the most of it, sending a mail the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

UNKNOWN = "nobody@example.com"
Answer = tuple[int, str, int, int]


class CountingHasher(MD5PasswordHasher):
    """Counts how often it was made to work."""

    work = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).work += 1
        return super().encode(password, salt)


@pytest.fixture
def ask(settings: Any) -> Callable[[str, dict[str, str]], Answer]:
    """Send a form from a new browser: status, where to, hashes made, mails sent."""
    settings.PASSWORD_HASHERS = ["tests.accounts.test_known_addresses.CountingHasher"]

    def send(path: str, form: dict[str, str]) -> Answer:
        work, sent = CountingHasher.work, len(mail.outbox)
        answer = Client().post(path, form)
        where = answer.headers.get("Location", "")
        return answer.status_code, where, CountingHasher.work - work, len(mail.outbox) - sent

    return send


@pytest.fixture
def known(user: User, ask: Any) -> str:
    """The address of somebody whose password the counting hasher made."""
    user.set_password("correct horse battery")
    user.save(update_fields=["password"])
    return user.email


def test_signing_up(known: str, ask: Any) -> None:
    path, form = "/accounts/signup/", {"password1": "correct horse battery"}

    assert ask(path, {"email": known, **form}) == ask(path, {"email": UNKNOWN, **form})


def test_signing_in_with_a_wrong_password(known: str, ask: Any) -> None:
    path, form = "/accounts/login/", {"password": "wrong"}

    assert ask(path, {"login": known, **form}) == ask(path, {"login": UNKNOWN, **form})


def test_asking_for_a_code(known: str, ask: Any) -> None:
    assert ask("/accounts/login/code/", {"email": known}) == ask("/accounts/login/code/", {"email": UNKNOWN})


def test_asking_for_a_new_password(known: str, ask: Any) -> None:
    path = "/accounts/password/reset/"

    assert ask(path, {"email": known}) == ask(path, {"email": UNKNOWN})


def test_the_words_are_the_same(user: User) -> None:
    known, unknown = Client(), Client()

    pages = [
        it.post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode().replace(email, "")
        for it, email in ((known, user.email), (unknown, UNKNOWN))
    ]

    assert "are not correct" in pages[0]
    assert _without_tokens(pages[0]) == _without_tokens(pages[1])


def test_the_page_for_the_code_of_an_unknown_address_looks_like_any_other(user: User) -> None:
    pages = []
    for email in (user.email, UNKNOWN):
        client = Client()
        client.post("/accounts/login/code/", {"email": email})
        pages.append(client.get("/accounts/login/code/confirm/").content.decode().replace(email, ""))

    assert _without_tokens(pages[0]) == _without_tokens(pages[1])


def test_a_wrong_code_is_answered_alike(user: User) -> None:
    answers = []
    for email in (user.email, UNKNOWN):
        client = Client()
        client.post("/accounts/login/code/", {"email": email})
        answers.append(client.post("/accounts/login/code/confirm/", {"code": "WRO-NG1"}).status_code)

    assert answers[0] == answers[1]


def _without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line.lower()]
