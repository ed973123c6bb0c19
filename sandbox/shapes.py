"""The JSON objects as Astria shows them: keys, their order, and which of them each place shows.

What is known to be shown comes first; behind it every other attribute that was given.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sandbox.gallery.catalogue import Pack
from sandbox.models import Prompt, Tune
from sandbox.switches import switches

Shape = dict[str, Any]

# Files that are shown as a list even when there is one.
LISTS = ("image_references",)


def moment(value: datetime | None) -> str | None:
    """Return ISO 8601 in UTC with milliseconds and Z, as Rails writes it."""
    return value.strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z" if value else None


def picture_url(base: str, key: str) -> str:
    """Return the public address of a picture or photo."""
    return f"{base}/mp/{key}"


def tune_wide(tune: Tune, base: str) -> Shape:
    """Return what GET /tunes/:id shows. Source: docs/api/0-tune/2-retrieve"""
    shape = {
        "id": tune.pk,
        "title": tune.title or None,
        "name": tune.name or None,
        "is_api": not tune.is_gallery,
        "token": tune.token or None,
        "base_tune_id": tune.base_tune_id,
        "args": f"preset={tune.attributes['preset']}" if "preset" in tune.attributes else None,
        "steps": tune.attributes.get("steps"),
        "face_crop": tune.attributes.get("face_crop"),
        "training_face_correct": bool(tune.attributes.get("training_face_correct")),
        "callback": tune.callback or None,
        # Nothing is trained here, so there is nothing to download.
        "ckpt_url": None,
        "ckpt_urls": [],
        "eta": moment(tune.eta),
        **_times(tune),
        "expires_at": moment(tune.expires_at),
        "branch": tune.branch,
        "model_type": tune.model_type or None,
        "url": f"{base}/tunes/{tune.pk}.json",
        "orig_images": _photo_urls(tune, base),
    }
    if tune.characteristics:
        shape["characteristics"] = tune.characteristics
    shape |= {name: value for name, value in tune.attributes.items() if name not in shape}
    return shape if tune.failed_at is None else shape | {"failed_at": moment(tune.failed_at)}


def tune_narrow(tune: Tune, base: str) -> Shape:
    """Return what creating from a pack answers. Source: docs/api/2-pack/2-tunes/0-create"""
    return {
        "id": tune.pk,
        "title": tune.title or None,
        "name": tune.name or None,
        "eta": moment(tune.eta),
        **_times(tune),
        "expires_at": moment(tune.expires_at),
        "url": f"{base}/tunes/{tune.pk}.json",
        "orig_images": _photo_urls(tune, base),
    }


def tune_callback(tune: Tune) -> Shape:
    """Return the body of a tune's callback; with `callback_body` full, all that GET shows."""
    if switches.callback_body == "full":
        return {"tune": tune_wide(tune, switches.base_url)}
    shape = {
        "id": tune.pk,
        "title": tune.title or None,
        "name": tune.name or None,
        "steps": tune.attributes.get("steps"),
        **_times(tune),
        "expires_at": moment(tune.expires_at),
    }
    return {"tune": shape if tune.failed_at is None else shape | {"failed_at": moment(tune.failed_at)}}


def prompt_wide(prompt: Prompt, base: str) -> Shape:
    """Return what prompt endpoints show: 21 keys in Astria's order, then the others, user_error if failed."""
    extra = prompt.attributes
    cfg_scale = extra.get("cfg_scale")
    shape = {
        "id": prompt.pk,
        "callback": prompt.callback or None,
        **_times(prompt),
        "tune_id": prompt.tune_id,
        "text": prompt.text,
        "negative_prompt": prompt.negative_prompt,
        "cfg_scale": None if cfg_scale is None else str(float(cfg_scale)),
        "steps": extra.get("steps"),
        "super_resolution": extra.get("super_resolution", False),
        "ar": extra.get("ar", "1:1"),
        "num_images": prompt.num_images,
        "seed": prompt.seed,
        "controlnet_conditioning_scale": extra.get("controlnet_conditioning_scale"),
        "controlnet_txt2img": extra.get("controlnet_txt2img", False),
        "denoising_strength": extra.get("denoising_strength"),
        "style": extra.get("style"),
        "url": f"{base}/tunes/{prompt.tune_id}/prompts/{prompt.pk}.json",
        "images": image_urls(prompt, base),
        "orig_prompt_id": prompt.orig_prompt_id,
        "cost_mc": prompt.cost_mc,
    }
    shape |= {name: value for name, value in extra.items() if name not in shape}
    shape |= {name: _file_urls(name, keys, base) for name, keys in prompt.files.items()}
    return shape if not prompt.user_error else shape | {"user_error": prompt.user_error}


