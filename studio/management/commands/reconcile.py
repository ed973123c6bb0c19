"""manage.py reconcile: compare with Astria now, without waiting for the clock."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from accounts.commands import OperatorCommand
from studio.models import Shoot
from studio.models.shoot import ShootQuerySet
from studio.queue import enqueue
from studio.training import advance


class Command(OperatorCommand):
    changes = True
    help = (
        "Queue, for every shoot that has not ended, what is to be done next: submit it, look for it, look at "
        "it at Astria. The clock does the same when each is due; this does not wait. It is safe at any time. "
        "Says how many shoots were queued; the worker does the rest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shoot", type=UUID, metavar="ID", help="this one alone")
        super().add_arguments(parser)

    def handle(self, *args: Any, shoot: UUID | None, dry_run: bool, **options: Any) -> None:
        shoots = Shoot.objects.active() if shoot is None else self._one(shoot)
        for found in self.progress(shoots):
            self.say(f"{found.pk} {found.get_status_display()}")
            if not dry_run:
                enqueue(advance, found.pk)
        self.conclude(
            f"{'To be queued' if dry_run else 'Queued'}: {len(shoots)}",
            dry_run=dry_run,
            shoots=[{"id": found.pk, "status": found.status} for found in shoots],
        )

    def _one(self, shoot_id: UUID) -> ShootQuerySet:
        found = Shoot.objects.filter(pk=shoot_id)
        shoot = found.first()
        if shoot is None:
            raise CommandError(f"There is no shoot {shoot_id}.")
        if not found.active().exists():
            raise CommandError(
                f"Shoot {shoot_id} has ended: {shoot.get_status_display()}. Nothing is left to compare; "
                f"to take in its callbacks again: manage.py replay --shoot {shoot_id}"
            )
        return found
