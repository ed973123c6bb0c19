"""manage.py healthcheck: whether this machine's web, worker or clock is well, for containers."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from accounts.commands import OperatorCommand
from studio.management.commands.worker import SIGNS
from studio.models import Heartbeat

# Signs of life are given every ten seconds, when the machine is not very busy.
FRESH = timedelta(minutes=2)
WEB_SECONDS = 5.0


class Command(OperatorCommand):
    help = "Exit with 0 if web, worker or clock of this machine is well, else say why not and exit with 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("process", choices=["web", "worker", "clock"], help="which of them")
        super().add_arguments(parser)

    def handle(self, *args: Any, process: str, **options: Any) -> None:
        what_is_wrong = {"web": _of_web, "worker": _of_worker, "clock": _of_clock}[process]()
        if what_is_wrong and not self.is_json:
            raise CommandError(what_is_wrong)
        self.conclude(f"{process}: well", process=process, is_well=not what_is_wrong, error=what_is_wrong)
        if what_is_wrong:
            raise CommandError(what_is_wrong)


def _of_web() -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.PORT}/healthz", timeout=WEB_SECONDS):
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"/healthz answers {error.code}:\n{error.read().decode(errors='replace')}"
    except OSError as error:
        return f"the web does not answer ({type(error).__name__})"


def _of_worker() -> str:
    host = socket.gethostname()
    silent = [sign for sign in SIGNS if not Heartbeat.is_fresh(sign, FRESH, holder=host)]
    return f"no sign of life for {FRESH.total_seconds():.0f} s: {', '.join(silent)}" if silent else ""


def _of_clock() -> str:
    """Of several clocks one works, and the others wait: each says that it is there."""
    if Heartbeat.is_fresh("clock process", FRESH, holder=socket.gethostname()):
        return ""
    return f"no sign of life for {FRESH.total_seconds():.0f} s"
