"""What orders of tunes and prompts do: check, keep the photos, write the rows, and let the engine go on."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from sandbox.casting import (
    Errors,
    Refused,
    as_items,
    prompt_attributes,
    to_boolean,
    to_integer,
    to_strings,
    to_text,
)
from sandbox.catalogue import Pack, Template
from sandbox.idempotency import known_prompt, known_tune
from sandbox.models import REFERENCE, Picture, Prompt, Run, Tune
from sandbox.photographs import collect_photos, keep_photos
from sandbox.switches import switches

TRAINING_SECONDS = 4.0
PROMPT_SECONDS = 0.4
TRIGGERS = {"sd15": "sks", "fast": "sks"}
BRANCHES = ("sd15", "sdxl1", "fast", "flux1", "sd21", "flux-pro1", "gemini-2", "partner-1")
MODEL_TYPES = ("lora", "pti", "faceid")
CLASS_NAME = re.compile(r"[A-Za-z0-9 ]+")
PLACEHOLDER = re.compile(r"<(?:lora|faceid):[^<>]*>")


@dataclass(frozen=True)
class Subject:
    """The tune a prompt shows, and how a prompt names it: on itself, or on its base by a reference."""

    tune: Tune

    @property
    def runs_on(self) -> int:
        """Return the tune id that the prompt will carry."""
        return self.tune.pk if self.tune.is_checkpoint else self.tune.base_tune_id or self.tune.pk

    def text(self, text: str, scale: float = 1.0) -> str:
        """Return the prompt's text, with the reference in front where one is needed."""
        if self.runs_on == self.tune.pk:
            return text
        kind = "faceid" if self.tune.model_type == "faceid" else "lora"
        return f"<{kind}:{self.tune.pk}:{scale}> {text}"


def order_pack_tune(pack: Pack, given: Mapping[str, Any]) -> Tune:
    """Create a tune from a pack together with the prompts of its class; raises Refused."""
    errors = check_names(given)
    if "name" not in errors and given.get("name") not in pack.prices:
        errors["name"] = ["is not supported by this pack"]
    overrides, wrong = prompt_attributes(given.get("prompt_attributes"))
    photos = collect_photos(given, errors | wrong)
    tune = _new_tune(given, pack.base_tune_id, pack.model_type or "")
    tune.token, tune.pack_id = "ohwx", pack.id
    with transaction.atomic():
        if switches.idempotent and (known := known_tune(tune.title)):
            return known
        _save_tune(tune, photos)
        callback = to_text(given.get("prompts_callback")) or ""
        run = Run.objects.create(pack_id=pack.id, prompts_callback=callback)
        _add_pack_prompts(pack, pack.of_class(tune.name), tune, overrides, run)
    switches.wake.set()
    return tune


def order_pack_prompts(pack: Pack, given: Mapping[str, Any]) -> list[Prompt]:
    """Create a pack's prompts on existing tunes: `tune_ids`, perhaps only `prompt_ids`; raises Refused."""
    overrides, errors = prompt_attributes(given.get("prompt_attributes"))
    wanted = {to_integer(item) for item in as_items(given.get("prompt_ids"))}
    tunes = [_own_tune(to_integer(item), "tune_ids") for item in as_items(given.get("tune_ids"))]
    chosen = [_choose(pack, tune, wanted) for tune in tunes]
    if errors:
        raise Refused(errors)
    with transaction.atomic():
        callback = to_text(given.get("prompts_callback")) or ""
        run = Run.objects.create(pack_id=pack.id, prompts_callback=callback, with_tune_ids=True)
        prompts = [
            prompt
            for tune, templates in zip(tunes, chosen, strict=True)
            for prompt in _add_pack_prompts(pack, templates, tune, overrides, run)
        ]
    switches.wake.set()
    return prompts


