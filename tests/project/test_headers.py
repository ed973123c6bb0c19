"""What every answer says to the browser besides its page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from packs.models import Pack
from studio.models import Image, PhotoSet
from tests.factories import ImageFactory, PhotoSetFactory, ShareFactory

pytestmark = [pytest.mark.django_db, pytest.mark.pages]

ROOT = Path(__file__).parents[2]
STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy(answer: Any) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";")]
    return {name: sources for name, _, sources in parts if name in STRICT}


@pytest.fixture
def client_of_staff(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "pass"))
    return client


@pytest.mark.parametrize(
    "path",
    [
        "/", "/packs/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/gallery/",
        "/shoots/", "/account/", "/photo-sets/new/", "/nothing/", "/administration/", "/accounts/email/",
    ],
)  # fmt: skip
def test_the_policy_is_strict_on_every_page(client_of_staff: Client, path: str) -> None:
    assert policy(client_of_staff.get(path)) == STRICT


def test_the_policy_is_strict_on_pages_of_things(user: User, pack: Pack) -> None:
    client = Client()
    client.force_login(user)
    photo_set: PhotoSet = PhotoSetFactory.create(account=user.account, photos=1)
    image: Image = ImageFactory.create(shoot__account=user.account)
    pages = [photo_set, image, image.shoot, pack, ShareFactory.create(shoot=image.shoot)]

    policies = [policy(client.get(page.get_absolute_url())) for page in pages]

    assert policies == [STRICT] * len(pages)


def test_refusals_have_the_policy_too(user: User, settings: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    out_of_date = client.post("/shoots/")
    settings.MAX_BODY_BYTES = 10
    too_large = client.post("/shoots/", {"a": "b" * 100})

    assert (out_of_date.status_code, policy(out_of_date)) == (403, STRICT)
    assert (too_large.status_code, policy(too_large)) == (413, STRICT)


@pytest.mark.parametrize("path", ["/admin/", "/admin/studio/shoot/"])
def test_the_policy_is_relaxed_for_the_admin_alone(client_of_staff: Client, path: str) -> None:
    found = policy(client_of_staff.get(path))

    assert "'unsafe-inline'" in found["style-src"]
    assert found["frame-ancestors"] == "'none'"
    assert found["default-src"] == "'none'"


@pytest.mark.parametrize("path", ["/", "/accounts/login/"])
def test_pages_cannot_be_framed_sniffed_or_referred_from(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    assert "camera=(self)" in answer["Permissions-Policy"]


LOOK = """
import json
from django.conf import settings
from django.test import Client
answer = Client().get("/account/security/sign-ins/end/", headers={"host": "studio.example.org"}, secure=True)
print(json.dumps([answer.get("Strict-Transport-Security", ""), settings.SESSION_COOKIE_SECURE,
                  settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT]))
"""


@pytest.mark.processes
def test_over_https_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    environment = os.environ | {"PUBLIC_URL": "https://studio.example.org", "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", LOOK]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )

    sent, *secure = json.loads(done.stdout.splitlines()[-1])
    assert sent == "max-age=31536000; includeSubDomains; preload"
    assert secure == [True, True, True]


def test_a_form_that_is_out_of_date_gets_our_own_words(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    page = client.post("/photo-sets/new/", {"name": "Anna"})

    assert page.status_code == 403
    assert "Load the page again and send the form once more." in page.content.decode()
