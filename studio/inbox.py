"""The inbox of callbacks: taking one in, and doing what it says."""

from __future__ import annotations

from django.db import DataError, transaction
from django.utils import timezone

import astria
from config.logs import note
from studio import pace
from studio.generation import take_in_prompt, take_in_tune
from studio.models import Callback, Prompt, Shoot, Tune
from studio.models.state import storable
from studio.settling import settle

# More than any order brings: whoever says more at once is not believed, but looked at.
MAX_PROMPTS = 1000
MAX_PICTURES = 2000


def process(callback_id: int) -> None:
    """Take in what a callback says, once. One that breaks off each time is put aside for staff to see.

    A callback that was processed may be replayed: what is known stays as it is.
    """
    callback = Callback.objects.select_related("shoot__tune", "shoot__pack").filter(pk=callback_id).first()
    if callback is None:
        return
    note(shoot=callback.shoot_id, callback=callback_id)
    again = timezone.now() + pace.inbox_retry_delay(callback.attempts + 1)
    if not callback.claim(next_check_at=again):
        return
    error = "given up: every attempt broke off"
    if callback.attempts <= pace.MAX_INBOX_ATTEMPTS:
        error = _read_and_take_in(callback)
    callback.mark_processed(error)
    _go_on(callback.shoot, is_trouble=bool(error))


def _read_and_take_in(callback: Callback) -> str:
    """Return what was wrong with it, "" if nothing."""
    try:
        said = astria.parse_callback(callback.body)
        _check_size(said)
        return _take_in(callback.shoot, said)
    except (ValueError, OverflowError, DataError) as invalid:
        # Also what the database cannot hold: tried again, it would fail again.
        return storable(str(invalid)) or type(invalid).__name__


def _check_size(said: astria.TuneCallback | astria.PromptsCallback) -> None:
    """Raise ValueError for more than can be taken in while others wait for the database."""
    prompts = said.prompts if isinstance(said, astria.PromptsCallback) else ()
    pictures = sum(len(prompt.images) for prompt in prompts)
    if len(prompts) > MAX_PROMPTS or pictures > MAX_PICTURES:
        raise ValueError(f"{len(prompts)} prompts with {pictures} pictures are more than any order has")


def _go_on(shoot: Shoot, *, is_trouble: bool) -> None:
    """End the shoot if that was all, or have it looked at if Astria knows more than we do."""
    shoot.refresh_from_db()
    if not settle(shoot) and (is_trouble or _calls_for_a_look(shoot)):
        shoot.look_again_at(timezone.now(), looks=shoot.looks)


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
    """Take in a prompt, for the shoot it is known to be of.

    False if that is on another tune, or if it was there before the shoot was posted.
    """
    known = Prompt.objects.select_related("shoot__tune").filter(astria_id=theirs.id).first()
    if known is not None and known.shoot.tune_id != shoot.tune_id:
        return False
    if known is None and theirs.id <= shoot.prompt_watermark:
        return False
    take_in_prompt(known.shoot if known else shoot, theirs)
    return True