def order_tune(given: Mapping[str, Any]) -> tuple[Tune, list[Prompt]]:
    """Create a tune and its `prompts_attributes`; raises Refused."""
    errors = check_names(given)
    base_id = to_integer(given.get("base_tune_id")) or None
    base = Tune.objects.filter(pk=base_id).first() if base_id else None
    if base_id and base is None:
        errors["base_tune"] = ["must exist"]
    _check_kind(given, errors)
    wishes = [prompt_attributes(item) for item in as_items(given.get("prompts_attributes"))]
    for wish, wrong in wishes:
        missing = {} if wish.get("text") else {"text": ["can't be blank"]}
        errors |= {f"prompts.{name}": messages for name, messages in (wrong | missing).items()}
    photos = collect_photos(given, errors)
    tune = _new_tune(given, base_id, to_text(given.get("model_type")) or "")
    _fill_in_kind(tune, given, base)
    with transaction.atomic():
        if switches.idempotent and (known := known_tune(tune.title)):
            return known, list(known.prompts().order_by("pk"))
        _save_tune(tune, photos)
        run = Run.objects.create()
        prompts = [_add_prompt(tune, wish, run=run) for wish, _ in wishes]
    switches.wake.set()
    return tune, prompts


def order_prompt(tune: Tune, given: Mapping[str, Any]) -> Prompt:
    """Create one prompt on a tune; raises Refused."""
    wish, errors = prompt_attributes(given)
    text = str(wish.get("text") or "")
    if not text.strip():
        errors["text"] = ["can't be blank"]
    if not tune.is_checkpoint and not tune.is_gallery:
        errors["base"] = [f"model_type={tune.model_type} is not supported. Use a checkpoint instead"]
    if tune.branch == "flux1" and wish.get("negative_prompt"):
        errors["negative_prompt"] = ["is not supported on Flux"]
    if tune.branch == "flux1" and (wish.get("cfg_scale") or 0) >= 5:
        errors["cfg_scale"] = ["must be less than 5"]
    subject = _referenced(text, errors) or tune
    if errors:
        raise Refused(errors)
    with transaction.atomic():
        prompt = _add_prompt(subject, wish, runs_on=tune)
    switches.wake.set()
    return prompt


def check_names(given: Mapping[str, Any]) -> Errors:
    """Return the errors of title and class name."""
    errors: Errors = {}
    if not (to_text(given.get("title")) or "").strip():
        errors["title"] = ["can't be blank"]
    name = to_text(given.get("name")) or ""
    if not name.strip():
        errors["name"] = ["can't be blank"]
    elif not CLASS_NAME.fullmatch(name):
        errors["name"] = ["only English letters, numbers and spaces allowed"]
    return errors


def _check_kind(given: Mapping[str, Any], errors: Errors) -> None:
    branch, model_type = to_text(given.get("branch")), to_text(given.get("model_type"))
    if branch and branch not in BRANCHES:
        errors["branch"] = ["is not included in the list"]
    if model_type and model_type != "null" and model_type not in MODEL_TYPES:
        errors["model_type"] = ["is not included in the list"]


def _fill_in_kind(tune: Tune, given: Mapping[str, Any], base: Tune | None) -> None:
    tune.branch = to_text(given.get("branch")) or (base.branch if base else "sd15")
    tune.model_type = "" if tune.model_type == "null" else tune.model_type
    if tune.branch == "sdxl1":
        tune.model_type = "pti"
    preset = to_text(given.get("preset"))
    tune.attributes["args"] = f"preset={preset}" if preset and preset != "null" else None
    tune.token = to_text(given.get("token")) or TRIGGERS.get(tune.branch, "ohwx")
    if tune.model_type == "faceid":
        tune.takes, tune.token = 0.0, ""


def _new_tune(given: Mapping[str, Any], base_id: int | None, model_type: str) -> Tune:
    base = Tune.objects.filter(pk=base_id).first()
    steps = to_integer(given.get("steps")) or None
    tune = Tune(
        title=to_text(given.get("title")) or "",
        name=to_text(given.get("name")) or "",
        branch=base.branch if base else "sd15",
        model_type=model_type,
        base_tune_id=base_id,
        callback=to_text(given.get("callback")) or "",
        characteristics=to_strings(given.get("characteristics")),
    )
    tune.attributes = {"steps": steps, "face_crop": bool(to_boolean(given.get("face_crop")))}
    tune.attributes["training_face_correct"] = bool(to_boolean(given.get("training_face_correct")))
    # A little uneven, as trainings are, yet the same for the same title.
    spread = random.Random(f"{switches.seed}:{tune.title}").uniform(0.9, 1.1)
    tune.takes = TRAINING_SECONDS * spread
    return tune


