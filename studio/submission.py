"""Posting an order to Astria, at most once.

Every end of a post is one of four (docs/decisions/0001): nothing was sent, and it is repeated later;
Astria refused, and the order fails; Astria refuses *us*, and the whole site pauses; anything else is
ambiguous, and nothing is posted again before studio/unconfirmed.py has looked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from studio import pace
from studio.astria_client import astria_client
from studio.generation import next_look, take_in_tune
from studio.mail import alarm_staff
from studio.models import Pause, Shoot, Tune
from studio.posting import Post, post_of
from studio.settling import fail

_QUEUED = frozenset({Shoot.Status.QUEUED})
_POSTED = frozenset({Shoot.Status.SUBMITTING, Shoot.Status.UNCONFIRMED})


def submit(shoot: Shoot) -> None:
    """Post a queued order.

    1. Not before the model it is for is at Astria, nor while the site pauses.
    2. Read the watermark: the highest prompt id that was there before us. Read the photos.
    3. Claim: from here on, a crash leaves `submitting`, which is looked for before it is posted again.
    4. Post, and act on the outcome.
    """
    if is_given_up(shoot):
        fail(shoot, _("The order could not be passed on for a whole day."), from_=_QUEUED)
        return
    since = timezone.now()
    if not _is_ready_to_submit(shoot, since):
        return
    try:
        _read_watermark(shoot)
    except astria.AstriaError as error:
        _handle(shoot, error, was_posted=False)
        return
    post = post_of(shoot)
    if claim(shoot, _QUEUED, since=since):
        send(shoot, post)


def is_given_up(shoot: Shoot) -> bool:
    """Whether the order has waited so long for Astria that it is given back."""
    return shoot.queued_at is not None and shoot.queued_at + pace.GIVE_UP_SUBMITTING < timezone.now()


def _is_ready_to_submit(shoot: Shoot, since: datetime) -> bool:
    if not shoot.trains and shoot.tune.is_final:
        fail(shoot, _("The model is no longer available."), from_=_QUEUED)
        return False
    if not shoot.trains and (shoot.tune.status in Tune.BEFORE_ASTRIA or _another_is_open(shoot, since)):
        shoot.look_again_at(timezone.now() + pace.FIRST_RETRY, looks=shoot.looks)
        return False
    # Asked last: whoever is let through is the probe, and must really go out.
    if not Pause.allows_submission(probe_every=pace.PROBE_EVERY):
        shoot.look_again_at(timezone.now() + pace.PAUSED_LOOK, looks=shoot.looks)
        return False
    return True


def _another_is_open(shoot: Shoot, since: datetime) -> bool:
    """Two unconfirmed shoots on one tune could not be told apart by their prompts.

    Nor could one from another that was taken after `since`, when the watermark had not been read yet.
    """
    is_open = Q(status__in=[Shoot.Status.SUBMITTING, Shoot.Status.UNCONFIRMED])
    others = shoot.tune.shoots.filter(trains=False).exclude(pk=shoot.pk)
    return others.filter(is_open | Q(submitted_at__gte=since)).exists()


def _read_watermark(shoot: Shoot) -> None:
    if shoot.trains or shoot.tune.astria_id is None:
        return
    newest = astria_client(shoot=shoot).prompts.list(tune_id=shoot.tune.astria_id, limit=1)
    shoot.set_watermark(max((prompt.id for prompt in newest), default=0))


@transaction.atomic
def claim(shoot: Shoot, from_: frozenset[str], *, since: datetime) -> bool:
    """Move shoot (and the tune it trains) to `submitting`. False if someone else did, or is in the way."""
    # Whoever comes here at once for one tune does so one after the other.
    Tune.lock(shoot.tune_id)
    if not Shoot.objects.filter(pk=shoot.pk, attempts=shoot.attempts).exists():
        return False
    if not shoot.trains and _another_is_open(shoot, since):
        shoot.look_again_at(timezone.now() + pace.FIRST_RETRY, looks=shoot.looks)
        return False
    due = timezone.now() + pace.CLAIM
    if not shoot.claim_for_submission(next_check_at=due, from_=from_):
        return False
    if shoot.trains:
        shoot.tune.mark_submitting(next_check_at=due)
    return True


def send(shoot: Shoot, post: Post, *, again: bool = False) -> None:
    """Make the call that costs money, and act on its outcome. `again`: an earlier one was ambiguous."""
    try:
        theirs = post()
    except astria.AstriaError as error:
        _handle(shoot, error, was_posted=True, again=again)
        return
    # First of all written down: what comes after may fail.
    accept(shoot, theirs)
    if Pause.end():
        alarm_staff(_("Submissions go out again"), _("Astria took an order."))


def _handle(shoot: Shoot, error: astria.AstriaError, *, was_posted: bool, again: bool = False) -> None:
    """Act on a call that did not end well. `was_posted`: it was the one that costs money."""
    put_back = _mark_unconfirmed_again if again else _put_back
    if isinstance(error, (astria.Unauthorized, astria.PaymentRequired, astria.Forbidden)):
        put_back(shoot, pace.PAUSED_LOOK)
        _pause(error)
    elif isinstance(error, (astria.NotSent, astria.RateLimited)) or not was_posted:
        # Posts are counted as attempts; what failed before the post, as looks.
        wait = pace.retry_delay(shoot.attempts if was_posted else shoot.looks + 1)
        if isinstance(error, astria.RateLimited) and error.retry_after:
            wait = max(wait, timedelta(seconds=min(error.retry_after, 3600)))
        put_back(shoot, wait)
    elif isinstance(error, astria.Ambiguous):
        mark_unconfirmed(shoot)
    else:
        fail(shoot, _words(error), from_=_POSTED)


def _words(error: astria.AstriaError) -> str:
    """Return why an order was refused, for the person to read."""
    if isinstance(error, astria.NotFound):
        return _("The pack or the model is no longer available.")
    return "; ".join(error.messages) or _("The order was refused.")


def _pause(error: astria.AstriaError) -> None:
    """Astria refuses us, not the customer: hold every order of the site and tell staff, once."""
    reason = f"{type(error).__name__} ({error.status}): {'; '.join(error.messages)}"
    if Pause.start(reason, probe_in=pace.PROBE_EVERY):
        alarm_staff(
            _("Submissions are held"),
            _("Astria refuses the studio itself: %(reason)s. Check the API key and the balance at Astria; "
              "orders wait and go out by themselves once it answers.") % {"reason": reason},
        )  # fmt: skip


@transaction.atomic
def _put_back(shoot: Shoot, wait: timedelta) -> None:
    """Nothing was sent: queue the order again."""
    Tune.lock(shoot.tune_id)
    when = timezone.now() + wait
    if shoot.status == Shoot.Status.QUEUED:
        shoot.look_again_at(when, looks=shoot.looks + 1)
    elif shoot.mark_queued(next_check_at=when) and shoot.trains:
        shoot.tune.mark_queued(next_check_at=when)


def _mark_unconfirmed_again(shoot: Shoot, _wait: timedelta) -> None:
    """Nothing was sent this time, but an earlier post may be there: not queued, where one could cancel it."""
    mark_unconfirmed(shoot)


@transaction.atomic
def mark_unconfirmed(shoot: Shoot) -> None:
    """Astria may have the order: have it looked for, together with the tune it trains."""
    Tune.lock(shoot.tune_id)
    when = timezone.now() + pace.UNCONFIRMED_LOOKS[0]
    if shoot.mark_unconfirmed(next_check_at=when) and shoot.trains:
        shoot.tune.mark_unconfirmed(next_check_at=when)


@transaction.atomic
def accept(shoot: Shoot, theirs: astria.Tune | None) -> None:
    """Astria has the order: it answered, or we found it. `theirs` is the tune it trains, if it does."""
    tune = shoot.tune
    Tune.lock(tune.pk)
    if theirs is not None:
        when = pace.first_look(timezone.now(), theirs.eta)
        tune.mark_training(astria_id=theirs.id, next_check_at=when, eta=theirs.eta)
    tune.refresh_from_db()  # a callback may have been quicker than the answer
    shoot.submitted_at = shoot.submitted_at or timezone.now()
    when = next_look(shoot, 0)
    if tune.status == Tune.Status.TRAINED:
        shoot.mark_generating(next_check_at=when, deadline_at=timezone.now() + pace.GENERATING_DEADLINE)
    else:
        shoot.mark_waiting(next_check_at=when, deadline_at=timezone.now() + pace.TRAINING_DEADLINE)
    if theirs is not None:
        take_in_tune(tune, theirs)
