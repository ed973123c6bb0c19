"""The second factor: set up, asked for, lost; and that staff have one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import get_user
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.second_factor import Adapter
from tests.authenticator import SECRET, code
from tests.factories import UserFactory
from tests.processes import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

ClientFor = Callable[[User], Client]


@pytest.fixture
def protected(user: User) -> User:
    """Somebody with an authenticator app and recovery codes."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def sign_in(user: User) -> Client:
    """Return a browser in which this person has typed their password."""
    client = Client()
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    return client


def is_in(client: Client) -> bool:
    return bool(get_user(client).is_authenticated)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)  # the mail leaves on commit
def test_an_app_is_set_up_with_its_code_and_brings_recovery_codes(user: User, client_for: ClientFor) -> None:
    client = client_for(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})

    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get(answer["Location"]).content.decode().count("<code>") == 10
    assert mail.outbox[0].subject == "An authenticator app was set up"


def test_setting_up_asks_once_more_who_it_is(user: User, client_for: ClientFor) -> None:
    answer = client_for(user).get("/accounts/2fa/totp/activate/")

    assert answer["Location"].startswith("/accounts/reauthenticate/")


def test_a_wrong_code_sets_nothing_up(user: User, client_for: ClientFor) -> None:
    client = client_for(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get("/accounts/2fa/totp/activate/")

    answer = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})

    assert "Incorrect code" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_the_password_alone_lets_nobody_in(protected: User) -> None:
    client = sign_in(protected)

    assert not is_in(client)
    assert client.get("/shoots/").status_code == 302


def test_password_and_code_do(protected: User) -> None:
    client = sign_in(protected)

    client.post("/accounts/2fa/authenticate/", {"code": code(SECRET)})

    assert is_in(client)


def test_a_code_is_taken_once(protected: User) -> None:
    first, second = sign_in(protected), sign_in(protected)
    same = code(SECRET)

    first.post("/accounts/2fa/authenticate/", {"code": same})
    second.post("/accounts/2fa/authenticate/", {"code": same})

    assert (is_in(first), is_in(second)) == (True, False)


def test_a_recovery_code_lets_in_once(protected: User) -> None:
    spare = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = sign_in(protected), sign_in(protected)

    first.post("/accounts/2fa/authenticate/", {"code": spare})
    second.post("/accounts/2fa/authenticate/", {"code": spare})

    assert (is_in(first), is_in(second)) == (True, False)


def test_guessing_codes_is_slowed_down(protected: User) -> None:
    client = sign_in(protected)
    for number in range(6):
        client.post("/accounts/2fa/authenticate/", {"code": f"{number:06}"})

    client.post("/accounts/2fa/authenticate/", {"code": code(SECRET)})

    assert not is_in(client)


def test_a_code_by_mail_does_not_stand_in_for_the_second_factor(protected: User, client: Client) -> None:
    client.post("/accounts/login/code/", {"email": protected.email})
    sent = mail.outbox[-1].body.split("\n\n")[1].strip()

    answer = client.post("/accounts/login/code/confirm/", {"code": sent})

    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


def test_the_database_does_not_say_the_secret(protected: User) -> None:
    kept = Authenticator.objects.get(type="totp").data["secret"]

    assert SECRET not in kept
    assert Adapter().decrypt(kept) == SECRET


def test_an_older_key_of_the_studio_still_reads_it(protected: User, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new one"

    assert get_adapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == SECRET


def test_with_another_key_no_code_is_right(protected: User, settings: Any) -> None:
    settings.SECRET_KEY = "the new one"
    kept = Authenticator.objects.get(type="totp").data["secret"]

    first, second = get_adapter().decrypt(kept), get_adapter().decrypt(kept)

    assert SECRET not in {first, second}
    assert first != second


def test_a_passkey_of_somebody_else_is_not_there(user: User, other_user: User, client_for: ClientFor) -> None:
    theirs = Authenticator.objects.create(
        user=other_user, type="webauthn", data={"name": "x", "credential": {}}
    )
    client = client_for(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    answers = {
        client.get(f"/accounts/2fa/webauthn/keys/{theirs.pk}/{act}/").status_code
        for act in ("edit", "remove")
    }

    assert answers == {404}


@pytest.mark.parametrize("credential", ["", "{}", "[]", "no JSON", '{"id": "x", "response": {}}'])
def test_a_passkey_that_is_none_lets_nobody_in(client: Client, credential: str) -> None:
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential})

    assert answer["Location"] == "/accounts/login/"
    assert not is_in(client)


@pytest.fixture
def staff(settings: Any) -> User:
    """Somebody who may do everything, in a studio that asks staff for a second factor."""
    settings.STAFF_SECOND_FACTOR = True
    return UserFactory.create(is_staff=True, is_superuser=True)


def test_staff_without_a_second_factor_are_led_to_one(staff: User, client_for: ClientFor) -> None:
    client = client_for(staff)

    answer = client.get("/admin/studio/shoot/", follow=True)

    assert answer.redirect_chain[-1][0] == "/account/security/"
    assert "The administration needs a second factor" in answer.content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/jsi18n/", "/admin/nothing/"])
def test_nothing_of_the_admin_is_shown_to_them(staff: User, client_for: ClientFor, path: str) -> None:
    assert client_for(staff).get(path)["Location"] == "/account/security/"


def test_with_one_they_enter_and_are_shown_the_way_back(staff: User, client_for: ClientFor) -> None:
    client = client_for(staff)
    client.get("/admin/studio/shoot/")
    TOTP.activate(staff, SECRET)

    page = client.get("/account/security/").content.decode()

    assert 'href="/admin/studio/shoot/"' in page
    assert client.get("/admin/studio/shoot/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(staff: User, client_for: ClientFor) -> None:
    RecoveryCodes.activate(staff)

    assert client_for(staff).get("/admin/").status_code == 302


def test_a_studio_may_do_without(staff: User, client_for: ClientFor, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False

    assert client_for(staff).get("/admin/").status_code == 200


def test_other_people_need_none(user: User, client_for: ClientFor, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True

    assert client_for(user).get("/shoots/").status_code == 200
