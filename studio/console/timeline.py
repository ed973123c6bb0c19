"""Everything that happened to a shoot, in the order of time, as its page in the admin shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import AuditEntry, CreditEntry
from config.logs import scrub
from studio.models import Event, Shoot

# Of one shoot there is rarely more; the oldest are left out then.
MOST = 500
# Of a callback's body, which staff read to see what Astria said.
MOST_OF_BODY = 4000
# Of a callback these are nobody's business: what the person agreed to say, and where pictures lie.
KEPT_BACK = {
    "text",
    "images",
    "callback",
    "characteristics",
    "orig_images",
    "prompts_callback",
    "input_image",
}


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, of which kind, in words, with more to unfold if there is."""

    at: datetime
    kind: str
    words: str
    more: str = ""


def timeline_of(shoot: Shoot) -> list[Line]:
    """Return what happened to `shoot` and its model, the latest first."""
    parts = (_events(shoot), _callbacks(shoot), _mails(shoot), _credits(shoot), _staff(shoot))
    return sorted(chain(*parts), key=attrgetter("at"), reverse=True)[:MOST]


def _events(shoot: Shoot) -> Iterator[Line]:
    """State changes, calls, pictures that are missing: what the pipeline wrote down itself."""
    about = Q(shoot=shoot) | Q(tune=shoot.tune_id, shoot=None)
    events = Event.objects.filter(about).exclude(kind__in=[Event.Kind.MAIL, Event.Kind.MONEY])
    for event in events.order_by("-at", "-id")[:MOST]:
        yield Line(event.at, event.get_kind_display(), _in_words(event))


def _in_words(event: Event) -> str:
    milliseconds = event.data.get("ms")
    return f"{event.text} ({milliseconds} ms)" if milliseconds is not None else event.text


def _callbacks(shoot: Shoot) -> Iterator[Line]:
    for callback in shoot.callbacks.order_by("-received_at", "-id")[:MOST]:
        said = _("not taken in: %(error)s") % {"error": callback.error} if callback.error else ""
        state = said or (_("taken in") if callback.processed_at else _("waits"))
        yield Line(callback.received_at, _("callback"), f"{callback}: {state}", readable(callback.body))


def readable(body: str) -> str:
    """Return a callback's body without what is the person's: traits, texts, addresses of pictures, tokens."""
    try:
        said = _without_what_is_theirs(json.loads(body))
    except (ValueError, RecursionError):
        return _("Not JSON.")
    return scrub(json.dumps(said, indent=1, ensure_ascii=False))[:MOST_OF_BODY]


def _without_what_is_theirs(said: Any) -> Any:
    if isinstance(said, list):
        return [_without_what_is_theirs(one) for one in said]
    if not isinstance(said, dict):
        return said
    return {
        key: _kept_back(value) if key in KEPT_BACK else _without_what_is_theirs(value)
        for key, value in said.items()
    }


def _kept_back(value: Any) -> Any:
    """Say how much there was: whether pictures came is what staff look for."""
    return f"({len(value)})" if isinstance(value, list) else "(…)"


def _mails(shoot: Shoot) -> Iterator[Line]:
    for letter in shoot.letters.order_by("-created_at", "-id"):
        words = f"{letter.get_kind_display()}: {letter.get_status_display()}"
        at = letter.sent_at or letter.created_at
        yield Line(at, _("mail"), f"{words} ({letter.error})" if letter.error else words)


def _credits(shoot: Shoot) -> Iterator[Line]:
    """The lines of the ledger that name the shoot by their key."""
    own = Q(key=f"shoot:{shoot.pk}") | Q(key__startswith=f"shoot:{shoot.pk}:")
    for entry in CreditEntry.objects.filter(own, account=shoot.account_id).order_by("-created_at", "-id"):
        yield Line(
            entry.created_at, _("credits"), f"{entry.get_kind_display()}: {entry.amount:+d} ({entry.key})"
        )


def _staff(shoot: Shoot) -> Iterator[Line]:
    for entry in AuditEntry.objects.filter(about_type="studio.shoot", about_id=str(shoot.pk)):
        yield Line(entry.at, _("staff"), f"{entry.action} {entry.text}".strip())
