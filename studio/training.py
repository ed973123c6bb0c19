"""What is next for a shoot, and for a model: the two verbs that the clock queues when they are due."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from config.logs import note
from studio import pace
from studio.astria_client import astria_client
from studio.generation import look, take_in_tune
from studio.mail import write
from studio.models import Letter, Shoot, Tune
from studio.queue import calls_astria
from studio.submission import mark_unconfirmed, submit
from studio.unconfirmed import look_for


@calls_astria
def advance(shoot_id: UUID) -> None:
    """Do what is due for a shoot. Safe to run twice: every step begins with a conditional update."""
    note(shoot=shoot_id)
    shoot = Shoot.objects.select_related("tune", "pack", "account").filter(pk=shoot_id).first()
    if shoot is None or shoot.is_final:
        return
    if shoot.status == Shoot.Status.QUEUED:
        submit(shoot)
    elif shoot.status == Shoot.Status.SUBMITTING:
        _give_up_on_silent_worker(shoot)
    elif shoot.status == Shoot.Status.UNCONFIRMED:
        look_for(shoot)
    else:
        look(shoot)


def _give_up_on_silent_worker(shoot: Shoot) -> None:
    """A worker that died between call and answer is one more ambiguous outcome."""
    if shoot.updated_at + pace.CLAIM <= timezone.now():
        mark_unconfirmed(shoot)


@calls_astria
def check_tune(tune_id: UUID) -> None:
    """Look at a model that is due: its time at Astria may be over, or no shoot is left that looks at it."""
    note(tune=tune_id)
    states = [Tune.Status.TRAINING, Tune.Status.TRAINED]
    tune = Tune.objects.filter(pk=tune_id, status__in=states).first()
    if tune is None or tune.astria_id is None:
        return
    tune.look_again_at(timezone.now() + pace.HELD_LOOK)
    if tune.status == Tune.Status.TRAINING and tune.shoots.active().exists():
        return
    try:
        theirs = astria_client(tune=tune).tunes.get(tune.astria_id)
    except astria.NotFound:
        _is_gone(tune)
    except astria.AstriaError:
        return
    else:
        take_in_tune(tune, theirs)
        if tune.status == Tune.Status.TRAINED and tune.expires_at:
            _near_its_end(tune, tune.expires_at)


def _near_its_end(tune: Tune, expires_at: datetime) -> None:
    """Tell the person in good time; at the end, let the model go unless it is to be extended."""
    now = timezone.now()
    if expires_at > now:
        remind(tune)
        tune.look_again_at(pace.next_turn(expires_at))
    elif tune.extensions.open().exists():
        tune.look_again_at(now + pace.HELD_LOOK)
    else:
        tune.mark_expired()


def remind(tune: Tune) -> None:
    """Write once of an end that is near; not if that is long past due, nor of a model that is extended."""
    now, ends_at = timezone.now(), tune.ends_at
    if ends_at is None:
        return
    kinds = (Letter.Kind.ENDS_IN_A_WEEK, Letter.Kind.ENDS_IN_A_DAY)
    for before, kind in zip(pace.END_REMINDERS, kinds, strict=True):
        if ends_at - before <= now < ends_at - before + pace.END_REMINDER_GRACE:
            write(
                kind, key=f"tune:{tune.pk}:{kind}:{ends_at:%Y-%m-%d}", about=tune, ends_at=ends_at.isoformat()
            )


def _is_gone(tune: Tune) -> None:
    if not tune.mark_expired():
        tune.fail(_("The model is no longer available."))
