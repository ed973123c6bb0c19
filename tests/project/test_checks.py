"""System checks: settings that contradict each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import CheckMessage

from accounts.checks import receipts_name_the_seller, staff_have_a_second_factor, stripe_is_whole
from studio.checks import (
    astria_can_reach_us,
    idempotency_is_declared,
    mail_leaves,
    stand_in_is_not_for_customers,
    time_is_real,
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
    ("pace", "https", "expected"), [(1.0, True, []), (60.0, True, ["studio.E002"]), (60.0, False, [])]
)
def test_nobody_who_pays_lives_at_another_pace(
    settings: Any, pace: float, https: bool, expected: list[str]
) -> None:
    settings.PACE, settings.IS_HTTPS = pace, https

    assert ids(time_is_real) == expected


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


@pytest.mark.parametrize(
    ("key", "webhook", "expected"),
    [("", "", []), ("sk", "whsec", []), ("sk", "", ["accounts.E001"]), ("", "whsec", ["accounts.E001"])],
)
def test_stripes_keys_come_together(settings: Any, key: str, webhook: str, expected: list[str]) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = key, webhook

    assert ids(stripe_is_whole) == expected


@pytest.mark.parametrize(
    ("key", "name", "expected"), [("", "", []), ("sk", "Light", []), ("sk", "", ["accounts.W001"])]
)
def test_who_sells_is_named_on_receipts(settings: Any, key: str, name: str, expected: list[str]) -> None:
    settings.STRIPE_SECRET_KEY, settings.OPERATOR_NAME, settings.OPERATOR_ADDRESS = key, name, name

    assert ids(receipts_name_the_seller) == expected


@pytest.mark.parametrize(("required", "expected"), [(True, []), (False, ["accounts.W002"])])
def test_an_admin_that_a_password_opens_is_warned_about(
    settings: Any, required: bool, expected: list[str]
) -> None:
    settings.STAFF_SECOND_FACTOR = required

    assert ids(staff_have_a_second_factor) == expected
