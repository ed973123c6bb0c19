"""manage.py sync_packs: bring the catalogue up to date with Astria."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

import astria
from packs.models import Pack
from packs.sync import sync_packs


class Command(BaseCommand):
    help = (
        "Compare the catalogue with Astria's packs. New ones come in as drafts, which staff publish in the "
        "admin; pictures are copied to our storage. Packs that Astria no longer lists take no more orders."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--publish", action="store_true", help="publish every draft afterwards")

    def handle(self, *args: Any, publish: bool, **options: Any) -> None:
        try:
            report = sync_packs(self.stdout.write)
        except astria.AstriaError as error:
            raise CommandError(
                f"Astria could not be asked ({type(error).__name__}). Packs compared so far stay."
            ) from None
        if publish:
            for pack in Pack.objects.filter(status=Pack.Status.DRAFT):
                pack.publish()
        self.stdout.write(f"{len(report.new)} new, {len(report.seen)} known, {len(report.missing)} missing")
