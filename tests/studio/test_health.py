"""Which of the studio's processes are running."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django_q.models import OrmQ
from responses import RequestsMock
from time_machine import Traveller

from studio import health
from studio.health import what_is_down
from studio.models import Heartbeat
from studio.probing import beat
from tests.studio.conftest import API

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_noon(noon: Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for in earnest."""
    monkeypatch.setattr(health, "WORKER_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr("time.sleep", noon.shift)


@pytest.fixture
def a_worker_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is queued is done at once."""

    def do(verb: Callable[[], None]) -> None:
        verb()

    monkeypatch.setattr(health, "enqueue", do)


def test_nothing_is_down_when_all_answer(api: RequestsMock, a_worker_works: None) -> None:
    api.get(f"{API}/packs", json=[])
    Heartbeat.beat("clock")

    assert what_is_down() == []


def test_everything_that_is_down_is_named_with_what_starts_it(api: RequestsMock) -> None:
    api.get(f"{API}/packs", status=504)

    astria, clock, worker = what_is_down()

    assert f"Astria does not answer at {API}" in astria
    assert "manage.py clock" in clock
    assert "manage.py worker" in worker


@pytest.mark.parametrize("status", [401, 403, 429])
def test_a_refusal_is_an_answer(api: RequestsMock, a_worker_works: None, status: int) -> None:
    api.get(f"{API}/packs", status=status)
    Heartbeat.beat("clock")

    assert what_is_down() == []


def test_a_clock_that_has_been_silent_for_ten_seconds_is_down(
    noon: Traveller, api: RequestsMock, a_worker_works: None
) -> None:
    api.get(f"{API}/packs", json=[])
    Heartbeat.beat("clock")

    noon.shift(10)

    assert [sentence[:9] for sentence in what_is_down()] == ["The clock"]


def test_a_worker_that_just_gave_a_sign_is_not_asked(api: RequestsMock) -> None:
    api.get(f"{API}/packs", json=[])
    Heartbeat.beat("clock")
    beat()

    assert what_is_down() == []
    assert not OrmQ.objects.exists()
