"""manage.py purge: let go of what nobody needs any more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from studio import purging


class Command(BaseCommand):
    help = (
        f"Delete callbacks older than {purging.KEEP_CALLBACKS.days} days, photo sets that were never ordered "
        f"from and left alone for {purging.KEEP_DRAFTS.days} days (the worker deletes their files), "
        f"timeline lines about calls to Astria older than {purging.KEEP_CALLS.days} days, and what "
        "inspection said of photos that are gone. The clock queues the same once a day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        purged = purging.purge(dry_run=dry_run)
        self.stdout.write(
            f"{'To be deleted' if dry_run else 'Deleted'}: {purged.callbacks} callbacks, "
            f"{purged.photo_sets} photo sets, {purged.calls} calls, {purged.inspections} inspections"
        )
