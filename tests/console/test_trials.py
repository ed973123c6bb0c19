"""The configuration is tried with a free tune, and what does not work is said with what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import responses
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ
from responses import RequestsMock

import astria
from studio import pace
from studio.management.commands import check_astria
from studio.models import Trial, TuneDeletion
from studio.trying import address, see_to_trial, try_out
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.django_db
API, PUBLIC = "https://api.astria.example", "https://studio.example.org"


@pytest.fixture
def api(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[RequestsMock]:
    """The real Astria's place, answering what a test registers; the studio is open to the internet."""
    settings.ASTRIA_BASE_URL, settings.PUBLIC_URL = API, PUBLIC
    monkeypatch.setattr("studio.astria_client.RETRY", astria.Retry(tries=1))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as api:
        yield api


@pytest.fixture
def calling(api: RequestsMock) -> Trial:
    """A try whose tune was ordered, and that waits for its callbacks."""
    api.post(f"{API}/tunes", status=201, json={"id": 77, "title": "x"})
    trial = try_out(mail_to="staff@example.com")
    see_to_trial(trial.pk)
    trial.refresh_from_db()
    return trial


def call(trial: Trial, what: str, token: str = "") -> int:
    path = reverse("studio:trial-callback", args=[trial.pk, token or trial.token, what])
    return Client().post(path, "{}", content_type="application/json").status_code


def test_it_writes_to_storage_sends_a_mail_and_orders_once(calling: Trial, api: RequestsMock) -> None:
    see_to_trial(calling.pk)

    assert calling.status == Trial.Status.CALLING
    assert calling.storage_at and calling.mail_at and calling.posted_at
    assert [letter.to for letter in mail.outbox] == [["staff@example.com"]]
    assert len(api.calls) == 1


@pytest.mark.pages
def test_both_callbacks_make_it_pass_and_the_tune_is_deleted(calling: Trial) -> None:
    answers = [call(calling, "tune"), call(calling, "prompt"), call(calling, "prompt")]

    see_to_trial(calling.pk)
    see_to_trial(calling.pk)

    calling.refresh_from_db()
    assert answers == [204, 204, 204]
    assert calling.status == Trial.Status.PASSED
    assert TuneDeletion.objects.get().pk == calling.pk


@pytest.mark.pages
def test_one_callback_is_not_enough_and_in_the_end_it_has_failed(calling: Trial) -> None:
    call(calling, "tune")
    see_to_trial(calling.pk)
    waiting = Trial.objects.get().status
    with time_machine.travel(timezone.now() + pace.GIVE_UP_TRIAL + timedelta(minutes=1)):
        see_to_trial(calling.pk)

    calling.refresh_from_db()
    assert waiting == Trial.Status.CALLING
    assert (calling.status, PUBLIC in calling.error) == (Trial.Status.FAILED, True)
    assert TuneDeletion.objects.exists()


@pytest.mark.pages
@pytest.mark.parametrize(("token", "what"), [("wrong", "tune"), ("", "other")])
def test_a_wrong_callback_is_not_found_and_counts_for_nothing(calling: Trial, token: str, what: str) -> None:
    status = call(calling, what, token)

    calling.refresh_from_db()
    assert (status, calling.tune_called_at) == (404, None)


def test_what_astria_refuses_is_said_in_its_words(api: RequestsMock) -> None:
    api.post(f"{API}/tunes", status=401, json={"error": "Invalid API key"})
    trial = try_out()

    see_to_trial(trial.pk)

    trial.refresh_from_db()
    assert trial.status == Trial.Status.FAILED
    assert "Unauthorized" in trial.error


def test_mail_that_does_not_leave_ends_it_before_astria_is_asked(api: RequestsMock, settings: Any) -> None:
    settings.EMAIL_BACKEND = "no.such.Backend"
    trial = try_out(mail_to="staff@example.com")

    see_to_trial(trial.pk)

    trial.refresh_from_db()
    assert "EMAIL_URL" in trial.error
    assert len(api.calls) == 0


def test_a_loopback_address_is_an_error_with_the_real_astria(api: RequestsMock, settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    trial = try_out()

    see_to_trial(trial.pk)

    trial.refresh_from_db()
    assert "PUBLIC_URL" in trial.error
    assert len(api.calls) == 0


def test_a_worker_that_died_while_it_called_posts_nothing_twice(api: RequestsMock) -> None:
    trial = try_out()
    trial.note("posted")

    see_to_trial(trial.pk)

    trial.refresh_from_db()
    assert trial.status == Trial.Status.FAILED
    assert len(api.calls) == 0
    assert TuneDeletion.objects.exists()


def test_begun_twice_it_is_one(console: Client) -> None:
    console.post(reverse("admin:trial-begin"))
    console.post(reverse("admin:trial-begin"))

    assert (Trial.objects.count(), OrmQ.objects.count()) == (1, 1)
    assert "begins" in console.get(reverse("admin:trial")).content.decode()


def test_only_who_may_begins_one(staff_with: Callable[..., Client], signed_in: Client) -> None:
    viewer = staff_with("studio.view_trial")
    begin = reverse("admin:trial-begin")

    assert viewer.get(reverse("admin:trial")).status_code == 200
    assert [viewer.post(begin).status_code, signed_in.post(begin).status_code] == [403, 302]
    assert Client().post(begin).status_code == 302
    assert not Trial.objects.exists()


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the processes run, and a try be over as soon as it is begun."""

    def end(error: str) -> None:
        now = timezone.now()
        status = "failed" if error else "passed"
        trial = Trial.objects.create(status=status, error=error, ended_at=now, storage_at=now)
        monkeypatch.setattr(check_astria, "what_is_down", list)
        monkeypatch.setattr(check_astria, "try_out", lambda mail_to: trial)

    return end


def test_the_command_says_in_json_what_worked(
    ended: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    ended("")

    call_command("check_astria", "--json")

    said = json.loads(capsys.readouterr().out)
    assert (said["status"], said["steps"]["storage"], said["steps"]["mail"]) == ("passed", True, False)


def test_the_command_fails_with_what_to_do(ended: Callable[[str], None]) -> None:
    ended("Mail: gaierror. Look at EMAIL_URL.")

    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("check_astria")


def test_the_sandbox_makes_the_free_tune_that_calls_us_back(astria_at_sandbox: Sandbox) -> None:
    trial = try_out()

    see_to_trial(trial.pk)

    trial.refresh_from_db()
    [tune] = [one for one in astria_at_sandbox.get("/tunes").json() if one["title"] == str(trial.pk)]
    [prompt] = astria_at_sandbox.prompts(tune["id"])
    assert (trial.error, tune["branch"]) == ("", "fast")
    assert prompt["callback"] == address(trial, "prompt")
