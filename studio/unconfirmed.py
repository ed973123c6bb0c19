"""Finding out what became of an order whose answer was lost."""

from __future__ import annotations

from datetime import datetime
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from studio import pace
from studio.astria_client import astria_client
from studio.generation import above_watermark, take_in_prompt
from studio.mail import alarm_staff
from studio.models import Event, Pause, Shoot, TuneDeletion
from studio.posting import post_of
from studio.recognition import recognise
from studio.settling import fail
from studio.submission import accept, claim, is_given_up, send


class Sight(Enum):
    """What a look for prompts saw, if anything: the order, or what may be the order."""

    FOUND = auto()
    DOUBT = auto()


def look_for(shoot: Shoot) -> None:
    """Look whether Astria has an order whose answer was lost; only then may it be posted again."""
    try:
        found = _find_tune(shoot) if shoot.trains else _find_prompts(shoot)
    except astria.AstriaError:
        # Not a negative look: we could not see.
        if not _fail_unconfirmed(shoot):
            shoot.look_again_at(timezone.now() + pace.UNCONFIRMED_LOOKS[0], looks=shoot.looks)
        return
    if found in (None, Sight.DOUBT):
        _not_found(shoot, in_doubt=found is Sight.DOUBT)
    else:
        accept(shoot, found if isinstance(found, astria.Tune) else None)


def _not_found(shoot: Shoot, *, in_doubt: bool) -> None:
    """After the last look: post again if Astria would recognise it, else hold it for staff.

    A look counts only when it is due, and once: a task may start twice, or long before its time. `in_doubt`:
    there is something that may be the order, such as a theme of which not every prompt is there yet.
    """
    last = len(pace.UNCONFIRMED_LOOKS) - 1
    due = shoot.updated_at + pace.UNCONFIRMED_LOOKS[min(shoot.looks, last)]
    if timezone.now() < due:
        shoot.look_again_at(due, looks=shoot.looks)
    elif shoot.looks < last:
        shoot.count_look(_next_look(shoot))
    elif _is_unwanted(shoot) or _fail_unconfirmed(shoot):
        return
    elif settings.ASTRIA_IDEMPOTENT and not in_doubt:
        _post_again(shoot)
    elif shoot.count_look(timezone.now() + pace.HELD_LOOK) and shoot.looks == last + 1:
        _hold(shoot)


def _next_look(shoot: Shoot) -> datetime:
    """Return when to look next; never sooner than planned after this look, should the time have jumped."""
    this, following = pace.UNCONFIRMED_LOOKS[shoot.looks], pace.UNCONFIRMED_LOOKS[shoot.looks + 1]
    return max(shoot.updated_at + following, timezone.now() + following - this)


def _post_again(shoot: Shoot) -> None:
    """Post what was looked for and not found, unless the site pauses; the probe may be such a post, too."""
    if not Pause.allows_submission(probe_every=pace.PROBE_EVERY):
        shoot.look_again_at(timezone.now() + pace.PROBE_EVERY, looks=shoot.looks)
        return
    post = post_of(shoot)
    if claim(shoot, frozenset({Shoot.Status.UNCONFIRMED}), since=timezone.now()):
        send(shoot, post, again=True)


def _is_unwanted(shoot: Shoot) -> bool:
    """Give an order back that was looked for in vain, if its model is to be deleted anyway."""
    words = _("The model was deleted.")
    is_asked_for = TuneDeletion.is_asked_for(shoot.tune_id)
    return is_asked_for and fail(shoot, words, from_=frozenset({Shoot.Status.UNCONFIRMED}))


def _fail_unconfirmed(shoot: Shoot) -> bool:
    """Give an order back that was not confirmed for a day; pictures that come all the same are kept."""
    words = _("Astria never confirmed the order.")
    return is_given_up(shoot) and fail(shoot, words, from_=frozenset({Shoot.Status.UNCONFIRMED}))


def _hold(shoot: Shoot) -> None:
    text = _("Order %(id)s was posted, not answered, and cannot be found at Astria. It is looked for every "
             "hour and given back after a day.") % {"id": shoot.pk}  # fmt: skip
    Event.record(Event.Kind.TROUBLE, "held: not found after three looks", shoot=shoot)
    alarm_staff(_("An order is unconfirmed"), text)


def _find_tune(shoot: Shoot) -> astria.Tune | None:
    """Return the tune with our title; looks no further back than shortly before the order."""
    since = (shoot.queued_at or shoot.created_at) - pace.TITLE_LOOK_BACK
    return astria_client(shoot=shoot).tunes.find(str(shoot.tune_id), created_after=since)


def _find_prompts(shoot: Shoot) -> Sight | None:
    """Look for prompts above the watermark that can only be this shoot's, and take them in."""
    prompts = astria_client(shoot=shoot).prompts.iterate(tune_id=shoot.tune.astria_id)
    recognised = recognise(shoot.tune, above_watermark(prompts, shoot))
    for theirs in recognised.of(shoot):
        take_in_prompt(shoot, theirs)
    if recognised.of(shoot):
        return Sight.FOUND
    return Sight.DOUBT if shoot in recognised.in_doubt else None
