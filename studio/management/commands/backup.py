"""manage.py backup: a copy of database and files, taken while the studio runs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.commands import OperatorCommand
from studio.backing_up import FILES, BackupFailed, back_up, differences


class Command(OperatorCommand):
    changes = True
    help = (
        "Copy the database, the stored files and the secret key to FOLDER while the studio runs. Repeated on "
        "the same folder it copies only new files, and deletes those that were deleted here. docs/deploy.md "
        "says how to put it back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="where the copies go")
        super().add_arguments(parser)

    def handle(self, *args: Any, folder: Path, dry_run: bool, **options: Any) -> None:
        if dry_run:
            missing, extra = differences(folder / FILES)
            words = f"To be copied: the database; files: {len(missing)} new, {len(extra)} to delete"
            self.conclude(words, dry_run=True, copied=len(missing), removed=len(extra))
            return
        try:
            backup = back_up(folder, self.progress)
        except BackupFailed as error:
            raise CommandError(f"No backup was made. {error}") from None
        words = f"{backup.database}; files: {backup.copied} new, {backup.removed} deleted"
        self.conclude(words, dry_run=False, **asdict(backup))
