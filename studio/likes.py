"""Likes: ours at once, and told to Astria in the background, surely and once."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

import astria
from studio import pace
from studio.astria_client import astria_client
from studio.models import Image, Prompt
from studio.queue import enqueue


def like(image: Image) -> bool:
    """Like a picture. False if it was liked already."""
    return _change(image, liked=True)


def unlike(image: Image) -> bool:
    """Take a like back. False if there was none."""
    return _change(image, liked=False)


@transaction.atomic
def _change(image: Image, *, liked: bool) -> bool:
    """A prompt is liked while any of its pictures is; Astria is told when that changes."""
    # Two pictures of one prompt, changed at once, must not each miss what the other did.
    prompt = Prompt.objects.select_for_update().get(pk=image.prompt_id)
    if not (image.like() if liked else image.unlike()):
        return False
    wanted = prompt.images.filter(liked_at__isnull=False).exists()
    if prompt.want_like(wanted):
        _count(prompt, 1 if wanted else -1)
        enqueue(sync, prompt.pk)
    return True


def _count(prompt: Prompt, change: int) -> None:
    if prompt.orig_prompt_id is None:
        return
    shot = prompt.shoot.shots().filter(astria_id=prompt.orig_prompt_id).first()
    if shot is not None:
        shot.count_like(change)


def sync(prompt_id: int) -> None:
    """Tell Astria what is wanted of one prompt; a no-op when it knows.

    What is gone there, or is as wanted already (422), counts as told. A change of mind is told even if it
    leads back to what was confirmed: the telling in between may still be under way.
    """
    prompt = Prompt.objects.select_related("shoot").filter(pk=prompt_id).first()
    if prompt is None or prompt.like_check_at is None:
        return
    if not prompt.claim_like(next_check_at=timezone.now() + pace.CLAIM):
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
