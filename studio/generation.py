"""Taking in what Astria says of tunes and prompts: from a callback, from a look, from a replay.

One way for all of them, safe to repeat: what is known stays, what is new is added, each new picture is
queued for fetching. Nothing said about an object can undo what was known of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

import astria
from studio import pace
from studio.astria_client import astria_client
from studio.budget import OverBudget
from studio.delivery import deliver
from studio.models import Event, Image, Prompt, Shoot, Tune
from studio.models.state import fitting, storable
from studio.queue import enqueue
from studio.recognition import recognise
from studio.settling import fail, settle

MODEL_LIFE = timedelta(days=30)
MAX_URL = 1000


def callback_url(shoot: Shoot) -> str:
    """Return the address that Astria calls for this shoot; the same on every attempt."""
    path = reverse("studio:callback", args=[shoot.pk, shoot.callback_token])
    return f"{settings.PUBLIC_URL}{path}"


def look(shoot: Shoot) -> None:
    """Compare a shoot that Astria has with what Astria says now, and settle it if it is complete.

    Raises nothing of the client's: a look that fails is a look that brought nothing; one that found no
    room in the budget of calls is none.
    """
    brought, looked = False, True
    try:
        brought = _ask(shoot)
    except OverBudget:
        shoot.look_again_at(timezone.now() + pace.NO_ROOM, looks=shoot.looks)
        return
    except astria.Refused:
        pass  # an answer; it is on the timeline already
    except astria.AstriaError:
        looked = _is_given_up(shoot)
    shoot.refresh_from_db()
    if shoot.is_final or settle(shoot, looked=looked):
        return
    looks = 0 if brought else shoot.looks + 1
    shoot.look_again_at(next_look(shoot, looks), looks=looks)


def _is_given_up(shoot: Shoot) -> bool:
    """Whether the deadline counts even though Astria did not answer: all may have been made in time."""
    return shoot.deadline_at is not None and shoot.deadline_at + pace.GIVE_UP_LOOKING < timezone.now()


def next_look(shoot: Shoot, looks: int) -> datetime:
    """Return when to look after `looks` looks that brought nothing; not before the model should be there."""
    tune = shoot.tune
    # A model that existed was announced when it was ordered, not with this shoot.
    since = shoot.submitted_at if shoot.trains else tune.created_at
    when = pace.next_look(since, tune.eta, looks)
    if tune.status == Tune.Status.TRAINING and tune.eta and tune.eta > timezone.now():
        when = max(when, pace.first_look(since, tune.eta))
    return when


def _ask(shoot: Shoot) -> bool:
    """Ask for the tune while it trains, and for its prompts. True if anything was new."""
    client, tune = astria_client(shoot=shoot), shoot.tune
    if tune.astria_id is None:
        return False
    if tune.status == Tune.Status.TRAINING:
        take_in_tune(tune, client.tunes.get(tune.astria_id))
    if tune.status != Tune.Status.TRAINED:
        return False  # no prompt has pictures before its model is there
    start_generating(tune)
    return take_in_prompts(tune, client.prompts.iterate(tune_id=tune.astria_id), shoot)


def take_in_tune(tune: Tune, theirs: astria.Tune) -> None:
    """Take in what Astria says of a tune of ours."""
    tune.learn(
        eta=pace.believable(theirs.eta),
        token=theirs.token,
        branch=theirs.branch,
        model_type=theirs.model_type,
        base_tune_id=theirs.base_tune_id,
    )
    if theirs.trained_at:
        _trained(tune, theirs, theirs.trained_at)
    elif theirs.failed_at:
        fail_tune(tune, _("The model could not be trained from these photos."))


def _trained(tune: Tune, theirs: astria.Tune, trained_at: datetime) -> None:
    expires_at = theirs.expires_at or trained_at + MODEL_LIFE
    turn = pace.next_turn(expires_at)
    if tune.mark_trained(
        astria_id=theirs.id, trained_at=trained_at, expires_at=expires_at, next_check_at=turn
    ):
        start_generating(tune)
    elif tune.status == Tune.Status.TRAINED and theirs.expires_at:
        tune.learn(expires_at=expires_at, next_check_at=turn)


def start_generating(tune: Tune) -> None:
    """Tell the tune's waiting shoots that the model is there."""
    deadline = timezone.now() + pace.GENERATING_DEADLINE
    for shoot in tune.shoots.filter(status=Shoot.Status.WAITING):
        shoot.mark_generating(next_check_at=next_look(shoot, 0), deadline_at=deadline)


