"""Visits to a studio whose people sign in at a provider. Runs inside its shell: prints what came of each."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from accounts.models import User

LOGIN = "/accounts/oidc/openid/login/"
PROVIDER = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"]


def at_provider(sub: str, email: str, *, verified: bool = True, **lies: Any) -> None:
    """Let this person sit before the provider."""
    person = {"sub": sub, "email": email, "email_verified": verified}
    requests.put(f"{PROVIDER}/person", json={"person": person, "lies": lies}, timeout=10).raise_for_status()


def sign_in(client: Client, **changed: str) -> Any:
    """Go to the provider and back; `changed` is what somebody changed of the way back."""
    there = client.post(LOGIN)["Location"]
    back = urlsplit(requests.get(there, allow_redirects=False, timeout=10).headers["Location"])
    query = dict(pair.split("=", 1) for pair in back.query.split("&")) | changed
    return client.get(back.path, query, follow=True)


def outcome(client: Client, answer: Any) -> dict[str, Any]:
    """Return who is signed in now, where, and what there is of accounts."""
    return {
        "signed_in": str(client.session.get("_auth_user_id", "")),
        "at": (answer.redirect_chain or [[""]])[-1][0],
        "page": answer.content.decode(),
        "people": sorted(User.objects.values_list("email", flat=True)),
        "linked": sorted(SocialAccount.objects.values_list("user__email", "uid")),
    }


def visit(client: Client | None = None, **changed: str) -> dict[str, Any]:
    client = client or Client()
    return outcome(client, sign_in(client, **changed))


def credits_of(email: str) -> int:
    return User.objects.get(email=email).account.balance


def main() -> None:
    """Print a JSON object: what came of each visit, by its name."""
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    said: dict[str, Any] = {}

    at_provider("1", "ada@example.com")
    said["first"] = visit() | {"credits": credits_of("ada@example.com")}
    said["again"] = visit() | {"credits": credits_of("ada@example.com")}
    at_provider("1", "ada.new@example.com")
    said["new address"] = visit()

    owner = User.objects.create_verified("bob@example.com")
    owner.set_password("correct horse battery staple")
    owner.save()
    at_provider("2", "bob@example.com")
    said["taken"] = visit() | {"password": User.objects.get(pk=owner.pk).has_usable_password()}

    at_provider("3", "carol@example.com", verified=False)
    said["unverified"] = visit() | {
        "verified": EmailAddress.objects.filter(email="carol@example.com", verified=True).exists()
    }
    at_provider("4", "dan@example.com", aud="another-studio")
    said["for another"] = visit()
    at_provider("5", "eve@example.com", iss="https://evil.example")
    said["of another"] = visit()
    at_provider("6", "fay@example.com", exp=1)
    said["old"] = visit()
    at_provider("7", "gus@example.com")
    said["another browser's"] = visit(state="forged")
    said["forged code"] = visit(code="forged")
    print(json.dumps(said))
