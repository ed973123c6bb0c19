"""System checks: settings that contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage

from studio.checks import (
    astria_can_reach_us,
    idempotency_is_declared,
    mail_leaves,
    stand_in_is_not_for_customers,
)

OUTSIDE, HERE = "https://api.astria.ai", "http://127.0.0.1:8001"


def ids(check: Callable[[Any], list[CheckMessage]]) -> list[str | None]:
    return [message.id for message in check(None)]


@pytest.mark.parametrize(
    ("astria", "public", "expected"),
    [
        (OUTSIDE, "http://127.0.0.1:8000", ["studio.E001"]),
        (OUTSIDE, "http://localhost:8000", ["studio.E001"]),
        (OUTSIDE, "https://studio.example.com", []),
        (HERE, "http://127.0.0.1:8000", []),
    ],
)
def test_the_real_astria_must_be_able_to_call_back(
    settings: Any, astria: str, public: str, expected: list[str]
) -> None:
    settings.ASTRIA_BASE_URL, settings.PUBLIC_URL = astria, public

    assert ids(astria_can_reach_us) == expected


@pytest.mark.parametrize(
    ("astria", "debug", "expected"),
    [(HERE, False, ["studio.W001"]), (HERE, True, []), (OUTSIDE, False, [])],
)
def test_a_stand_in_is_not_for_customers(
    settings: Any, astria: str, debug: bool, expected: list[str]
) -> None:
    settings.ASTRIA_BASE_URL, settings.DEBUG = astria, debug

    assert ids(stand_in_is_not_for_customers) == expected


@pytest.mark.parametrize(("declared", "expected"), [(True, []), (False, ["studio.W002"])])
def test_idempotency_that_is_not_declared_is_warned_about(
    settings: Any, declared: bool, expected: list[str]
) -> None:
    settings.ASTRIA_IDEMPOTENT = declared

    assert ids(idempotency_is_declared) == expected


@pytest.mark.parametrize(
    ("mailbox", "debug", "expected"),
    [(Path("mailbox"), False, ["studio.W003"]), (Path("mailbox"), True, []), (None, False, [])],
)
def test_mail_that_stays_here_is_warned_about(
    settings: Any, mailbox: Path | None, debug: bool, expected: list[str]
) -> None:
    settings.MAILBOX_DIR, settings.DEBUG = mailbox, debug

    assert ids(mail_leaves) == expected
