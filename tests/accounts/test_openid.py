"""Signing in at a provider that speaks OpenID Connect, there and back, by configuration alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import migrated
from tests.openid import CLIENT_ID, CLIENT_SECRET, provider_running

ROOT = Path(__file__).parents[2]
Visit = dict[str, Any]


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Visit]:
    """What came of each visit that tests/openid_visits.py makes to a studio of its own."""
    folder = tmp_path_factory.mktemp("openid")
    with provider_running() as provider:
        own = {
            "DATA_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/studio.sqlite3",
            "DEBUG": "1",
            "PUBLIC_URL": "http://testserver",
            "OPENID_URL": provider.url,
            "OPENID_NAME": "Example",
            "OPENID_CLIENT_ID": CLIENT_ID,
            "OPENID_CLIENT_SECRET": CLIENT_SECRET,
            "EMAIL_URL": "dummymail://",
            "FREE_CREDITS": "40",
        }
        environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"} | own
        migrated.begin(environment)
        code = "from tests.openid_visits import main; main()"
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
        )
    assert done.returncode == 0, done.stderr
    said: dict[str, Visit] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_whoever_comes_for_the_first_time_has_an_account_and_the_free_credits(
    visits: dict[str, Visit],
) -> None:
    first = visits["first"]

    assert first["signed_in"] and first["people"] == ["ada@example.com"]
    assert first["linked"] == [["ada@example.com", "1"]]
    assert first["credits"] == 40


def test_whoever_comes_again_is_the_same_person_without_further_credits(visits: dict[str, Visit]) -> None:
    first, again = visits["first"], visits["again"]

    assert again["signed_in"] == first["signed_in"]
    assert (again["people"], again["credits"]) == (first["people"], 40)


def test_a_person_is_known_by_the_providers_number_not_by_the_address(visits: dict[str, Visit]) -> None:
    assert visits["new address"]["signed_in"] == visits["first"]["signed_in"]
    assert visits["new address"]["people"] == ["ada@example.com"]


def test_an_account_with_that_address_is_not_taken_over(visits: dict[str, Visit]) -> None:
    taken = visits["taken"]

    assert taken["signed_in"] == "" and taken["password"]
    assert taken["people"] == ["ada@example.com", "bob@example.com"]
    assert ["bob@example.com", "2"] not in taken["linked"]


def test_an_address_that_the_provider_has_not_verified_is_verified_by_us_first(
    visits: dict[str, Visit],
) -> None:
    assert (visits["unverified"]["signed_in"], visits["unverified"]["verified"]) == ("", False)


@pytest.mark.parametrize("what", ["for another", "of another", "old", "another browser's", "forged code"])
def test_what_was_not_said_to_us_now_lets_nobody_in(visits: dict[str, Visit], what: str) -> None:
    visit = visits[what]

    assert visit["signed_in"] == ""
    assert not {"dan@example.com", "eve@example.com", "fay@example.com", "gus@example.com"} & set(
        visit["people"]
    )
    assert "Traceback" not in visit["page"]
