"""Who a request comes from: sessions and people are read anew each time, by SQL of our own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.backends import AccountBackend
from accounts.models import User
from accounts.sessions import SessionStore

pytestmark = pytest.mark.django_db

PAGE = "/shoots/"


def copy_of(browser: Client) -> Client:
    """Return another browser with the same cookies."""
    other = Client()
    other.cookies = browser.cookies.copy()
    return other


def test_who_signs_out_is_signed_out_at_once_with_copies_of_the_cookie_too(
    user: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(user)
    thief = copy_of(browser)
    assert thief.get(PAGE).status_code == 200

    browser.post("/accounts/logout/")

    assert thief.get(PAGE).status_code == 302


def test_a_session_past_its_end_is_nobody(user: User, client_for: Callable[[User], Client]) -> None:
    browser = client_for(user)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    assert browser.get(PAGE).status_code == 302


def test_the_key_of_a_session_that_never_was_is_forgotten() -> None:
    session = SessionStore("chosen-by-somebody-else")

    assert session.load() == {}
    assert session.session_key is None


def test_a_deactivated_person_is_signed_out_at_once(user: User, client_for: Callable[[User], Client]) -> None:
    browser = client_for(user)
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert browser.get(PAGE).status_code == 302


def test_a_changed_password_signs_other_browsers_out(
    user: User, client_for: Callable[[User], Client]
) -> None:
    browser = client_for(user)
    user.set_password("another horse battery")
    user.save(update_fields=["password"])

    assert browser.get(PAGE).status_code == 302


def test_everybody_sees_their_own_balance_as_it_is_now(
    user: User, other_user: User, client_for: Callable[[User], Client]
) -> None:
    browser, stranger = client_for(user), client_for(other_user)
    assert "100 credits" in browser.get(PAGE).content.decode()

    user.account.spend(99, key="something")

    assert "1 credit<" in browser.get(PAGE).content.decode()
    assert "100 credits" in stranger.get(PAGE).content.decode()


def test_the_person_of_a_request_is_the_person_of_the_database(
    user: User, client_for: Callable[[User], Client]
) -> None:
    found = AccountBackend().get_user(user.pk)

    assert found is not None
    for field in User._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(User.objects.get(pk=user.pk), field.attname)
    assert found.account.created_at == user.account.created_at


def test_nobody_is_found_under_a_number_without_person() -> None:
    assert AccountBackend().get_user(0) is None


def test_the_page_of_a_person_asks_the_database_twice_who_they_are(
    user: User, client_for: Callable[[User], Client], django_assert_num_queries: Callable[..., object]
) -> None:
    request = RequestFactory().get(PAGE)
    request.session = SessionStore(client_for(user).session.session_key)

    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        balance = get_user(request).credit_account.balance  # type: ignore[union-attr]

    assert balance == 100
