"""What is next for a shoot, and for a model: the two verbs that the clock queues when they are due."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from studio import pace
from studio.astria_client import astria_client
from studio.generation import look, take_in_tune
from studio.mail import send_end_mail
from studio.models import Shoot, Tune
from studio.submission import mark_unconfirmed, submit
from studio.unconfirmed import look_for


def advance(shoot_id: UUID) -> None:
    """Do what is due for a shoot. Safe to run twice: every step begins with a conditional update."""
    shoot = Shoot.objects.select_related("tune", "pack", "account").filter(pk=shoot_id).first()
    if shoot is None:
        return
    if shoot.is_final:
        send_end_mail(shoot.pk)
    elif shoot.status == Shoot.Status.QUEUED:
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


def check_tune(tune_id: UUID) -> None:
    """Look at a model that is due: its time at Astria may be over, or no shoot is left that looks at it."""
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
        if tune.expires_at and tune.expires_at <= timezone.now():
            tune.mark_expired()


def _is_gone(tune: Tune) -> None:
    if not tune.mark_expired():
        tune.fail(_("The model is no longer available."))
