"""manage.py submissions: the switch that holds all orders."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.commands import OperatorCommand
from studio import holding
from studio.models import Pause, Shoot


class Command(OperatorCommand):
    changes = True
    help = (
        "Say whether orders go out to Astria, and how many wait; with `hold` none goes out until `release`. "
        "Orders are taken meanwhile; what could not go out for a day is given back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "verb", nargs="?", choices=["hold", "release"], help="without it nothing is changed"
        )
        parser.add_argument("--reason", default="", help="why, for other staff and the audit log")
        super().add_arguments(parser)

    def handle(self, *args: Any, verb: str | None, reason: str, dry_run: bool, **options: Any) -> None:
        if verb and not reason:
            raise CommandError("Say why: --reason …")
        if verb and not dry_run:
            {"hold": holding.hold, "release": holding.release}[verb](reason, by=None)
        pause = Pause.objects.filter(ended_at=None).first()
        waiting = Shoot.objects.filter(status=Shoot.Status.QUEUED).count()
        words = f"Held: {pause.reason}" if pause else "Orders go out."
        self.conclude(
            f"{words} {waiting} wait.", dry_run=dry_run, reason=pause.reason if pause else "", waiting=waiting
        )
