"""`make audit`: what it says of packages that something is known of, and when nobody can be asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import responses

from tools import audit

PINNED = len(audit.pins())


def answer(request: Any) -> tuple[int, dict[str, str], str]:
    """Answer as OSV does, and know something of Django alone."""
    asked = json.loads(request.body)["queries"]
    known = [{"vulns": [{"id": "PYSEC-1"}]} if it["package"]["name"] == "django" else {} for it in asked]
    return 200, {}, json.dumps({"results": known})


@responses.activate
def test_what_is_known_is_named_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    responses.add_callback(responses.POST, audit.SERVICE, callback=answer)

    assert audit.main() == 1
    said = capsys.readouterr().out
    assert "audit: django 5.2" in said and "PYSEC-1" in said
    assert f"{PINNED} packages asked about, 1 with something known" in said


@responses.activate
def test_nothing_known_is_well() -> None:
    responses.post(audit.SERVICE, json={"results": [{}] * PINNED})

    assert audit.main() == 0


@responses.activate
@pytest.mark.parametrize(
    "body",
    [requests.ConnectionError(), requests.Timeout(), "no JSON", '{"results": []}'],
    ids=["away", "slow", "nonsense", "of others"],
)
def test_where_nobody_can_be_asked_it_says_so_and_fails_nothing(
    capsys: pytest.CaptureFixture[str], body: Any
) -> None:
    responses.post(audit.SERVICE, body=body)

    assert audit.main() == 0
    assert "NOT DONE" in capsys.readouterr().out


def test_every_pin_is_asked_about() -> None:
    assert {"django", "requests", "ruff", "cryptography"} <= {name for name, _ in audit.pins()}
