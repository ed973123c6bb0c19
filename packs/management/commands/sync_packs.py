"""manage.py sync_packs: bring the catalogue up to date with Astria."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

import astria
from accounts.commands import OperatorCommand
from packs.models import Pack
from packs.sync import SyncReport, sync_packs


class Command(OperatorCommand):
    changes = True
    help = (
        "Compare the catalogue with Astria's packs. New ones come in as drafts, which staff publish in the "
        "admin; pictures are copied to our storage. Packs that Astria no longer lists take no more orders."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--publish", action="store_true", help="publish every draft afterwards")
        super().add_arguments(parser)

    def handle(self, *args: Any, publish: bool, dry_run: bool, **options: Any) -> None:
        if publish and dry_run:
            raise CommandError("--dry-run changes nothing: leave out --publish.")
        try:
            report = sync_packs(self.say, dry_run=dry_run)
        except astria.AstriaError as error:
            raise CommandError(
                f"Astria could not be asked ({type(error).__name__}). Packs compared so far stay."
            ) from None
        published = _publish() if publish else []
        self.conclude(_in_words(report, dry_run), **_as_json(report, dry_run, published))


def _publish() -> list[str]:
    return [pack.slug for pack in Pack.objects.filter(status=Pack.Status.DRAFT) if pack.publish()]


def _as_json(report: SyncReport, dry_run: bool, published: list[str]) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "new": report.new,
        "known": report.seen,
        "missing": report.missing,
        "published": published,
        "changes": [change.as_json() for change in report.changes],
    }


def _in_words(report: SyncReport, dry_run: bool) -> str:
    words = f"{len(report.new)} new, {len(report.seen)} known, {len(report.missing)} missing"
    return f"{words} (nothing was changed)" if dry_run else words
