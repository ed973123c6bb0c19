"""manage.py clock and manage.py setup, without a process of their own."""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django_q.models import OrmQ
from time_machine import Traveller

from studio.management.commands import clock as command
from studio.management.commands.clock import run
from studio.models import Callback, Heartbeat, Shoot
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db


class Rounds(threading.Event):
    """A stop signal that never waits, and is given after so many rounds."""

    def __init__(self, rounds: int, each: Callable[[], Any] = lambda: None) -> None:
        super().__init__()
        self.left, self.each = rounds, each

    def wait(self, timeout: float | None = None) -> bool:
        self.each()
        self.left -= 1
        return self.left < 0


@pytest.fixture(autouse=True)
def connection_of_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command must not close the connection that the test's own transaction runs on."""
    monkeypatch.setattr(command, "close_old_connections", lambda: None)


@pytest.fixture
def signals() -> Iterator[None]:
    """Put back what the command listens to."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def names() -> list[str]:
    return sorted(row.task["func"].__name__ for row in OrmQ.objects.all())


def test_the_clock_queues_callbacks_what_is_due_and_a_sign_of_life(noon: Traveller) -> None:
    shoot = ShootFactory.create()
    Callback.objects.create(shoot=shoot, body="{}")

    run("me", Rounds(3))

    assert {"advance", "beat", "check_tune", "process", "sync_packs"} <= set(names())
    assert Heartbeat.objects.get(name="clock").holder == "me"


def test_callbacks_are_queued_in_every_round_and_the_rest_in_every_third(noon: Traveller) -> None:
    Callback.objects.create(shoot=ShootFactory.create(), body="{}")

    run("me", Rounds(1))

    assert names() == ["process"]


def test_a_clock_without_the_lease_waits(noon: Traveller) -> None:
    ShootFactory.create()
    Heartbeat.hold("clock", "another", timedelta(seconds=10))

    run("me", Rounds(9))

    assert names() == []


def test_a_clock_takes_over_when_the_other_falls_silent(noon: Traveller) -> None:
    ShootFactory.create()
    Heartbeat.hold("clock", "another", timedelta(seconds=10))

    run("me", Rounds(15, each=lambda: noon.shift(1)))

    assert Heartbeat.objects.get(name="clock").holder == "me"
    assert "advance" in names()


@pytest.mark.parametrize("trouble", [OperationalError("database"), ConnectionError("broker")])
def test_trouble_in_one_round_is_over_in_the_next(
    noon: Traveller, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    ends = [trouble, 0, 0, 0]

    def queue_callbacks() -> None:
        end = ends.pop(0)
        if isinstance(end, Exception):
            raise end

    monkeypatch.setattr("studio.clock.queue_callbacks", queue_callbacks)
    ShootFactory.create()

    run("me", Rounds(4))

    assert ends == []
    assert "advance" in names()


def test_the_command_stops_on_a_signal_and_lets_go_of_the_lease(
    monkeypatch: pytest.MonkeyPatch, signals: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")

    def one_round(holder: str, stop: threading.Event) -> None:
        Heartbeat.hold("clock", holder, timedelta(seconds=10))
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set()

    monkeypatch.setattr(command, "run", one_round)

    call_command("clock")

    assert caplog.messages == ["clock: running", "clock: stopped"]
    assert not Heartbeat.objects.exists()


def test_setup_can_be_run_on_a_database_that_is_ready(settings: Any) -> None:
    settings.DEBUG = True
    ShootFactory.create()
    output = io.StringIO()

    call_command("setup", stdout=output)

    assert output.getvalue() == "setup: the database is ready\n"
    assert Shoot.objects.count() == 1
