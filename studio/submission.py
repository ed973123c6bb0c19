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
from studio.budget import OverBudget, Purpose, room
from studio.generation import next_look, take_in_prompt, take_in_tune
from studio.mail import alarm_staff
from studio.models import Pause, Shoot, Tune, TuneDeletion
from studio.posting import Post, post_of
from studio.settling import fail

_QUEUED = frozenset({Shoot.Status.QUEUED})


def submit(shoot: Shoot) -> None:
    """Post a queued order.

    1. Not before the model it is for is at Astria, nor while the site pauses.
    2. Learn what must be known before: the highest prompt id that is there (the watermark), and of which kind
       the model is. Read the photos.
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
        _learn_kind_of_model(shoot)
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
    if not room(Purpose.ORDER):
        shoot.look_again_at(timezone.now() + pace.NO_ROOM, looks=shoot.looks)
        return False
    # Asked last: whoever is let through is the probe, and must really go out.
    if not Pause.allows_submission(probe_every=pace.PROBE_EVERY):
        shoot.look_again_at(timezone.now() + pace.PAUSED_LOOK, looks=shoot.looks)
        return False
    return True


def _another_is_open(shoot: Shoot, since: datetime) -> bool:
    """Two unconfirmed shoots on one tune could not be told apart by their prompts.

    Nor could one from another that was taken after `since`, when the watermark had not been read yet; nor two
    themes of which prompts are still to come, as only their number tells whose they are.
    """
    is_open = Q(status__in=Shoot.UNANSWERED)
    others = shoot.tune.shoots.filter(trains=False).exclude(pk=shoot.pk)
    if others.filter(is_open | Q(submitted_at__gte=since)).exists():
        return True
    return shoot.kind == Shoot.Kind.THEME and others.with_prompts_to_come().exists()


def _read_watermark(shoot: Shoot) -> None:
    if shoot.trains or shoot.tune.astria_id is None:
        return
    newest = astria_client(purpose=Purpose.ORDER, shoot=shoot).prompts.list(
        tune_id=shoot.tune.astria_id, limit=1
    )
    shoot.set_watermark(max((prompt.id for prompt in newest), default=0))


def _learn_kind_of_model(shoot: Shoot) -> None:
    """Words are posted to the model itself or to its base, in a size that suits it: its kind decides."""
    tune = shoot.tune
    matters = shoot.kind in {Shoot.Kind.PROMPT, Shoot.Kind.MORE} or "aspect" in shoot.wish
    if matters and not tune.branch and tune.astria_id is not None:
        take_in_tune(tune, astria_client(purpose=Purpose.ORDER, shoot=shoot).tunes.get(tune.astria_id))


@transaction.atomic
def claim(shoot: Shoot, from_: frozenset[str], *, since: datetime) -> bool:
    """Move shoot (and the tune it trains) to `submitting`. False if someone else did, or is in the way."""
    # Whoever comes here at once for one tune does so one after the other.
    Tune.lock(shoot.tune_id)
    if not Shoot.objects.filter(pk=shoot.pk, attempts=shoot.attempts).exists():
        return False
    if TuneDeletion.is_asked_for(shoot.tune_id):
        return False  # studio/erasing_models.py ends it
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
    elif isinstance(error, OverBudget):
        put_back(shoot, pace.NO_ROOM)
    elif isinstance(error, (astria.NotSent, astria.RateLimited)) or not was_posted:
        # Posts are counted as attempts; what failed before the post, as looks.
        wait = pace.retry_delay(shoot.attempts if was_posted else shoot.looks + 1)
        if isinstance(error, astria.RateLimited) and error.retry_after:
            wait = max(wait, timedelta(seconds=min(error.retry_after, 3600)))
        put_back(shoot, wait)
    elif isinstance(error, astria.Ambiguous):
        mark_unconfirmed(shoot)
    else:
        fail(shoot, _words(shoot, error), from_=Shoot.UNANSWERED)


def _words(shoot: Shoot, error: astria.AstriaError) -> str:
    """Return why an order was refused, for the person to read."""
    if isinstance(error, astria.NotFound):
        if shoot.kind == Shoot.Kind.MORE:
            return _("The shot to make more of is no longer available.")
        is_of_pack = shoot.kind == Shoot.Kind.PACK
        return (
            _("The pack or the model is no longer available.")
            if is_of_pack
            else _("The model is no longer available.")
        )
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
def accept(shoot: Shoot, theirs: astria.Tune | astria.Prompt | None) -> None:
    """Astria has the order: it answered, or we found it. `theirs` is what the answer named, if anything."""
    tune = shoot.tune
    Tune.lock(tune.pk)
    if isinstance(theirs, astria.Tune):
        eta = pace.believable(theirs.eta)
        when = pace.first_look(timezone.now(), eta)
        tune.mark_training(astria_id=theirs.id, next_check_at=when, eta=eta)
    tune.refresh_from_db()  # a callback may have been quicker than the answer
    shoot.submitted_at = shoot.submitted_at or timezone.now()
    when = next_look(shoot, 0)
    if tune.status == Tune.Status.TRAINED:
        shoot.mark_generating(next_check_at=when, deadline_at=timezone.now() + pace.GENERATING_DEADLINE)
    else:
        shoot.mark_waiting(next_check_at=when, deadline_at=timezone.now() + pace.TRAINING_DEADLINE)
    if isinstance(theirs, astria.Tune):
        take_in_tune(tune, theirs)
    elif theirs is not None:
        take_in_prompt(shoot, theirs)
