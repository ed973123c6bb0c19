"""The calls that cost money: what is posted to Astria for an order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import astria
from studio import files, pace
from studio.astria_client import astria_client
from studio.budget import Purpose
from studio.generation import callback_url
from studio.models import Shoot, Tune
from studio.photos import smaller_copy
from studio.wishes import attributes, size

MAX_REQUEST_BYTES = 10_000_000
STEPS_DOWN = (2048, 1536, 1280, 1024, 768)

# Returns the tune that it trains, or the one prompt that it made; None where Astria's answer names nothing.
Post = Callable[[], astria.Tune | astria.Prompt | None]


def post_of(shoot: Shoot) -> Post:
    """Return the call that posts the order. Photos are read now: failing storage is no post."""
    if shoot.trains:
        return partial(_post_training, shoot, _images(shoot.tune))
    return partial(_POSTS[Shoot.Kind(shoot.kind)], shoot)


def _post_training(shoot: Shoot, images: list[astria.ImageFile]) -> astria.Tune:
    url, tune = callback_url(shoot), shoot.tune
    return _client(shoot).packs.create_tune(
        _pack_id(shoot),
        title=str(tune.pk),
        name=tune.class_name,
        images=images,
        callback=url,
        characteristics=tune.characteristics,
        prompt_ids=shoot.wish.get("prompt_ids", ()),
        prompt_attributes={"callback": url},
        prompts_callback=url,
    )


def _post_pack(shoot: Shoot) -> None:
    url = callback_url(shoot)
    _client(shoot).packs.create_prompts(
        _pack_id(shoot),
        tune_ids=[shoot.tune.astria_id or 0],
        prompt_ids=shoot.wish.get("prompt_ids", ()),
        prompt_attributes={"callback": url},
        prompts_callback=url,
    )


def _post_theme(shoot: Shoot) -> None:
    """Prompts of a theme take no callback; they are found by looking."""
    wish, tune = shoot.wish, shoot.tune
    asked: Any = {"num_images": wish["num_images"], **size(wish.get("aspect", ""), tune.branch)}
    _client(shoot).themes.create(wish["theme"], [tune.astria_id or 0], asked)


def _post_prompt(shoot: Shoot) -> astria.Prompt:
    wish, place = shoot.wish, place_of(shoot.tune, shoot.wish["text"])
    asked: Any = attributes(wish.get("look", {}), shoot.tune.branch)
    return _client(shoot).prompts.create(
        place.tune_id,
        text=place.text,
        seed=wish["seed"],
        num_images=wish["num_images"],
        callback=callback_url(shoot),
        **asked,
    )


def _post_more(shoot: Shoot) -> astria.Prompt:
    """Make a prompt again; without a callback of its own it would call that of the one it is like.

    Where the service has no such call, or no longer the prompt (404: nothing was made), its text is posted
    once more.
    """
    wish = shoot.wish
    again: Any = {"seed": wish["seed"], "num_images": wish["num_images"], "callback": callback_url(shoot)}
    client = _client(shoot)
    try:
        return client.prompts.duplicate(wish["prompt_id"], **again)
    except astria.NotFound:
        if not wish["text"]:
            raise
    place = astria.place(_theirs(shoot.tune), wish["text"])
    return client.prompts.create(place.tune_id, text=place.text, **again)


_POSTS: dict[str, Callable[[Shoot], astria.Prompt | None]] = {
    Shoot.Kind.PACK: _post_pack,
    Shoot.Kind.THEME: _post_theme,
    Shoot.Kind.PROMPT: _post_prompt,
    Shoot.Kind.MORE: _post_more,
}


def place_of(tune: Tune, text: str) -> astria.Place:
    """Return where a person's words go for this model, and how they name its subject.

    The tune's branch must be known. Raises astria.InvalidParameter for a branch without a known base.
    """
    return astria.place(_theirs(tune), f"{subject_of(tune)}, {text}")


def subject_of(tune: Tune) -> str:
    """Return how a text names who the model shows."""
    return f"{tune.token} {tune.class_name}".strip()


def _theirs(tune: Tune) -> astria.Tune:
    return astria.Tune(
        id=tune.astria_id or 0,
        branch=tune.branch or None,
        model_type=tune.model_type or None,
        base_tune_id=tune.base_tune_id,
    )


def _client(shoot: Shoot) -> astria.Astria:
    return astria_client(purpose=Purpose.ORDER, shoot=shoot, timeout=pace.POST_TIMEOUT)


def _pack_id(shoot: Shoot) -> int:
    return shoot.pack.astria_id if shoot.pack else 0


def _images(tune: Tune) -> list[astria.ImageFile]:
    """Return the tune's photos, all scaled down together until they fit one request."""
    photos = list(tune.photo_set.photos.all()) if tune.photo_set else []
    originals = [files.read(photo.key) for photo in photos]
    for side in STEPS_DOWN:
        contents = [smaller_copy(original, side) for original in originals]
        if sum(map(len, contents)) <= MAX_REQUEST_BYTES:
            break
    return [astria.ImageFile(f"{number}.jpg", content) for number, content in enumerate(contents, start=1)]
