"""Likes: ours at once, and told to Astria in the background, surely and once."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.db import transaction
from django.utils import timezone

import astria
from config.logs import note
from packs.models import PackPrompt
from studio import pace
from studio.astria_client import astria_client
from studio.models import Image, Prompt
from studio.models.image import ImageQuerySet
from studio.models.prompt import PromptQuerySet
from studio.queue import calls_astria, enqueue

# So many prompts are told at once.
QUEUED_AT_ONCE = 10


def like(image: Image) -> bool:
    """Like a picture. False if it was liked already."""
    return bool(like_all(Image.objects.filter(pk=image.pk)))


def unlike(image: Image) -> bool:
    """Take a like back. False if there was none."""
    return bool(unlike_all(Image.objects.filter(pk=image.pk)))


def like_all(images: ImageQuerySet) -> list[UUID]:
    """Like pictures. Returns the ids of those that were not liked before."""
    return _change(images, liked=True)


def unlike_all(images: ImageQuerySet) -> list[UUID]:
    """Take likes back. Returns the ids of those that were liked before."""
    return _change(images, liked=False)


@transaction.atomic
def _change(images: ImageQuerySet, *, liked: bool) -> list[UUID]:
    """A prompt is liked while any of its pictures is; Astria is told when that changes."""
    # Two pictures of one prompt, changed at once, must not each miss what the other did.
    prompts = Prompt.objects.select_for_update().filter(pk__in=images.values("prompt_id")).order_by("pk")
    before = {prompt.pk: prompt.like_wanted for prompt in prompts}
    changed = images.like() if liked else images.unlike()
    if changed:
        still = Image.objects.filter(prompt__in=before, liked_at__isnull=False)
        wanted = set(still.values_list("prompt", flat=True).distinct())
        _want([pk for pk, was in before.items() if was != (pk in wanted)], liked)
    return changed


def _want(prompt_ids: list[int], wanted: bool) -> None:
    prompts = Prompt.objects.filter(pk__in=prompt_ids)
    prompts.want_like(wanted)
    _count(prompts.filter(orig_prompt_id__isnull=False), 1 if wanted else -1)
    # Of many the clock takes so many at a time as Astria bears.
    if len(prompt_ids) <= QUEUED_AT_ONCE:
        for pk in prompt_ids:
            enqueue(sync, pk)


def _count(prompts: PromptQuerySet, change: int) -> None:
    """Count likes, or their end, for the shots of packs that the prompts were made from."""
    counts: Counter[PackPrompt] = Counter()
    shots: dict[UUID, dict[int, PackPrompt]] = {}
    for prompt in prompts.select_related("shoot__tune"):
        if prompt.shoot_id not in shots:
            shots[prompt.shoot_id] = {shot.astria_id: shot for shot in prompt.shoot.shots()}
        shot = shots[prompt.shoot_id].get(prompt.orig_prompt_id or 0)
        if shot is not None:
            counts[shot] += change
    for shot in sorted(counts, key=lambda shot: (shot.pack_class_id, shot.pk)):
        shot.count_like(counts[shot])


@calls_astria
def sync(prompt_id: int) -> None:
    """Tell Astria what is wanted of one prompt; a no-op when it knows.

    What is gone there, or is as wanted already (422), counts as told. A change of mind is told even if it
    leads back to what was confirmed: the telling in between may still be under way.
    """
    prompt = Prompt.objects.select_related("shoot").filter(pk=prompt_id).first()
    if prompt is None or prompt.like_check_at is None:
        return
    note(shoot=prompt.shoot_id)
    if not prompt.claim_like(until=timezone.now() + pace.CLAIM):
        return
    wanted = prompt.like_wanted
    try:
        _tell(prompt, wanted)
    except (astria.NotFound, astria.Invalid):
        prompt.confirm_like(wanted)
    except astria.AstriaError:
        prompt.retry_like_at(timezone.now() + pace.like_retry_delay(prompt.like_attempts))
    else:
        prompt.confirm_like(wanted)


def _tell(prompt: Prompt, wanted: bool) -> None:
    likes = astria_client(shoot=prompt.shoot).likes
    if wanted:
        likes.create(prompt.astria_id)
    else:
        likes.delete(prompt.astria_id)