def prompt_single(prompt: Prompt, base: str) -> Shape:
    """Return what GET of one prompt shows: the wide form and its likes."""
    likes = {"prompt_likes_count": prompt.likes_count(), "liked": prompt.is_liked}
    return prompt_wide(prompt, base) | likes


def prompt_callback(prompt: Prompt) -> Shape:
    """Return a prompt as callbacks carry it: ten keys; with `callback_body` full, all that GET shows."""
    base = switches.base_url
    if switches.callback_body == "full":
        return prompt_wide(prompt, base)
    shape = {
        "id": prompt.pk,
        "text": prompt.text,
        "negative_prompt": prompt.negative_prompt,
        "steps": prompt.attributes.get("steps"),
        "tune_id": prompt.tune_id,
        **_times(prompt),
        "images": image_urls(prompt, base),
    }
    return shape if not prompt.user_error else shape | {"user_error": prompt.user_error}


def image_urls(prompt: Prompt, base: str) -> list[str]:
    """Return the urls of a finished prompt's pictures; as at Astria, not in the order they were made."""
    if prompt.trained_at is None:
        return []
    return [picture_url(base, key) for key in sorted(prompt.picture_keys)]


def pack_listed(pack: Pack, base: str) -> Shape:
    """Return a pack as GET /packs shows it. Source: docs/api/2-pack/1-list"""
    return {
        "id": pack.id,
        "base_tune_id": pack.base_tune_id,
        "user_id": 1,
        "slug": pack.slug,
        "title": pack.title,
        "token": "ohwx",
        "created_at": moment(pack.created_at),
        "updated_at": moment(pack.created_at),
        "multiplier": pack.multiplier,
        "model_type": pack.model_type,
        "public_at": moment(pack.created_at) if pack.is_public else None,
        "unlisted_at": None,
        "cover_url": cover_url(pack, base),
        "cost_mc_hash": pack.prices,
    }


def pack_detail(pack: Pack, base: str) -> Shape:
    """Return a pack as GET /p/:id shows it: costs in cents, and its template prompts by class."""
    costs = {
        name: {"cost": price // 1000, "num_images": _num_images(pack, name)}
        for name, price in pack.prices.items()
    }
    samples = _samples([template.id for template in pack.templates], base)
    prompts = {
        name: [{"id": item.id, "images": samples.get(item.id, [])} for item in pack.of_class(name)]
        for name in pack.prices
    }
    return {
        "id": pack.id,
        "slug": pack.slug,
        "title": pack.title,
        "cover_url": cover_url(pack, base),
        "created_at": moment(pack.created_at),
        "updated_at": moment(pack.created_at),
        "public_at": moment(pack.created_at) if pack.is_public else None,
        "unlisted_at": None,
        "costs": costs,
        "logo": None,
        "prompts_per_class": prompts,
    }


def cover_url(pack: Pack, base: str) -> str | None:
    """Return the public address of the pack's cover; packs made here have none."""
    return f"{base}/covers/{pack.slug}.jpg" if pack.is_public else None


def _num_images(pack: Pack, class_name: str) -> int:
    return sum(item.attributes.get("num_images", pack.num_images) for item in pack.of_class(class_name))


def _file_urls(name: str, keys: list[str], base: str) -> str | list[str]:
    urls = [picture_url(base, key) for key in keys]
    return urls if name in LISTS else urls[0]


def _samples(ids: Iterable[int], base: str) -> dict[int, list[str]]:
    rows = Prompt.objects.filter(pk__in=ids).values_list("pk", "picture_keys")
    return {pk: [picture_url(base, key) for key in keys] for pk, keys in rows}


def _times(row: Tune | Prompt) -> Shape:
    return {
        "trained_at": moment(row.trained_at),
        "started_training_at": moment(row.started_training_at),
        "created_at": moment(row.created_at),
        "updated_at": moment(row.updated_at),
    }


def _photo_urls(tune: Tune, base: str) -> list[str]:
    return [picture_url(base, key) for key in tune.photo_keys]
