"""manage.py check_ledger: prove that no credit was lost, doubled or made up."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.core.management.base import CommandError

from accounts.commands import OperatorCommand
from studio.auditing import figures, mismatches

MOST_NAMED = 1000


class Command(OperatorCommand):
    help = (
        "Prove the ledger: every account's lines add up to its balance less what it owes, each line follows "
        "from the one before, every shoot was paid once and its refunds add up; those that failed were "
        "refunded in full, those that are ready not at all. Changes nothing. Names each mismatch (the first "
        f"{MOST_NAMED}); exit code 1 if there is one."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found, numbers = list(islice(mismatches(), MOST_NAMED)), figures()
        lines = [*found, *(f"{name}: {n}" for name, n in numbers.items())]
        self.conclude("\n".join(lines), **numbers, mismatches=found)
        if found:
            raise CommandError(f"The ledger is not in order: {len(found)} mismatches.", returncode=1)
        self.say("The ledger is in order.")
