"""The page of a person: found by address, with orders and ledger, and what staff do for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from studio.console.people_acts import ACTS
from studio.models import Erasure
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db
NAMES = [one.name for one in ACTS]


def act(browser: Client, user: User, name: str, **more: Any) -> Any:
    address = reverse("admin:accounts_user_act", args=[user.pk, name])
    return browser.post(address, {"key": str(uuid4()), "reason": "they asked", **more})


def page_of(browser: Client, user: User) -> str:
    return browser.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()


@pytest.mark.parametrize("by", ["email", "account"])
def test_a_person_is_found_by_address_and_by_the_id_of_their_account(
    console: Client, user: User, other_user: User, by: str
) -> None:
    asked = user.email if by == "email" else str(user.credit_account_id)

    page = console.get(reverse("admin:accounts_user_changelist"), {"q": asked})

    assert [found.pk for found in page.context["cl"].result_list] == [user.pk]


def test_their_orders_and_ledger_are_on_their_page(console: Client, user: User, other_user: User) -> None:
    ShootFactory.create(account=user.account, price=77)
    ShootFactory.create(account=other_user.account, price=66)
    user.account.spend(77, key="one")

    page = page_of(console, user)

    assert "<td>77</td>" in page and "<td>-77</td>" in page
    assert "<td>66</td>" not in page


def test_credits_are_given_once_with_a_reason(console: Client, owner: User, user: User) -> None:
    key = str(uuid4())
    act(console, user, "give-credits", amount="7", key=key)
    act(console, user, "give-credits", amount="7", key=key)

    user.account.refresh_from_db()
    assert user.account.balance == 107
    assert {(entry.actor, entry.text) for entry in AuditEntry.objects.all()} == {
        (owner, "amount 7: they asked")
    }


def test_who_is_signed_out_has_to_sign_in_again(console: Client, user: User) -> None:
    browser = Client()
    credentials = {"login": user.email, "password": "correct horse battery"}
    browser.post("/accounts/login/", credentials)
    before = browser.get("/shoots/").status_code

    act(console, user, "sign-out")

    assert (before, browser.get("/shoots/").status_code) == (200, 302)


def test_who_is_suspended_is_out_at_once_until_let_in_again(
    console: Client, signed_in: Client, user: User
) -> None:
    act(console, user, "suspend")
    suspended = signed_in.get("/shoots/").status_code
    act(console, user, "restore")

    user.refresh_from_db()
    assert suspended == 302
    assert user.is_active


def test_staff_are_not_suspended_from_here(console: Client, owner: User) -> None:
    act(console, owner, "suspend")

    owner.refresh_from_db()
    assert owner.is_active


def test_a_person_is_erased_by_the_verb_that_is_theirs(
    console: Client, owner: User, signed_in: Client, user: User
) -> None:
    ShootFactory.create(account=user.account)
    said = console.get(reverse("admin:accounts_user_act", args=[user.pk, "erase"])).content.decode()
    wrong = act(console, user, "erase", typed="somebody@else.example")
    before = Erasure.objects.count()
    for _click in range(2):
        act(console, user, "erase", typed=user.email.upper())

    erasure = Erasure.objects.get()
    assert "1 models and 0 pictures" in said and "100 credits are lost" in said
    assert "Nothing was erased" in wrong.content.decode()
    assert (before, erasure.scope, erasure.about) == (0, "account", user.credit_account_id)
    assert signed_in.get("/shoots/").status_code == 302
    entries = AuditEntry.objects.filter(action="erase")
    assert {(entry.actor, entry.about, entry.text) for entry in entries} == {
        (owner, f"accounts.user {user.pk}", "they asked")
    }


def test_who_is_being_erased_is_not_let_in_again(console: Client, user: User) -> None:
    act(console, user, "erase", typed=user.email)

    act(console, user, "restore")

    user.refresh_from_db()
    assert not user.is_active
    assert "Let in again" not in page_of(console, user)


def test_staff_are_not_erased_from_here(console: Client, owner: User) -> None:
    answer = act(console, owner, "erase", typed=owner.email)

    assert "may enter the administration" in " ".join(map(str, get_messages(answer.wsgi_request)))
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("name", NAMES)
def test_staff_who_may_only_look_do_nothing(staff_with: Callable[..., Client], user: User, name: str) -> None:
    viewer = staff_with("accounts.view_user")

    assert act(viewer, user, name, amount="5").status_code == 403
    assert "Latest orders" not in page_of(viewer, user)


@pytest.mark.parametrize("name", NAMES)
def test_people_and_strangers_are_sent_to_sign_in(signed_in: Client, user: User, name: str) -> None:
    assert [act(browser, user, name).status_code for browser in (signed_in, Client())] == [302, 302]
