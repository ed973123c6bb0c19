"""manage.py restored: after a backup was put back, before the worker starts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import CommandError

import astria
from accounts.commands import OperatorCommand
from studio import files, restoring


class Command(OperatorCommand):
    changes = True
    help = (
        "To be run on a database that was put back from a backup, before worker and clock are started; once "
        "more changes nothing. What people erased since the backup is erased again, as the notes in the "
        "storage say. Queued orders are looked for at Astria before they are posted: they may have been "
        "since the backup. Shoots under way are due now. Lists the tunes at Astria that nobody here knows of."
    )

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        since = restoring.backed_up_at()
        try:
            restored = restoring.make_right(dry_run=dry_run)
        except files.StorageDown as down:
            raise CommandError(f"The storage does not say what was erased: {down}. Try again.") from None
        unknown, error = _unknown_since(since)
        said = {
            "dry_run": dry_run,
            "backup_of": since,
            **asdict(restored),
            "unknown": unknown,
            "error": error,
        }
        self.conclude(_in_words(said), **said)
        if error:
            self.stderr.write(f"Astria could not be asked for tunes that are unknown here: {error}")


def _unknown_since(since: datetime | None) -> tuple[list[dict[str, Any]], str]:
    """Return the tunes at Astria that nobody here knows of, and why there may be more."""
    found: list[dict[str, Any]] = []
    try:
        for tune in restoring.unknown_tunes(since) if since else ():
            found.append({"id": tune.id, "title": tune.title, "created_at": tune.created_at})
    except astria.AstriaError as error:
        return found, str(error)
    return found, ""


def _in_words(said: dict[str, Any]) -> str:
    lines = ["Nothing was changed; to be done:"] if said["dry_run"] else []
    lines += [
        f"Erased again: {said['erased_again']} of what was erased since the backup.",
        f"Looked for before they are posted: {said['looked_for']} orders.",
        f"Looked at as soon as worker and clock run: {said['looked_at']} shoots.",
    ]
    if said["backup_of"]:
        lines.append(f"The backup is of {said['backup_of']:%Y-%m-%d %H:%M:%S} UTC.")
    lines += [
        f"Unknown here: tune {it['id']}, titled {it['title']}, of {it['created_at']}"
        for it in said["unknown"]
    ]
    return "\n".join(lines)