def fail_tune(tune: Tune, error: str) -> None:
    """Astria could not train: the tune and every shoot that waits for it fail, all credits come back."""
    with transaction.atomic():
        if tune.fail(error):
            for shoot in tune.shoots.active():
                fail(shoot, error)


def take_in_prompts(tune: Tune, theirs: Iterable[astria.Prompt], looking: Shoot) -> bool:
    """Take in the tune's prompts, newest first, down to where `looking` began. True if any was new."""
    recognised = recognise(tune, above_watermark(theirs, looking))
    if looking in recognised.in_doubt:
        _tell_of_doubt(looking)
    news = [take_in_prompt(shoot, prompt) for shoot, prompt in recognised.owners]
    return any(news)


def above_watermark(theirs: Iterable[astria.Prompt], shoot: Shoot) -> Iterator[astria.Prompt]:
    """Return the prompts, newest first, that were not there before `shoot` was posted."""
    return takewhile(lambda prompt: prompt.id > shoot.prompt_watermark, theirs)


def _tell_of_doubt(shoot: Shoot) -> None:
    text = "prompts that may be of this or of another order were left alone"
    if not shoot.events.filter(text=text).exists():
        Event.record(Event.Kind.TROUBLE, text, shoot=shoot)


@transaction.atomic
def take_in_prompt(shoot: Shoot, theirs: astria.Prompt) -> bool:
    """Take in what Astria says of one prompt. True if anything was new.

    A narrow callback leaves fields out; they stay as they were. More pictures than expected are kept.
    What is known to be of another model stays as it is, whoever says otherwise.
    """
    Tune.lock(shoot.tune_id)
    if not fitting(Prompt, {"astria_id": theirs.id}):
        return False
    prompt, created = Prompt.objects.get_or_create(
        astria_id=theirs.id,
        defaults={
            "shoot": shoot,
            "number": lambda: shoot.prompts.count() + 1,  # type: ignore[misc]  # called when it is new
            "expected_images": shoot.images_per_prompt,
        },
    )
    if prompt.shoot.tune_id != shoot.tune_id:
        return False
    _learn(prompt, theirs)
    new = [url for url in theirs.images if _add_image(prompt, url)]
    if theirs.images:
        prompt.mark_ready()
    elif theirs.user_error:
        prompt.fail(theirs.user_error)
    elif Shoot.objects.filter(pk=prompt.shoot_id, status__in=Shoot.FINAL).exists():
        # Told of after the end: nobody looks whether pictures follow, but a callback may bring them.
        prompt.fail(_("It did not come in time."))
    return created or bool(new)


def _learn(prompt: Prompt, theirs: astria.Prompt) -> None:
    fields: dict[str, Any] = {}
    if theirs.orig_prompt_id and prompt.orig_prompt_id is None:
        fields["orig_prompt_id"] = theirs.orig_prompt_id
        shot = prompt.shoot.shots().filter(astria_id=theirs.orig_prompt_id).first()
        fields["expected_images"] = shot.num_images if shot else theirs.num_images or prompt.expected_images
        fields["number"] = shot.position + 1 if shot else prompt.number
    if theirs.text and not prompt.text:
        fields["text"] = theirs.text
    if theirs.seed is not None and prompt.seed is None:
        fields["seed"] = theirs.seed
    prompt.learn(**fields)


def _add_image(prompt: Prompt, url: str) -> bool:
    """Write a new picture down and queue its fetching. False if it is known, or no address at all."""
    if len(url) > MAX_URL or storable(url) != url:
        return False
    image, created = Image.objects.get_or_create(
        prompt=prompt,
        source_url=url,
        defaults={
            "shoot_id": prompt.shoot_id,
            "number": prompt.shoot.images.next_number,  # type: ignore[misc]  # called when it is new
            "account_id": prompt.shoot.account_id,
            "next_check_at": timezone.now() + pace.SWEEP,
        },
    )
    if created:
        enqueue(deliver, image.pk)
    return created
