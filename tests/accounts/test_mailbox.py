"""The development mailbox: there while DEBUG is on and mail goes to the console, and never else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.mailbox import KEPT, ConsoleAndMailbox, kept_messages

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    settings.DEBUG = True
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    return tmp_path / "mailbox"


def send(subject: str, body: str = "Hello") -> None:
    ConsoleAndMailbox().send_messages([EmailMessage(subject, body, to=["zoe@example.com"])])


def test_the_page_shows_what_was_written_newest_first(client: Client, mailbox: Path) -> None:
    send("First", "see http://127.0.0.1:8000/shoots/ now")
    send("Second <b>")

    page = client.get("/mailbox/").content.decode()

    assert page.index("Second &lt;b&gt;") < page.index("First")
    assert '<a href="http://127.0.0.1:8000/shoots/">' in page


def test_an_empty_mailbox_says_so(client: Client, mailbox: Path) -> None:
    assert "No mail yet" in client.get("/mailbox/").content.decode()


def test_without_debug_there_is_no_mailbox(client: Client, mailbox: Path, settings: Any) -> None:
    settings.DEBUG = False

    assert client.get("/mailbox/").status_code == 404


def test_with_a_mail_server_there_is_no_mailbox(client: Client, mailbox: Path, settings: Any) -> None:
    settings.MAILBOX_DIR = None

    assert client.get("/mailbox/").status_code == 404
    assert kept_messages() == []


def test_the_sign_up_page_leads_to_the_mailbox_only_while_there_is_one(
    client: Client, mailbox: Path, settings: Any
) -> None:
    with_mailbox = client.get("/accounts/signup/").content.decode()
    settings.DEBUG = False
    without = client.get("/accounts/signup/").content.decode()

    assert 'href="/mailbox/"' in with_mailbox
    assert "/mailbox/" not in without


def test_only_the_latest_messages_are_kept(mailbox: Path) -> None:
    for number in range(KEPT + 2):
        send(f"Number {number}")

    subjects = [message["subject"] for message in kept_messages()]
    assert len(subjects) == KEPT
    assert subjects[0] == f"Number {KEPT + 1}"
