"""The watchdog over the queue's workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from django_q.signals import post_execute_in_worker
from time_machine import Traveller

from studio.management.commands.worker import SIGNS, watch
from studio.models import Heartbeat
from studio.probing import WATCHDOG, Pulse, _pulse
from tests import migrated
from tests.processes import ROOT
from tests.sandbox.process import eventually

# Longer than a clock counts as fresh; the tests watch for some multiples of it.
STALE = timedelta(seconds=40)
ME = "here:1"
NEVER = range(0)
# Plays the clock, only quicker: it is alive and queues signs of life; leaves a file when one came through.
QUICK_CLOCK = """
import time
from datetime import timedelta
from pathlib import Path
from django.conf import settings
from studio.probing import beat, beat_of_callers
from studio.models import Heartbeat
from studio.queue import enqueue
while True:
    Heartbeat.hold("clock", "test", timedelta(seconds=10))
    enqueue(beat)
    enqueue(beat_of_callers)
    time.sleep(0.2)
    if all(Heartbeat.is_fresh(name, timedelta(seconds=2)) for name in ("worker", "caller")):
        Path(settings.DATA_DIR, "works").touch()
"""


class Ticks(threading.Event):
    """A stop signal that never waits: each look is a second later, and after `seconds` it is given."""

    def __init__(self, noon: Traveller, seconds: int, each: Callable[[int], None]) -> None:
        super().__init__()
        self.noon, self.seconds, self.each, self.passed = noon, seconds, each, 0

    def wait(self, timeout: float | None = None) -> bool:
        self.passed += 1
        self.noon.shift(1)
        self.each(self.passed)
        return self.passed > self.seconds


def beats(
    clock: range = NEVER, worker: range = NEVER, caller: range | None = None, holder: str = ME
) -> Callable[[int], None]:
    """Return what happens each second: signs of life in these seconds; callers', if not said, as workers'."""
    caller = worker if caller is None else caller

    def each(second: int) -> None:
        if second in clock:
            Heartbeat.beat("clock")
        if second in worker:
            Heartbeat.beat("worker", holder)
        if second in caller:
            Heartbeat.beat("caller", holder)

    return each


def always() -> bool:
    return True


@pytest.mark.django_db
def test_workers_that_fall_silent_while_the_clock_is_alive_end_the_watch(noon: Traveller) -> None:
    ticks = Ticks(noon, 120, beats(clock=range(120), worker=range(0, 61, 10)))

    assert watch(ticks, STALE, always, ME) is False
    assert 100 <= ticks.passed <= 102


@pytest.mark.django_db
def test_workers_that_never_gave_a_sign_end_the_watch(noon: Traveller) -> None:
    ticks = Ticks(noon, 120, beats(clock=range(120)))

    assert watch(ticks, STALE, always, ME) is False
    assert 40 <= ticks.passed <= 42


@pytest.mark.django_db
def test_workers_that_give_signs_are_left_alone(noon: Traveller) -> None:
    ticks = Ticks(noon, 120, beats(clock=range(120), worker=range(0, 120, 10)))

    assert watch(ticks, STALE, always, ME) is True


@pytest.mark.django_db
def test_a_worker_that_is_busy_shows_it_after_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WATCHDOG, ME)
    monkeypatch.setattr(_pulse, "_next_at", 0.0)

    post_execute_in_worker.send(sender="django_q", func=None, task={})

    assert Heartbeat.living("worker", STALE, holder=ME) == 1


@pytest.mark.django_db
def test_each_cluster_has_a_pulse_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WATCHDOG, ME)
    monkeypatch.setenv("Q_CLUSTER_NAME", "studio-callers")

    Pulse().give()

    assert [Heartbeat.living(name, STALE) for name in SIGNS] == [0, 1]


@pytest.mark.django_db
def test_a_pulse_costs_a_task_nothing_most_of_the_time(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setenv(WATCHDOG, ME)
    pulse = Pulse()
    pulse.give()

    with django_assert_num_queries(0):
        pulse.give()


@pytest.mark.django_db
def test_a_database_that_is_away_ends_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WATCHDOG, ME)
    beat = Mock(side_effect=OperationalError)
    monkeypatch.setattr(Heartbeat, "beat", beat)

    Pulse().give()

    assert beat.called


@pytest.mark.django_db
def test_only_the_workers_that_call_astria_falling_silent_ends_the_watch(noon: Traveller) -> None:
    ticks = Ticks(noon, 120, beats(clock=range(120), worker=range(0, 120, 10), caller=range(0, 61, 10)))

    assert watch(ticks, STALE, always, ME) is False
    assert 100 <= ticks.passed <= 102


@pytest.mark.django_db
def test_a_living_cluster_elsewhere_does_not_hide_that_ours_is_dead(noon: Traveller) -> None:
    Heartbeat.beat("worker", ME)
    ticks = Ticks(noon, 120, beats(clock=range(120), worker=range(0, 120, 10), holder="elsewhere:1"))

    assert watch(ticks, STALE, always, ME) is False


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [3600, -3600])
def test_a_jump_of_the_time_of_day_ends_no_watch(noon: Traveller, jump: int) -> None:
    alive = beats(clock=range(120), worker=range(0, 120, 10))

    def each(second: int) -> None:
        if second == 65:
            noon.shift(jump)
        alive(second)

    assert watch(Ticks(noon, 120, each), STALE, always, ME) is True


@pytest.mark.django_db
def test_without_a_clock_silence_means_nothing(noon: Traveller) -> None:
    ticks = Ticks(noon, 120, beats(clock=range(1, 20), worker=range(1, 20)))

    assert watch(ticks, STALE, always, ME) is True


@pytest.mark.django_db
def test_a_clock_that_comes_back_gives_workers_time_for_a_sign(noon: Traveller) -> None:
    back = beats(clock=range(60, 120), worker=range(70, 120, 10))

    assert watch(Ticks(noon, 120, back), STALE, always, ME) is True


@pytest.mark.django_db
def test_a_cluster_that_is_gone_ends_the_watch_at_once(noon: Traveller) -> None:
    ticks = Ticks(noon, 120, beats())

    assert watch(ticks, STALE, lambda: False, ME) is False
    assert ticks.passed == 1


@pytest.mark.django_db
def test_a_database_that_is_away_does_not_end_the_watch(
    noon: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any) -> bool:
        raise OperationalError("gone")

    monkeypatch.setattr(Heartbeat, "is_fresh", away)
    monkeypatch.setattr("studio.management.commands.worker.close_old_connections", lambda: None)

    assert watch(Ticks(noon, 120, beats()), STALE, always, ME) is True


@contextmanager
def process(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run manage.py for as long as the block lasts."""
    with subprocess.Popen([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment) as started:
        try:
            yield started
        finally:
            started.terminate()


def children(pid: int) -> list[int]:
    """Return the ids of a process's children, the oldest first."""
    return sorted(int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def clusters_of(worker: subprocess.Popen[bytes]) -> list[list[int]]:
    """Return of each cluster its id, its sentinel's, and those of two workers, monitor and pusher."""
    eventually(lambda: len(children(worker.pid)) == 2, seconds=30)
    return [family_of(cluster) for cluster in children(worker.pid)]


def family_of(cluster: int) -> list[int]:
    (sentinel,) = eventually(lambda: children(cluster), seconds=30)
    eventually(lambda: len(children(sentinel)) == 4, seconds=30)
    return [cluster, sentinel, *children(sentinel)]


def is_alive(pid: int) -> bool:
    command = Path(f"/proc/{pid}/cmdline")
    return command.exists() and command.read_bytes() != b""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A studio with a database of its own, ready to use."""
    own = {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/own.sqlite3"}
    environment = os.environ | own | {"DEBUG": "1", "WORKERS": "2", "CALLERS": "2"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    migrated.begin(environment)
    subprocess.run([sys.executable, "manage.py", "setup"], cwd=ROOT, env=environment, check=True)
    return environment


@pytest.mark.processes
@pytest.mark.long
@pytest.mark.parametrize("which", [0, 1], ids=["workers", "callers"])
def test_when_workers_hang_the_worker_ends_with_all_that_belongs_to_it(
    environment: dict[str, str], tmp_path: Path, which: int
) -> None:
    with process(environment, "worker", "--stale-after", "4") as worker:
        clusters = clusters_of(worker)
        with process(environment, "shell", "--verbosity", "0", "-c", QUICK_CLOCK):
            eventually((tmp_path / "works").exists, seconds=30)

            # Not killed: those that hold no lock at that moment are replaced, and then all is well again.
            for hanging in clusters[which][2:4]:
                os.kill(hanging, signal.SIGSTOP)

            assert worker.wait(timeout=30) == 1
        eventually(lambda: not any(is_alive(pid) for family in clusters for pid in family))
