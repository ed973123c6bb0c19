"""An order in earnest, with trouble on its way: what web, worker and clock wrote, and what Sentry got."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from tests.processes import studio_running
from tests.sandbox.process import eventually
from tests.sentry import Sentry, sentry_listening
from tests.visitor import EMAIL, Visitor, visitor_at

pytestmark = [pytest.mark.processes, pytest.mark.long]

SHARE = """
from datetime import timedelta
from studio.models import Share
shoot = Shoot.objects.get(pk={shoot!r})
print(Share.create_for(shoot, name="us", only_liked=False, downloads=False, lifetime=None).token)
"""
VERBS = {"advance", "deliver", "process", "send_letter"}
OF_A_SHOOT = {"shoot", "prompt", "image", "callback"}


@dataclass
class Log:
    """What was written about one shoot, and what must not have been."""

    shoot: str
    text: str
    secrets: list[str]
    sentry: Sentry

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines() if line]

    @property
    def messages(self) -> str:
        """What the lines with the shoot's id say."""
        return "\n".join(line["message"] for line in self.lines if line.get("shoot") == self.shoot)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    """An order by web with trouble on its way: a disk that refuses, forged callbacks, a view that breaks."""
    with sentry_listening() as sentry:
        more = {"LOG_FORMAT": "json", "EMAIL_URL": "dummymail://", "PACE": "20", "SENTRY_DSN": sentry.dsn}
        with studio_running(tmp_path_factory.mktemp("log"), more=more, samples=False) as studio:
            visitor = visitor_at(studio)
            shoot = ordered_with_trouble(visitor)
            state = visitor.wait_for_end(shoot)
            share = studio.shell(SHARE.format(shoot=shoot)).splitlines()[-1]
            visit(visitor, shoot, state["token"], share)
            eventually(lambda: "mail: ready" in studio.logs() and "IsADirectoryError" in sentry.text)
        key = studio.environment["ASTRIA_API_KEY"]
        secrets = [key, state["token"], share, "hazel", EMAIL, *state["urls"]]
        yield Log(shoot, studio.logs(), secrets, sentry)


def ordered_with_trouble(visitor: Visitor) -> str:
    """Order, and let no picture be stored until a task has failed of it."""
    studio = visitor.studio
    account = next((studio.data_dir / "files/u").iterdir())
    (account / "shoots").touch()
    shoot = visitor.order(eye_color="hazel")
    eventually(lambda: "the task failed" in studio.logs(), seconds=60)
    (account / "shoots").unlink()
    return shoot


def visit(visitor: Visitor, shoot: str, token: str, share: str) -> None:
    """Call what has a secret in its path, rightly and wrongly, and a page that breaks."""
    studio = visitor.studio
    callback = f"{studio.url}/callbacks/{shoot}"
    broken = next(studio.data_dir.glob("files/u/*/shoots/*/*/640.webp"))
    broken.unlink()
    broken.mkdir()
    answers = [
        requests.get(f"{studio.url}/s/{share}/", timeout=60),
        requests.get(f"{studio.url}/s/{share}x/", timeout=60),
        requests.post(f"{callback}/{token}x", timeout=60, json={}),
        requests.post(f"{callback}/{token}", timeout=60, data="not JSON"),
        requests.get(f"{studio.url}/s/{share}/{broken.parent.name}/640.webp", timeout=60),
    ]
    assert [answer.status_code for answer in answers] == [200, 404, 404, 400, 503]


def test_every_line_is_json_with_time_level_logger_and_message(log: Log) -> None:
    wanted = {"time", "level", "logger", "message"}

    assert [line for line in log.lines if not wanted <= line.keys()] == []
    assert {line["logger"].partition(".")[0] for line in log.lines} >= {"studio", "gunicorn", "django"}


def test_every_line_about_the_shoot_carries_its_id(log: Log) -> None:
    lines = [line for line in log.lines if OF_A_SHOOT & line.keys() or line.get("verb") in VERBS]

    assert len(lines) > 40
    assert [line for line in lines if line.get("shoot") != log.shoot] == []


@pytest.mark.parametrize(
    "said",
    [
        "shoot: draft → queued",
        "call: POST /p/",
        "shoot: queued → submitting",
        "callback received",
        "callback that cannot be read",
        "tune: training → trained",
        "the task failed",
        "image: pending → stored",
        "shoot: generating → ready",
        "mail: ready",
    ],
)
def test_the_whole_life_of_the_shoot_is_told_under_its_id(log: Log, said: str) -> None:
    assert said in log.messages


def test_what_a_request_and_a_task_caused_carries_their_ids(log: Log) -> None:
    ordered = next(line for line in log.lines if line["message"] == "shoot: draft → queued")
    stored = next(line for line in log.lines if line["message"] == "image: pending → stored")

    assert ordered["request"]
    assert (stored["verb"], bool(stored["task"]), bool(stored["image"])) == ("deliver", True, True)


def test_a_task_that_failed_is_one_line_with_its_traceback(log: Log) -> None:
    failed = [line for line in log.lines if line["message"] == "the task failed"]

    assert "NotADirectoryError" in failed[0]["exception"]
    assert [line for line in log.lines if line["logger"] == "django-q" and "Failed" in line["message"]] == []


def test_no_line_holds_a_key_a_token_an_address_or_a_trait(log: Log) -> None:
    assert [secret for secret in log.secrets if secret in log.text] == []
    assert len(log.secrets) == 13
    assert "sd_" not in log.text.replace("sd_…", "")


def test_sentry_gets_what_failed_in_a_task_with_the_ids_of_the_log(log: Log) -> None:
    tags = log.sentry.raised("NotADirectoryError")["tags"]

    assert (tags["shoot"], tags["verb"]) == (log.shoot, "deliver")
    assert {"task", "image"} <= tags.keys()


def test_sentry_gets_what_failed_in_a_view_without_cookies_or_the_secret_in_its_path(log: Log) -> None:
    event = log.sentry.raised("IsADirectoryError")

    assert event["request"].keys() == {"method", "url"}
    assert event["request"]["url"].endswith("/s/…")
    assert event["tags"]["request"]


def test_nothing_sent_to_sentry_holds_a_key_a_token_an_address_or_a_trait(log: Log) -> None:
    text = log.sentry.text

    assert [secret for secret in log.secrets if secret in text] == []
    assert '"vars"' not in text
    assert "sessionid" not in text
