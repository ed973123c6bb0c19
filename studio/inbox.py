"""The inbox of callbacks: taking one in, and doing what it says."""

from __future__ import annotations

from django.db import DataError, transaction
from django.utils import timezone

import astria
from studio.generation import take_in_prompt, take_in_tune
from studio.models import Callback, Prompt, Shoot, Tune
from studio.models.state import storable
from studio.settling import settle


def process(callback_id: int) -> None:
    """Take in what a callback says. A callback that was processed may be processed again: no harm."""
    callback = Callback.objects.select_related("shoot__tune", "shoot__pack").filter(pk=callback_id).first()
    if callback is None:
        return
    try:
        error = _take_in(callback.shoot, astria.parse_callback(callback.body))
    except (ValueError, OverflowError, DataError) as invalid:
        # Also what the database cannot hold: tried again, it would fail again.
        error = storable(str(invalid)) or type(invalid).__name__
    callback.mark_processed(error)
    callback.shoot.refresh_from_db()
    if not settle(callback.shoot) and _calls_for_a_look(callback.shoot):
        callback.shoot.look_again_at(timezone.now(), looks=callback.shoot.looks)


def _calls_for_a_look(shoot: Shoot) -> bool:
    """Whether Astria knows more than we do: it has the order, or there are news of a model that trains."""
    if shoot.status == Shoot.Status.UNCONFIRMED:
        return True
    return shoot.status == Shoot.Status.WAITING and shoot.tune.status == Tune.Status.TRAINING


@transaction.atomic
def _take_in(shoot: Shoot, said: astria.TuneCallback | astria.PromptsCallback) -> str:
    """Return what was wrong with it, "" if nothing. Of two at once, one waits for the other."""
    Tune.lock(shoot.tune_id)
    if isinstance(said, astria.TuneCallback):
        if not _is_tune_of(shoot, said.tune):
            return f"tune {said.tune.id} is not this shoot's"
        take_in_tune(shoot.tune, said.tune)
        return ""
    strangers = [str(prompt.id) for prompt in said.prompts if not _take_in_prompt(shoot, prompt)]
    return f"not this shoot's: {', '.join(strangers)}" if strangers else ""


def _is_tune_of(shoot: Shoot, theirs: astria.Tune) -> bool:
    """By the id; by the title only as long as the answer that names the id was not read."""
    tune = shoot.tune
    return theirs.id == tune.astria_id if tune.astria_id else theirs.title == str(tune.pk)


def _take_in_prompt(shoot: Shoot, theirs: astria.Prompt) -> bool:
    """Take in a prompt, for the shoot it is known to be of. False if that is on another tune."""
    known = Prompt.objects.select_related("shoot__tune").filter(astria_id=theirs.id).first()
    if known is not None and known.shoot.tune_id != shoot.tune_id:
        return False
    take_in_prompt(known.shoot if known else shoot, theirs)
    return True
