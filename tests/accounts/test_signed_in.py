"""Where a person is signed in, and ending it from elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.signed_in import browser, sign_ins
from tests.factories import SignInFactory
from tests.processes import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signed_in(user: User, **headers: str) -> Client:
    client = Client(headers={"user-agent": FIREFOX, **headers})
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)  # type: ignore[arg-type]


def test_the_page_lists_the_browsers_with_this_one_first(user: User) -> None:
    signed_in(user)
    here = signed_in(user, **{"user-agent": "Mozilla/5.0 (iPhone) Version/18.0 Mobile/15E148 Safari/604.1"})

    page = here.get("/account/security/").content.decode()

    assert page.index("Safari on iPhone") < page.index("Firefox on Linux")
    assert page.count("this one") == 1


def test_one_of_them_is_ended(user: User) -> None:
    there, here = signed_in(user), signed_in(user)
    row = UserSession.objects.get(session_key=there.session.session_key)

    here.post(f"/account/security/sign-ins/{row.pk}/end/")

    assert (is_in(there), is_in(here)) == (False, True)


def test_all_others_are_ended(user: User) -> None:
    others, here = [signed_in(user), signed_in(user)], signed_in(user)

    answer = here.post("/account/security/sign-ins/end/", follow=True)

    assert [is_in(it) for it in (*others, here)] == [False, False, True]
    assert "Signed out in 2 other browsers." in answer.content.decode()


def test_somebody_elses_is_not_there_and_goes_on(user: User, other_user: User) -> None:
    theirs, mine = signed_in(other_user), signed_in(user)
    row = UserSession.objects.get(user=other_user)

    answer = mine.post(f"/account/security/sign-ins/{row.pk}/end/")

    assert answer.status_code == 404
    assert is_in(theirs)


def test_ending_it_twice_is_not_found_the_second_time(user: User) -> None:
    there, here = signed_in(user), signed_in(user)
    row = UserSession.objects.get(session_key=there.session.session_key)
    path = f"/account/security/sign-ins/{row.pk}/end/"

    assert [here.post(path).status_code for _ in range(2)] == [302, 404]


def test_a_changed_password_signs_out_everywhere_else(user: User) -> None:
    there, here = signed_in(user), signed_in(user)
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})

    form = {"oldpassword": PASSWORD, "password1": "new battery staple", "password2": "new battery staple"}
    answer = here.post("/accounts/password/change/", form)

    assert answer["Location"] == "/account/security/"
    assert (is_in(there), is_in(here)) == (False, True)
    assert mail.outbox[-1].subject == "Your password was changed"
    assert "Firefox on Linux" in mail.outbox[-1].body


def test_who_comes_over_a_local_socket_can_sign_in(user: User) -> None:
    client = Client(REMOTE_ADDR="")
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})

    assert is_in(client)
    assert UserSession.objects.get().ip == "::"


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_asks_the_database_as_often_for_30_as_for_1(
    user: User, client_for: Any, rows: int, django_assert_num_queries: Any
) -> None:
    client = client_for(user)
    SignInFactory.create_batch(rows, user=user)

    with django_assert_num_queries(5):
        client.get("/account/security/")


def test_what_is_over_is_not_listed(user: User) -> None:
    client = signed_in(user)
    client.post("/accounts/logout/")

    assert sign_ins(user, current=None) == []


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
        ("curl/8", "An unknown browser"),
        ("", "An unknown browser"),
    ],
)
def test_browsers_are_called_what_people_call_them(agent: str, name: str) -> None:
    assert browser(agent) == name
