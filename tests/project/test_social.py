"""Sign-in through others: by configuration alone, in a studio of its own each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.social import providers
from tests import migrated

ROOT = Path(__file__).parents[2]
NONE = ("", "")
LOOK = """
import json
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
client = Client()
page = client.get("/accounts/login/")
to = client.post(PATH) if PATH else page
said = {"page": page.content.decode(), "policy": page["Content-Security-Policy"],
        "status": to.status_code, "to": to.headers.get("Location", "")}
print(json.dumps(said))
"""


def look(tmp_path: Path, path: str = "", **keys: str) -> dict[str, Any]:
    """Return what the sign-in page of a studio with these keys says, and where a POST to `path` leads."""
    own = {"DATA_DIR": str(tmp_path), "DEBUG": "1", "PUBLIC_URL": "http://testserver"}
    environment = os.environ | own | keys
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    code = f"PATH = {path!r}\n{LOOK}"
    migrated.begin(environment)
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.mark.processes
def test_with_its_keys_google_is_offered_and_asked_for_no_more_than_an_address(tmp_path: Path) -> None:
    said = look(
        tmp_path, "/accounts/google/login/", GOOGLE_CLIENT_ID="our-id", GOOGLE_CLIENT_SECRET="our-secret"
    )

    assert "Continue with Google" in said["page"]
    assert "GitHub" not in said["page"]
    assert said["to"].startswith("https://accounts.google.com/")
    assert "client_id=our-id" in said["to"]
    assert set(parse_qs(urlsplit(said["to"]).query)["scope"][0].split()) == {"email", "profile"}
    assert "code_challenge_method=S256" in said["to"]
    assert "our-secret" not in said["page"] + said["to"]
    assert "form-action 'self' https://accounts.google.com" in said["policy"]


@pytest.mark.parametrize("name", ["google", "github", "microsoft"])
def test_both_keys_make_a_provider(name: str) -> None:
    keys = dict.fromkeys(("google", "github", "microsoft", "openid"), NONE) | {name: ("id", "secret")}

    offered = providers(**keys, openid_url="", openid_name="")  # type: ignore[arg-type]

    assert offered.apps == [f"allauth.socialaccount.providers.{name}"]
    assert list(offered.settings) == [name]
    assert len(offered.origins) == 1


def test_any_provider_that_speaks_openid_is_offered_by_its_name() -> None:
    offered = providers(
        google=NONE, github=NONE, microsoft=NONE, openid=("id", "secret"),
        openid_url="https://login.example.org/realms/studio", openid_name="Example",
    )  # fmt: skip

    assert offered.settings["openid_connect"]["APPS"][0]["name"] == "Example"
    assert offered.origins == ["https://login.example.org"]


@pytest.mark.parametrize("keys", [("id", ""), ("", "secret")])
def test_half_of_the_keys_is_refused(keys: tuple[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured, match="GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET go together"):
        providers(google=keys, github=NONE, microsoft=NONE, openid=NONE, openid_url="", openid_name="")


def test_openid_without_an_address_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="OPENID_URL"):
        providers(google=NONE, github=NONE, microsoft=NONE, openid=("a", "b"), openid_url="x", openid_name="")


def test_without_keys_there_is_nothing_of_it(client: Any, db: None) -> None:
    assert "Continue with" not in client.get("/accounts/login/").content.decode()
    assert client.get("/accounts/3rdparty/").status_code == 404
    assert client.get("/accounts/google/login/").status_code == 404
