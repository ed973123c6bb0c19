"""Every delay and deadline at another pace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from django.utils import timezone

from studio import pace
from tests.processes import ROOT

SHOWN = """
import json, os, django
from unittest import mock
django.setup()
from datetime import UTC, datetime, timedelta
from studio import pace
noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
with mock.patch("django.utils.timezone.now", return_value=noon):
    print(json.dumps({
        **{name: value.total_seconds() for name, value in vars(pace).items() if isinstance(value, timedelta)},
        "looks": [look.total_seconds() for look in pace.UNCONFIRMED_LOOKS],
        "like": pace.like_retry_delay(2).total_seconds(),
        "retries": [pace.retry_delay(n).total_seconds() for n in (1, 3, 99)],
        "pictures": [pace.image_retry_delay(n).total_seconds() for n in range(1, 8)],
        "next looks": [(pace.next_look(None, None, n) - noon).total_seconds() for n in range(6)],
        "patience": pace.POST_TIMEOUT[1],
    }))
"""


@cache
def at_pace(pace: float) -> dict[str, Any]:
    """Return every delay, in seconds, as a process says that was started with this PACE."""
    done = subprocess.run(
        [sys.executable, "-c", SHOWN],
        cwd=ROOT,
        env=os.environ | {"PACE": str(pace)},
        capture_output=True,
        text=True,
        check=True,
    )
    shown: dict[str, Any] = json.loads(done.stdout)
    return shown


@pytest.mark.processes
def test_the_pace_divides_every_delay_alike() -> None:
    real, quick = at_pace(1), at_pace(20)

    assert real["CLAIM"] == 300
    assert real["next looks"] == [60, 120, 240, 480, 900, 900]
    assert len(real) > 20
    assert quick == {name: divided(value) for name, value in real.items()}


def divided(value: Any) -> Any:
    return [divided(part) for part in value] if isinstance(value, list) else round(value / 20, 6)


@pytest.mark.processes
def test_a_post_keeps_the_time_that_a_busy_machine_needs() -> None:
    assert at_pace(1)["patience"] == 60
    assert at_pace(600)["patience"] == 2


def test_a_claim_lasts_longer_than_the_longest_post() -> None:
    longest = timedelta(seconds=sum(pace.POST_TIMEOUT))

    assert longest < pace.CLAIM


def test_delays_follow_the_estimate_at_any_pace() -> None:
    ordered = datetime.fromisoformat("2026-01-01T12:00Z")

    assert pace.slack(ordered, ordered + timedelta(seconds=10)) == timedelta(seconds=5)


def test_an_estimate_beyond_the_deadline_of_a_training_is_not_believed() -> None:
    soon = timezone.now() + timedelta(minutes=10)

    assert pace.believable(soon) == soon
    assert pace.believable(soon + pace.TRAINING_DEADLINE) is None
    assert pace.believable(None) is None
