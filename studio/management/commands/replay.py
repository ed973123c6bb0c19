"""manage.py replay: take callbacks in once more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from accounts.commands import OperatorCommand
from studio.models import Callback, Shoot
from studio.models.callback import CallbackQuerySet


class Command(OperatorCommand):
    changes = True
    help = (
        "Have received callbacks taken in once more: those named, those of one shoot, or those with "
        "an error. What was taken in before is not doubled. Says how many; clock and worker do the rest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "callbacks", nargs="*", type=int, metavar="CALLBACK_ID", help="as the admin lists them"
        )
        parser.add_argument("--shoot", type=UUID, metavar="ID", help="all callbacks of this shoot")
        parser.add_argument("--failed", action="store_true", help="all that were not understood")
        super().add_arguments(parser)

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        found = self._found(options["callbacks"], options["shoot"], options["failed"])
        count = found.count() if dry_run else found.replay()
        words = f"To be taken in: {count}" + (" (nothing was changed)" if dry_run else "")
        self.conclude(words, dry_run=dry_run, callbacks=count)

    def _found(self, ids: list[int], shoot: UUID | None, failed: bool) -> CallbackQuerySet:
        if [bool(ids), shoot is not None, failed].count(True) != 1:
            raise CommandError("Say which: CALLBACK_ID …, or --shoot ID, or --failed.")
        if shoot is not None:
            return self._of_shoot(shoot)
        return Callback.objects.exclude(error="") if failed else self._named(ids)

    def _of_shoot(self, shoot_id: UUID) -> CallbackQuerySet:
        if not Shoot.objects.filter(pk=shoot_id).exists():
            raise CommandError(f"There is no shoot {shoot_id}.")
        return Callback.objects.filter(shoot=shoot_id)

    def _named(self, ids: list[int]) -> CallbackQuerySet:
        found = Callback.objects.filter(pk__in=ids)
        missing = sorted(set(ids) - set(found.values_list("pk", flat=True)))
        if missing:
            names = ", ".join(str(pk) for pk in missing)
            raise CommandError(
                f"There is no callback {names} (they are kept for 30 days). Nothing is replayed."
            )
        return found
