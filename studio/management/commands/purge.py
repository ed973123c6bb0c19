"""manage.py purge: let go of what nobody needs any more."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from accounts.commands import OperatorCommand
from studio import purging


class Command(OperatorCommand):
    changes = True
    help = (
        f"Delete callbacks older than {purging.KEEP_CALLBACKS.days} days, photo sets that were never ordered "
        f"from and left alone for {purging.KEEP_DRAFTS.days} days (the worker deletes their files), "
        f"photos that were kept as many days after their last shoot as their owner chose, timeline lines "
        f"about calls to Astria older than {purging.KEEP_CALLS.days} days, and what "
        "inspection said of photos that are gone, notes of erasures that outlived every backup "
        "(BACKUPS_KEPT_DAYS), and lines of the audit log after AUDIT_KEPT_DAYS. The clock queues "
        "the same once a day."
    )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        purged = purging.purge(dry_run=dry_run)
        self.conclude(
            f"{'To be deleted' if dry_run else 'Deleted'}: {purged.callbacks} callbacks, "
            f"{purged.photo_sets} photo sets, {purged.calls} calls, {purged.inspections} inspections, "
            f"{purged.photos} photos, {purged.notes} notes of erasures, {purged.acts} acts of staff",
            dry_run=dry_run,
            **asdict(purged),
        )
