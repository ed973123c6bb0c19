"""What never reaches a log line."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from config.logs import ScrubSecrets, scrub


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bearer sd_aB3-x_9 sent", "Bearer sd_… sent"),
        ("POST /callbacks/6f1c/tok-en_1 400", "POST /callbacks/… 400"),
        ('"https://x.example/callbacks/6f1c/token"', '"https://x.example/callbacks/…"'),
        ("/accounts/password/reset/key/3-set-abc/ 200", "/accounts/password/reset/key/… 200"),
        ("GET https://sdbooth2.example/mp/" + "a1" * 14 + "?x=1 ok", "GET <picture> ok"),
        ("shoot 3: queued → waiting", "shoot 3: queued → waiting"),
        ("stand_sd and https://example.com/page", "stand_sd and https://example.com/page"),
    ],
)
def test_secrets_are_replaced_and_the_rest_stays(line: str, expected: str) -> None:
    assert scrub(line) == expected


def test_our_own_key_is_replaced_whatever_its_shape(settings: Any) -> None:
    settings.ASTRIA_API_KEY = "key-of-another-shape"

    assert scrub("with key-of-another-shape.") == "with sd_…."


def test_without_a_key_nothing_is_replaced(settings: Any) -> None:
    settings.ASTRIA_API_KEY = ""

    assert scrub("abc") == "abc"


def record(message: str, *arguments: object, **more: Any) -> logging.LogRecord:
    return logging.LogRecord("x", logging.ERROR, "x.py", 1, message, arguments, more.get("exc_info"))


def formatted(it: logging.LogRecord) -> str:
    assert ScrubSecrets().filter(it)
    return logging.Formatter("%(message)s").format(it)


def test_arguments_are_scrubbed() -> None:
    assert formatted(record("key %s", "sd_secret")) == "key sd_…"


def test_tracebacks_are_scrubbed() -> None:
    try:
        raise ValueError("sd_secret was refused")
    except ValueError as error:
        text = formatted(record("it failed", exc_info=(ValueError, error, error.__traceback__)))

    assert "Traceback" in text
    assert "sd_… was refused" in text
    assert "sd_secret was" not in text


def test_a_badly_worded_call_is_logged_and_stops_nobody() -> None:
    assert formatted(record("%d of %s", "sd_secret")) == "%d of %s ('sd_…',)"
