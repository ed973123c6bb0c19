"""The calls that cost money: what is posted to Astria for an order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import astria
from studio import files
from studio.astria_client import astria_client
from studio.generation import callback_url
from studio.models import Shoot, Tune
from studio.photos import smaller_copy

# A post has to be over before Astria's own limit of 30 s is long past.
POST_TIMEOUT = (5.0, 60.0)
MAX_REQUEST_BYTES = 10_000_000
STEPS_DOWN = (2048, 1536, 1280, 1024, 768)

# Returns the tune that it trains; None where it is for a model that exists.
Post = Callable[[], astria.Tune | None]


def post_of(shoot: Shoot) -> Post:
    """Return the call that posts the order. Photos are read now: failing storage is no post."""
    if shoot.trains:
        return partial(_post_training, shoot, _images(shoot.tune))
    return partial(_post_on_tune, shoot)


def _post_training(shoot: Shoot, images: list[astria.ImageFile]) -> astria.Tune:
    url, tune = callback_url(shoot), shoot.tune
    return astria_client(shoot=shoot, timeout=POST_TIMEOUT).packs.create_tune(
        shoot.pack.astria_id,
        title=str(tune.pk),
        name=tune.class_name,
        images=images,
        callback=url,
        characteristics=tune.characteristics,
        prompt_attributes={"callback": url},
        prompts_callback=url,
    )


def _post_on_tune(shoot: Shoot) -> None:
    url = callback_url(shoot)
    astria_client(shoot=shoot, timeout=POST_TIMEOUT).packs.create_prompts(
        shoot.pack.astria_id,
        tune_ids=[shoot.tune.astria_id or 0],
        prompt_attributes={"callback": url},
        prompts_callback=url,
    )


def _images(tune: Tune) -> list[astria.ImageFile]:
    """Return the tune's photos, all scaled down together until they fit one request."""
    photos = list(tune.photo_set.photos.all()) if tune.photo_set else []
    originals = [files.read(photo.key) for photo in photos]
    for side in STEPS_DOWN:
        contents = [smaller_copy(original, side) for original in originals]
        if sum(map(len, contents)) <= MAX_REQUEST_BYTES:
            break
    return [astria.ImageFile(f"{number}.jpg", content) for number, content in enumerate(contents, start=1)]
