"""manage.py replay: take callbacks in once more."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from studio.inbox import process
from studio.models import Callback, Shoot
from studio.models.callback import CallbackQuerySet
from studio.queue import enqueue


class Command(BaseCommand):
    help = (
        "Queue received callbacks to be taken in once more: those named, those of one shoot, or those with "
        "an error. What was taken in before is not doubled. Says how many were queued; the worker does the "
        "rest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "callbacks", nargs="*", type=int, metavar="CALLBACK_ID", help="as the admin lists them"
        )
        parser.add_argument("--shoot", type=UUID, metavar="ID", help="all callbacks of this shoot")
        parser.add_argument("--failed", action="store_true", help="all that were not understood")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._found(options["callbacks"], options["shoot"], options["failed"])
        # In the order in which they came.
        ids = list(found.order_by("pk").values_list("pk", flat=True))
        for callback_id in ids:
            enqueue(process, callback_id)
        self.stdout.write(f"Queued: {len(ids)}")

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
                f"There is no callback {names} (they are kept for 30 days). Nothing was queued."
            )
        return found
