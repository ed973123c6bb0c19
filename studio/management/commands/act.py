"""manage.py act: what staff can do to an order, a person or a pack, from a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.core.management.base import CommandError, CommandParser
from django.db.models import Model

from accounts.commands import OperatorCommand
from accounts.models import User
from packs.models import Pack
from studio.console import pack_acts, people_acts, shoot_acts
from studio.console.acting import Act, act
from studio.models import Shoot
from studio.ordering import OrderRefused


def _order(said: str) -> Shoot | None:
    try:
        return Shoot.objects.filter(pk=UUID(said)).first()
    except ValueError:
        return None


class Place(NamedTuple):
    """What acts are done to: how it is found, and what they are."""

    find: Callable[[str], Model | None]
    acts: Iterable[Act[Any]]


PLACES = {
    "order": Place(_order, shoot_acts.ACTS),
    "person": Place(lambda said: User.objects.filter(email=said.lower()).first(), people_acts.ACTS),
    "pack": Place(lambda said: Pack.objects.filter(slug=said).first(), pack_acts.ACTS),
}


class Command(OperatorCommand):
    changes = True
    help = (
        "Do to an order, a person or a pack what its page in the admin offers, by the same verbs, and write "
        "it into the audit log. Without an act, list what can be done; with --dry-run, say what will happen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=PLACES, help="what it is done to")
        parser.add_argument("row", help="the order's id, the person's e-mail address, or the pack's slug")
        parser.add_argument("act", nargs="?", default="", help="as the list without it names it")
        parser.add_argument("--reason", default="", help="why, for the audit log; no names")
        parser.add_argument(
            "--with",
            dest="more",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="what the act asks for beside: amount=7, shot=9031, typed=anna@example.com",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, what: str, row: str, **options: Any) -> None:
        found = PLACES[what].find(row)
        if found is None:
            raise CommandError(f"There is no {what} {row}.")
        possible = {one.name: (one, says) for one in PLACES[what].acts if (says := one.says(found))}
        if not options["act"]:
            acts = {name: says for name, (_act, says) in possible.items()}
            self.conclude("\n".join(f"{name}: {says}" for name, says in acts.items()), acts=acts)
        elif options["act"] not in possible:
            raise CommandError(f"This cannot be done now. What can: {', '.join(possible) or 'nothing'}.")
        else:
            self._do(*possible[options["act"]], found, **options)

    def _do(self, chosen: Act[Any], says: str, row: Model, **options: Any) -> None:
        if options["dry_run"]:
            self.conclude(says, dry_run=True, says=says)
            return
        more = dict(pair.split("=", 1) for pair in options["more"] if "=" in pair)
        form = chosen.form({"key": uuid4(), "reason": options["reason"]} | more, row=row)
        if not form.is_valid():
            raise CommandError(
                "; ".join(f"{name}: {' '.join(map(str, said))}" for name, said in form.errors.items())
            )
        try:
            done = act(chosen, row, None, form.cleaned_data)
        except OrderRefused as refusal:
            raise CommandError(" ".join(refusal.reasons)) from None
        self.conclude(done, dry_run=False, done=done)