def _save_tune(tune: Tune, photos: Sequence[Any]) -> None:
    tune.eta = timezone.now() + timedelta(seconds=tune.takes / switches.speed)
    tune.started_training_at = timezone.now()
    tune.save()
    tune.photo_keys = keep_photos(tune.pk, photos)
    tune.save(update_fields=["photo_keys"])


def _own_tune(tune_id: int, field: str) -> Tune:
    tune = Tune.objects.filter(pk=tune_id, is_gallery=False).first()
    if tune is None:
        raise Refused({field: [f"tune {tune_id} not found"]})
    return tune


def _choose(pack: Pack, tune: Tune, wanted: set[int]) -> tuple[Template, ...]:
    templates = pack.of_class(tune.name)
    if not templates:
        raise Refused({"name": ["is not supported by this pack"]})
    chosen = tuple(item for item in templates if not wanted or item.id in wanted)
    if not chosen:
        raise Refused({"prompt_ids": ["are not prompts of this pack"]})
    return chosen


def _add_pack_prompts(
    pack: Pack, templates: Sequence[Template], tune: Tune, overrides: Mapping[str, Any], run: Run
) -> list[Prompt]:
    kept = {name: value for name, value in overrides.items() if name != "text"}
    return [
        _add_prompt(
            tune,
            {"num_images": pack.num_images} | kept | {"text": template.text},
            run=run,
            template=template,
        )
        for template in templates
    ]


def _add_prompt(
    subject: Tune,
    wish: Mapping[str, Any],
    *,
    run: Run | None = None,
    template: Template | None = None,
    runs_on: Tune | None = None,
) -> Prompt:
    """Write a prompt that shows `subject`; `runs_on` keeps text and tune as the client gave them."""
    # Read inside the transaction: the engine may just have trained it, and would not come back for this.
    current = Tune.objects.filter(pk=subject.pk).first()
    if current is None:
        raise Refused({"tune": ["must exist"]})
    prompt = _prompt(current, wish, runs_on)
    if run:
        prompt.run_id, prompt.pack_id = run.pk, run.pack_id
    if template:
        prompt.orig_prompt_id = template.id
    if switches.idempotent and run is None and (known := known_prompt(prompt)):
        return known
    prompt.save()
    add_pictures(prompt)
    return prompt


def _prompt(subject: Tune, wish: Mapping[str, Any], runs_on: Tune | None) -> Prompt:
    """Return the prompt, not yet saved, behind those that already wait for the same subject."""
    rest = dict(wish)
    named = Subject(subject)
    text = rest.pop("text") if runs_on else named.text(rest.pop("text"), rest.pop("lora_scale", 1.0))
    waiting = Prompt.objects.filter(subject_id=subject.pk, trained_at=None, user_error="").count()
    return Prompt(
        tune_id=runs_on.pk if runs_on else named.runs_on,
        subject_id=subject.pk,
        class_name=subject.name,
        text=text,
        negative_prompt=rest.pop("negative_prompt", ""),
        callback=rest.pop("callback", ""),
        num_images=rest.pop("num_images", 4),
        seed=rest.pop("seed", None),
        attributes=rest,
        starts_at=time.time() if subject.trained_at else None,
        takes=PROMPT_SECONDS * (waiting + 1),
        user_error="The tune was not trained" if subject.failed_at else "",
    )


def add_pictures(prompt: Prompt) -> None:
    """Give a prompt the keys of the pictures it will have."""
    pictures = [Picture(prompt_id=prompt.pk, position=number) for number in range(prompt.num_images)]
    Picture.objects.bulk_create(pictures)
    prompt.picture_keys = [picture.key for picture in pictures]
    prompt.save(update_fields=["picture_keys"])


def _referenced(text: str, errors: Errors) -> Tune | None:
    """Return the first tune that the text names; numbers that name none, and placeholders, are errors."""
    for written in PLACEHOLDER.findall(text):
        kind, _, scale = written.strip("<>").rpartition(":")
        if not re.fullmatch(r"-?\d*\.?\d+", scale) or kind in ("lora", "faceid"):
            errors["text"] = [f"{written} is not a valid reference"]
    tunes = [Tune.objects.filter(pk=int(number)).first() for number in REFERENCE.findall(text)]
    if None in tunes:
        errors["text"] = ["refers to a tune that was not found"]
    return tunes[0] if tunes else None
