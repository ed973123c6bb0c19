"""Ordering a prompt, or the same once more.

Source: docs/api/1-prompt/1-create, docs/api/1-prompt/3-duplicate
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from sandbox.account import charge, prompt_cost
from sandbox.later import clock
from sandbox.later.finishing import NOT_TRAINED
from sandbox.later.pace import PROMPT_SECONDS
from sandbox.models import Picture, Prompt, Run, Tune
from sandbox.orders.attachments import attach, copies, fetched
from sandbox.orders.idempotency import known_prompt
from sandbox.orders.references import Subject, referenced
from sandbox.orders.wishes import Wish, check_branch, check_text, read_wish
from sandbox.pictures import reuse
from sandbox.rails.bodies import Upload
from sandbox.rails.casting import Refused, to_integer
from sandbox.switches import switches

DEFAULT_IMAGES = 4


@dataclass(frozen=True)
class Order:
    """A prompt that was found to be in order: whom it shows, what it says, the files it comes with.

    `runs_on` is the tune it was ordered on; without one the subject decides, and is named in the text.
    """

    subject: Tune
    wish: Mapping[str, Any]
    files: Mapping[str, list[Upload]] = field(default_factory=dict)
    runs_on: Tune | None = None
    orig_prompt_id: int | None = None


def order_prompt(tune: Tune, given: Mapping[str, Any]) -> Prompt:
    """Create one prompt on a tune; raises Refused and Unpaid."""
    wish = read_wish(given)
    subject = check_prompt(tune, wish)
    return place(Order(subject, wish.attributes, fetched(wish.files), runs_on=tune))


def duplicate_prompt(original: Prompt, given: Mapping[str, Any], image_index: object) -> Prompt:
    """Create a prompt like another, its callback included, but for what is given; raises Refused and Unpaid.

    With an image index that picture is taken over instead of a new one being made.
    """
    picture = None if image_index in (None, "") else _picture(original, image_index)
    tune = find_tune(given.get("tune_id") or original.tune_id)
    wish = read_wish({**_attributes(original), **given}, kept=original.files)
    subject = check_prompt(tune, wish)
    order = Order(subject, wish.attributes, copies(original) | fetched(wish.files), runs_on=tune)
    return place(order, once=False, picture=picture)


def find_tune(tune_id: object) -> Tune:
    """Return the tune that a prompt asks for in its body; raises Refused."""
    tune = Tune.objects.filter(pk=to_integer(tune_id)).first()
    if tune is None:
        raise Refused({"tune": ["must exist"]})
    return tune


def check_prompt(tune: Tune, wish: Wish) -> Tune:
    """Return the tune that is shown; raises Refused with all that is wrong with a prompt on this tune."""
    errors = wish.errors
    text = check_text(wish)
    if not tune.is_checkpoint:
        errors["base"] = [f"model_type={tune.model_type} is not supported. Use a checkpoint instead"]
    check_branch(tune.branch, wish.attributes, errors)
    subject = referenced(text, tune, errors) or tune
    if wish.attributes.get("pack_id") and subject.is_gallery:
        errors["base"] = ["Prompt is not using a fine-tuned model"]
    if errors:
        raise Refused(errors)
    return subject


def place(order: Order, *, once: bool = True, picture: Picture | None = None) -> Prompt:
    """Write and charge one prompt; `once` gives back the one there is if the account is idempotent."""
    with transaction.atomic():
        prompt = draft(order)
        if once and switches.idempotent and (known := known_prompt(prompt)):
            return known
        if picture:
            prompt.num_images, prompt.cost_mc = 1, 0
        # First of all: files written for an order that is not paid would stay behind.
        charge(prompt.cost_mc)
        write(prompt, order)
    if picture:
        reuse(picture, prompt)
    switches.wake.set()
    return prompt


def place_in(run: Run, order: Order) -> Prompt:
    """Write one prompt of a run that is paid for as a whole."""
    prompt = draft(order, run)
    write(prompt, order)
    return prompt


def draft(order: Order, run: Run | None = None) -> Prompt:
    """Return the prompt, not yet saved, behind those that already wait for the same subject."""
    # Read inside the transaction: the engine may just have trained it, and would not come back for this.
    subject = Tune.objects.filter(pk=order.subject.pk).first()
    if subject is None:
        raise Refused({"tune": ["must exist"]})
    rest = dict(order.wish)
    named, text = Subject(subject), rest.pop("text", "")
    waiting = Prompt.objects.filter(subject_id=subject.pk, trained_at=None, user_error="").count()
    prompt = Prompt(
        tune_id=order.runs_on.pk if order.runs_on else named.runs_on,
        subject_id=subject.pk,
        run_id=run.pk if run else None,
        pack_id=run.pack_id if run else rest.get("pack_id"),
        orig_prompt_id=rest.pop("orig_prompt_id", order.orig_prompt_id),
        class_name=subject.name,
        text=text if order.runs_on else named.text(text, rest.get("lora_scale", 1.0)),
        negative_prompt=rest.pop("negative_prompt", ""),
        callback=rest.pop("callback", ""),
        num_images=rest.pop("num_images", DEFAULT_IMAGES),
        seed=rest.pop("seed", None),
        attributes=rest,
        starts_at=clock.seconds() if subject.trained_at else None,
        takes=PROMPT_SECONDS * (waiting + 1),
        user_error=NOT_TRAINED if subject.failed_at else "",
    )
    prompt.cost_mc = cost_of(order)
    return prompt


def cost_of(order: Order) -> int:
    """Return what a prompt costs, whose subject may not be saved yet."""
    tunes = (order.subject, order.runs_on or Subject(order.subject).base())
    return prompt_cost(tunes, order.wish.get("num_images", DEFAULT_IMAGES), order.wish)


def write(prompt: Prompt, order: Order) -> None:
    """Save a prompt with its files and the keys of the pictures it will have."""
    prompt.save()
    attach(prompt, order.files)
    pictures = [Picture(prompt_id=prompt.pk, position=number) for number in range(prompt.num_images)]
    Picture.objects.bulk_create(pictures)
    prompt.picture_keys = [picture.key for picture in pictures]
    prompt.save(update_fields=["picture_keys"])


def _attributes(prompt: Prompt) -> dict[str, Any]:
    """Return what a prompt was ordered with, as it would be sent."""
    named = ("text", "negative_prompt", "callback", "num_images", "seed", "orig_prompt_id")
    return {**prompt.attributes, **{name: getattr(prompt, name) for name in named}}


def _picture(original: Prompt, index: object) -> Picture:
    """Return the picture that is to be used again; raises Refused when it is not there."""
    pictures = Picture.objects.filter(prompt_id=original.pk, position=to_integer(index, -1))
    if original.trained_at is None or not pictures:
        raise Refused({"image_index": ["is not an image of this prompt"]})
    return pictures[0]
