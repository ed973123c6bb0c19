"""Shots made again for nothing: one of each shoot at the person's wish, and by staff those that failed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from packs.pricing import cost_of_images
from studio.models import Event, Prompt, Shoot, Tune
from studio.ordering import charging, record
from studio.ordering_more import images_like, is_enlarged, problems_with_tune, refuse_if

# These brought nothing: they do not count as a shot made again.
IN_VAIN = (Shoot.Status.FAILED, Shoot.Status.CANCELLED)


def redo(prompt: Prompt) -> Shoot:
    """Order the shot once more, other pictures of it, for nothing; once per shoot, however often it is sent.

    One that failed or was taken back does not count. Raises OrderRefused.
    """

    def take() -> Shoot:
        # One order on a model at a time: who comes second waits here, and is given the first one's.
        Tune.lock(prompt.shoot.tune_id)
        shoot = Shoot.objects.select_related("tune__account").get(pk=prompt.shoot_id)
        taken = redo_of(shoot)
        if taken is not None and taken.wish.get("prompt_id") == prompt.astria_id:
            return taken
        refuse_if([*problems_with_redo(shoot), *_problems_with_shot(prompt)])
        return _once_more(prompt, shoot.tune, f"{shoot.pk}:redo:{shoot.redos.count()}", redo_of=shoot)

    return charging(take)


def retry(prompt: Prompt) -> Shoot:
    """Staff: order a shot that failed once more, for nothing; once, however often it is sent.

    It is an order of its own: what came back for the shot stays with the person. A retry that brought nothing
    either does not count. Raises OrderRefused.
    """

    def take() -> Shoot:
        Tune.lock(prompt.shoot.tune_id)
        shot = Prompt.objects.select_related("shoot__tune__account").get(pk=prompt.pk)
        tries = retries_of(shot)
        if taken := tries.exclude(status__in=IN_VAIN).first():
            return taken
        refuse_if([*problems_with_retry(shot)])
        made = _once_more(shot, shot.shoot.tune, f"{_retry_key(shot)}{tries.count()}")
        Event.record(
            Event.Kind.STAFF, f"prompt {shot.astria_id} ordered once more: {made.pk}", shoot=shot.shoot
        )
        return made

    return charging(take)


def _once_more(prompt: Prompt, tune: Tune, order_key: str, **order: Shoot) -> Shoot:
    number, enlarged = images_like(prompt), is_enlarged(prompt.shoot.wish)
    return record(
        tune,
        0,
        title=_("Shot %(number)d once more") % {"number": prompt.number},
        trains=False,
        kind=Shoot.Kind.MORE,
        wish={
            "prompt_id": prompt.astria_id,
            "text": prompt.text,
            "seed": secrets.randbelow(2**32),
            "num_images": number,
            **({"enlarged": True} if enlarged else {}),
        },
        order_key=order_key,
        expected_prompts=1,
        expected_images=number,
        cost_mc=cost_of_images(number, enlarged=enlarged),
        **order,
    )


def redo_of(shoot: Shoot) -> Shoot | None:
    """Return what the shoot's free shot was used for, if it was."""
    return shoot.redos.exclude(status__in=IN_VAIN).first()


def retries_of(prompt: Prompt) -> QuerySet[Shoot]:
    """Return the orders by which staff had a failed shot made again."""
    return prompt.shoot.tune.shoots.filter(order_key__startswith=_retry_key(prompt))


def _retry_key(prompt: Prompt) -> str:
    return f"prompt:{prompt.astria_id}:retry:"


def problems_with_redo(shoot: Shoot) -> Iterator[str]:
    """Yield why no shot of this shoot can be made again for nothing, as sentences."""
    if shoot.price == 0:
        yield _("This shoot was free itself. Its shots can be made again from “More”.")
    elif shoot.status not in {Shoot.Status.READY, Shoot.Status.PARTLY}:
        yield _("A shot can be made again once the shoot is over.")
    elif redo_of(shoot) is not None:
        yield _("The free shot of this shoot is used. Nothing was charged.")
    else:
        yield from problems_with_tune(shoot.tune)


def _problems_with_shot(prompt: Prompt) -> Iterator[str]:
    if prompt.status != Prompt.Status.READY:
        yield _("This shot has no pictures; its credits came back. Choose another one.")


def problems_with_retry(prompt: Prompt) -> Iterator[str]:
    """Yield why staff cannot have this shot made again, as sentences."""
    if prompt.status != Prompt.Status.FAILED:
        yield _("This shot has not failed.")
    elif retries_of(prompt).exclude(status__in=IN_VAIN).exists():
        yield _("This shot was ordered once more already.")
    else:
        yield from problems_with_tune(prompt.shoot.tune)
