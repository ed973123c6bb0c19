"""/healthz: a line for each part and the total, each when that part is away; and `manage.py healthcheck`."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from responses import RequestsMock
from time_machine import Traveller

from studio import probing
from studio.models import Check, Event, Heartbeat
from studio.probing import beat, beat_of_callers, check_astria, check_storage
from tests.studio.conftest import API

pytestmark = [pytest.mark.django_db, pytest.mark.pages]


@pytest.fixture(autouse=True)
def all_is_well(noon: Traveller, api: RequestsMock) -> None:
    """Clock and both clusters gave a sign, storage and Astria answered."""
    api.get(f"{API}/tunes", json=[])
    Heartbeat.hold("clock", "me", timedelta(seconds=10))
    for verb in (beat, beat_of_callers, check_storage, check_astria):
        verb()


def lines(**headers: str) -> dict[str, str]:
    """Return what /healthz says, by the name of the line; "status" is the answer's."""
    answer = Client().get("/healthz", **headers)  # type: ignore[arg-type]
    said = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    return said | {"status": str(answer.status_code)}


def test_all_is_well_line_by_line() -> None:
    parts = ["web", "database", "storage", "queue", "clock", "calls", "astria", "total"]

    assert lines() == dict.fromkeys(parts, "ok") | {"status": "200"}


def test_programs_get_json() -> None:
    answer = Client().get("/healthz", headers={"Accept": "application/json"})

    assert answer.json()["total"] == {"state": "ok", "words": ""}
    assert answer["Cache-Control"].startswith("max-age=0")


def test_a_storage_that_cannot_be_written_takes_the_web_down(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a-file").touch()
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "a-file" / "below"},
        }
    }
    check_storage()

    said = lines()

    assert said["storage"].startswith("down (")
    assert (said["total"], said["status"]) == ("down", "503")


def test_a_database_that_is_away_takes_the_web_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_options: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr("django.db.models.query.QuerySet.exists", away)

    said = lines()

    assert said["database"] == "down (OperationalError)"
    assert (said["total"], said["status"]) == ("down", "503")


def test_an_astria_that_is_away_degrades_and_leaves_the_web_in_its_load_balancer(
    settings: Any, noon: Traveller
) -> None:
    settings.ASTRIA_BASE_URL = "http://127.0.0.1:9"
    noon.shift(61)
    check_astria()

    said = lines()

    assert said["astria"].startswith("degraded (")
    assert (said["total"], said["status"]) == ("degraded", "200")


def test_astria_is_not_asked_again_while_it_answers_others(api: RequestsMock) -> None:
    before = len(api.calls)

    check_astria()
    check_astria()

    assert len(api.calls) == before


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_of_astrias_is_an_answer(api: RequestsMock, noon: Traveller, status: int) -> None:
    api.replace("GET", f"{API}/tunes", status=status)
    noon.shift(61)

    check_astria()

    assert Check.objects.get(name="astria").error == ""


def test_each_process_that_falls_silent_degrades_its_line(noon: Traveller) -> None:
    noon.shift(61)

    said = lines()

    assert {name for name, state in said.items() if state.startswith("degraded")} == {
        "queue", "clock", "calls", "total",
    }  # fmt: skip
    assert said["status"] == "200"


def test_what_nobody_checks_any_more_is_not_called_down(noon: Traveller) -> None:
    Check.note("storage", error="OSError")
    noon.shift(181)

    said = lines()

    assert said["storage"] == "degraded (not checked for 180 s)"
    assert said["status"] == "200"


def test_a_probe_from_inside_needs_neither_the_right_host_nor_https(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["studio.example.org"]

    assert lines(HTTP_HOST="10.0.0.7:8000")["status"] == "200"


def test_it_makes_no_call_and_a_few_small_queries(
    api: RequestsMock, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    before = len(api.calls), Event.objects.count()

    with django_assert_max_num_queries(7):
        lines()

    assert (len(api.calls), Event.objects.count()) == before


def test_only_reading_is_allowed() -> None:
    assert Client().post("/healthz").status_code == 405


def test_a_container_is_well_while_its_own_processes_give_signs(
    noon: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = f"{socket.gethostname()}:1"
    monkeypatch.setenv(probing.WATCHDOG, me)
    beat()
    beat_of_callers()
    Heartbeat.beat("clock process", me)

    call_command("healthcheck", "worker")
    call_command("healthcheck", "clock")

    noon.shift(121)
    for process in ("worker", "clock"):
        with pytest.raises(CommandError, match="no sign of life for 120 s"):
            call_command("healthcheck", process)


def test_the_signs_of_another_machine_are_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(probing.WATCHDOG, "elsewhere:1")
    beat()
    beat_of_callers()

    with pytest.raises(CommandError):
        call_command("healthcheck", "worker")


def test_a_web_that_does_not_answer_is_not_well(settings: Any) -> None:
    settings.PORT = 9

    with pytest.raises(CommandError, match="does not answer"):
        call_command("healthcheck", "web")
