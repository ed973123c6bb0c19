"""Try the whole configuration with a free tune at Astria: manage.py check_astria."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.commands import OperatorCommand
from studio.health import what_is_down
from studio.models import Trial
from studio.trying import try_out

STEPS = {
    "storage_at": "storage writes and reads",
    "mail_at": "mail leaves",
    "posted_at": "the free tune was ordered",
    "tune_called_at": "Astria called back for the tune",
    "prompt_called_at": "Astria called back for the prompt",
}


class Command(OperatorCommand):
    changes = True
    help = (
        "Try storage, mail, Astria and its callbacks: order a free tune (branch=fast) with one prompt, wait "
        "for both callbacks through PUBLIC_URL, delete it again. Worker and clock must run. Exit code 1 if "
        "something does not work; the last line says what, and what to do. With --dry-run only whether "
        "Astria, worker and clock answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mail-to", default="", help="write a mail to this address, too")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if down := what_is_down():
            raise CommandError("\n".join(down))
        if options["dry_run"]:
            self.conclude("Astria, worker and clock answer. Nothing was tried.", dry_run=True)
            return
        trial = try_out(mail_to=options["mail_to"])
        seen: set[str] = set()
        while not trial.is_final:
            time.sleep(0.5)
            trial.refresh_from_db()
            self._tell(trial, seen)
        if trial.status == Trial.Status.FAILED and not self.is_json:
            raise CommandError(trial.error)
        self.conclude("All works. The tune is being deleted at Astria.", **said_of(trial))
        if trial.status == Trial.Status.FAILED:
            raise CommandError(trial.error)

    def _tell(self, trial: Trial, seen: set[str]) -> None:
        for column, words in STEPS.items():
            if column not in seen and getattr(trial, column) is not None:
                seen.add(column)
                self.say(f"✓ {words}")


def said_of(trial: Trial) -> dict[str, Any]:
    """Return a try as JSON has it."""
    steps = {column.removesuffix("_at"): getattr(trial, column) is not None for column in STEPS}
    return {"id": str(trial.pk), "status": trial.status, "error": trial.error, "steps": steps}
