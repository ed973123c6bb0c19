"""Mail through a real SMTP server that accepts, refuses, breaks off or hangs: never sent twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from time_machine import Traveller

from accounts.models import User
from studio.mail import send_letter
from studio.models import Event, Letter
from studio.settling import fail
from tests.factories import ShootFactory

pytestmark = pytest.mark.django_db


@dataclass
class MailServer:
    """Answers each command with what `answers` says, else with 250; "drop" hangs up, "hang" is silent."""

    answers: dict[str, str] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def close(self) -> None:
        self.done.set()
        # Wakes the thread from its accept.
        socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join()
        self.listener.close()

    def _serve(self) -> None:
        while not self.done.is_set():
            connection, _ = self.listener.accept()
            with connection, connection.makefile("rwb") as lines:
                if not self.done.is_set():
                    self._talk(lines)

    def _talk(self, lines: Any) -> None:
        command = "greeting"
        while self._answer(lines, command) and (line := lines.readline()):
            command = line.decode().split()[0].upper()
            if command == "DATA":
                self._say(lines, "354 go on")
                text = b"".join(iter(lines.readline, b".\r\n")).decode()
                command = "END"
                if command not in self.answers:
                    self.taken.append(text)

    def _answer(self, lines: Any, command: str) -> bool:
        answer = self.answers.get(command, "220 hello" if command == "greeting" else "250 fine")
        if answer == "hang":
            lines.read()  # until the other side gives up
        if answer in {"hang", "drop"}:
            return False
        self._say(lines, answer)
        return True

    def _say(self, lines: Any, answer: str) -> None:
        lines.write(answer.encode() + b"\r\n")
        lines.flush()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """The server that mail goes to."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 0.5
    yield server
    server.close()


@pytest.fixture
def letter(noon: Traveller, user: User) -> Callable[[], Letter]:
    """A mail that is to be sent, as it stands."""
    fail(ShootFactory.create(account=user.account), "The photos were too dark.")
    return Letter.objects.get


def test_what_the_server_takes_is_sent_once(server: MailServer, letter: Callable[[], Letter]) -> None:
    [send_letter(letter().pk) for _ in range(3)]

    assert letter().status == Letter.Status.SENT
    [text] = server.taken
    assert f"Message-ID: <{letter().message_id}@127.0.0.1>" in text


@pytest.mark.parametrize(
    "answers",
    [
        {"RCPT": "451 later"},
        {"RCPT": "550 nobody"},
        {"MAIL": "421 busy"},
        {"END": "554 no"},
        {"END": "452 full"},
    ],
)
def test_what_the_server_refuses_is_sent_later(
    server: MailServer, letter: Callable[[], Letter], answers: dict[str, str]
) -> None:
    server.answers = answers
    send_letter(letter().pk)
    refused = letter().status
    server.answers = {}

    [send_letter(letter().pk) for _ in range(2)]

    assert (refused, letter().status, len(server.taken)) == (Letter.Status.WAITING, Letter.Status.SENT, 1)


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["drop", "hang"])
def test_what_the_server_says_nothing_of_is_never_sent_again_and_staff_see_it(
    server: MailServer, letter: Callable[[], Letter], answer: str
) -> None:
    server.answers = {"END": answer}
    send_letter(letter().pk)
    server.answers = {}

    send_letter(letter().pk)

    assert letter().status == Letter.Status.UNKNOWN
    assert server.taken == []
    assert "may or may not have left" in Event.objects.get(kind=Event.Kind.TROUBLE).text


@pytest.mark.slow
@pytest.mark.parametrize("answers", [{"greeting": "hang"}, {"greeting": "drop"}, {"greeting": "554 closed"}])
def test_a_server_that_does_not_greet_gets_it_later(
    server: MailServer, letter: Callable[[], Letter], answers: dict[str, str]
) -> None:
    server.answers = answers
    with pytest.raises(OSError):
        send_letter(letter().pk)
    server.answers = {}

    send_letter(letter().pk)

    assert (letter().status, len(server.taken)) == (Letter.Status.SENT, 1)


def test_a_server_that_is_not_there_gets_it_later(
    server: MailServer, settings: Any, letter: Callable[[], Letter]
) -> None:
    settings.EMAIL_PORT = 1
    with pytest.raises(ConnectionRefusedError):
        send_letter(letter().pk)
    settings.EMAIL_PORT = server.port

    send_letter(letter().pk)

    assert (letter().status, len(server.taken)) == (Letter.Status.SENT, 1)
