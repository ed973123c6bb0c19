"""/metrics is Prometheus' text, for who shows the token, and says nothing of a person."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from studio.console.metrics import text
from studio.models import Event
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db

SAMPLE = re.compile(r'^studio_[a-z_]+(\{[a-z]+="[^"]*"\})? -?[0-9.e+]+$')


def test_every_line_is_a_comment_or_a_sample() -> None:
    ShootFactory.create(status="unconfirmed")

    lines = text().splitlines()

    assert [line for line in lines if not line.startswith("# ") and not SAMPLE.match(line)] == []
    assert 'studio_orders{status="unconfirmed"} 1' in lines


def test_calls_are_told_apart_by_the_status_of_their_answer() -> None:
    for status in (200, 200, 429, None):
        Event.record(Event.Kind.CALL, "GET /tunes", data={"status": status})

    lines = text().splitlines()

    assert {'studio_astria_calls{status="200"} 2', 'studio_astria_calls{status="429"} 1'} <= set(lines)


def test_how_long_the_clock_has_left_something_undone_is_told() -> None:
    ShootFactory.create(next_check_at=timezone.now() - timedelta(seconds=90))

    [line] = [
        line for line in text().splitlines() if line.startswith('studio_overdue_seconds{kind="orders"}')
    ]

    assert float(line.split()[-1]) >= 90


@pytest.mark.pages
def test_who_shows_the_token_reads_them(settings: Any) -> None:
    settings.METRICS_TOKEN = "s3cret"

    answers = [
        Client(headers={"Authorization": shown}).get("/metrics").status_code
        for shown in ("Bearer s3cret", "Bearer wrong", "Bearer ", "")
    ]

    assert answers == [200, 404, 404, 404]


def test_without_a_token_only_staff_who_may_see_orders_read_them(
    signed_in: Client, console: Client, staff_with: Callable[..., Client]
) -> None:
    browsers = [
        Client(headers={"Authorization": "Bearer "}),
        signed_in,
        staff_with("packs.view_pack"),
        console,
    ]

    assert [browser.get("/metrics").status_code for browser in browsers] == [404, 404, 404, 200]
