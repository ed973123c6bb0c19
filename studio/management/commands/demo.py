"""manage.py demo: what somebody needs who tries the studio for the first time."""

from __future__ import annotations

import json
import secrets
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

import astria
from accounts.models import Bundle, User
from accounts.welcome import grant_free_credits
from packs.models import Pack
from studio.astria_client import astria_client

DEMO, STAFF = "demo@example.com", "staff@example.com"
DEMO_CREDITS = 500
# Title, credits, price in cents: a price list to look at, and to change.
BUNDLES = (("Small", 40, 1900), ("Medium", 100, 3900), ("Large", 250, 7900))
START_SECONDS = 30.0


class Command(BaseCommand):
    help = "For development: fetch and publish packs, make a demo and a staff account, print their passwords."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--with",
            dest="command",
            metavar="COMMAND",
            help="what to run as Astria while packs are fetched, if none answers",
        )

    def handle(self, *args: Any, command: str | None, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demo accounts are for development: this needs DEBUG=1.")
        if not Pack.objects.exists():
            self.stdout.write("Fetching the demo packs; the first time takes a little …")
            with _running(command):
                call_command("sync_packs", publish=True, stdout=self.stdout)
        passwords = _passwords()
        self._account(DEMO, passwords)
        self._account(STAFF, passwords, is_staff=True)
        if not Bundle.objects.exists():
            for position, (title, credits_in_it, price) in enumerate(BUNDLES):
                Bundle.objects.create(
                    title=title, credits=credits_in_it, price=price, currency="eur", position=position
                )
        self._tell(passwords)

    def _account(self, email: str, passwords: dict[str, str], *, is_staff: bool = False) -> None:
        if User.objects.filter(email=email).exists():
            return
        user = User.objects.create_verified(email, passwords[email], is_staff=is_staff, is_superuser=is_staff)
        grant_free_credits(user)
        user.account.grant(DEMO_CREDITS, key=f"demo:{user.pk}", note="Demo")

    def _tell(self, passwords: dict[str, str]) -> None:
        lines = [
            "",
            f"  The studio           {settings.PUBLIC_URL}",
            f"  Demo account         {DEMO}   password {passwords[DEMO]}",
            f"  Staff account        {STAFF}  password {passwords[STAFF]}   {settings.PUBLIC_URL}/admin/",
            f"  Development mailbox  {settings.PUBLIC_URL}/mailbox/",
            f"  Astria               {settings.ASTRIA_BASE_URL}",
            "",
            "  Ctrl-C stops everything.",
            "",
        ]
        self.stdout.write("\n".join(lines))


def _passwords() -> dict[str, str]:
    """Return the demo accounts' passwords, made on first use and kept for the next start."""
    path = Path(settings.DATA_DIR) / "demo-passwords.json"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(json.dumps({email: secrets.token_urlsafe(9) for email in (DEMO, STAFF)}))
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


@contextmanager
def _running(command: str | None) -> Iterator[None]:
    """Run `command` for as long as it is needed, unless Astria answers already."""
    if command is None or _answers():
        yield
        return
    process = subprocess.Popen(shlex.split(command), stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers() and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def _answers() -> bool:
    try:
        astria_client(timeout=(1.0, 5.0)).packs.list()
    except astria.AstriaError:
        return False
    return True
