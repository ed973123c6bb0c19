"""What a log line says, whom it is about, and what never reaches it."""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django_q.signals import post_execute_in_worker, pre_execute

from config.logs import JsonLine, ScrubSecrets, TextLine, about, current_ids, formatter_for, note, scrub


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Bearer sd_aB3-x_9 sent", "Bearer sd_… sent"),
        ("POST /callbacks/6f1c/tok-en_1 400", "POST /callbacks/… 400"),
        ('"https://x.example/callbacks/6f1c/token"', '"https://x.example/callbacks/…"'),
        ("/accounts/password/reset/key/3-set-abc/ 200", "/accounts/password/reset/key/… 200"),
        ("GET https://sdbooth2.example/mp/" + "a1" * 14 + "?x=1 ok", "GET <picture> ok"),
        ("refused: <a.b+c@mail.example.org>", "refused: <<address>>"),
        ("postgres://me:p4ss@db.example.org/x", "postgres://me:<address>/x"),
        ("violates\nDETAIL:  Failing row contains (1, hazel).\nx", "violates\nDETAIL: …\nx"),
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


def test_a_line_says_whom_it_is_about_until_the_door_closes() -> None:
    with about(shoot=7, tune=None):
        note(image=3)
        inside = dict(current_ids())

    assert inside == {"shoot": "7", "image": "3"}
    assert not current_ids()


def test_outside_any_door_nothing_is_kept() -> None:
    note(image=3)

    assert not current_ids()


def test_a_text_line_ends_with_the_ids() -> None:
    with about(shoot=7):
        line = TextLine().format(record("it %s", "moved"))

    assert line.endswith(" ERROR x it moved [shoot=7]")


def test_a_json_line_is_one_line_whatever_is_said() -> None:
    with about(shoot=7):
        line = JsonLine().format(record("two\nlines “quoted”"))

    assert "\n" not in line
    said = json.loads(line)
    assert said.keys() == {"shoot", "time", "level", "logger", "message", "process"}
    assert (said["shoot"], said["message"]) == ("7", "two\nlines “quoted”")


def test_a_json_line_carries_the_traceback_scrubbed() -> None:
    try:
        raise ValueError("sd_secret was refused")
    except ValueError:
        it = record("it failed", exc_info=sys.exc_info())
    ScrubSecrets().filter(it)

    assert json.loads(JsonLine().format(it))["exception"].endswith("ValueError: sd_… was refused")


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT is 'xml'; it may be text or json"):
        formatter_for("xml")


def test_a_task_begins_and_ends_without_the_ids_of_another() -> None:
    pre_execute.send("test", func=scrub, task={"id": "t0", "func": "config.logs.scrub"})
    note(shoot="of the task before")
    pre_execute.send("test", func=scrub, task={"id": "t1", "func": "config.logs.scrub"})
    during = dict(current_ids())
    post_execute_in_worker.send("test", func=scrub, task={})

    assert during == {"task": "t1", "verb": "scrub"}
    assert not current_ids()


def test_an_answer_names_its_request_and_leaves_no_ids_behind(client: Client, db: None) -> None:
    first, second = client.get("/"), client.get("/")

    assert len(first["X-Request-ID"]) == 12
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert not current_ids()
