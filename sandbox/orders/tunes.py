"""Ordering a tune. Source: docs/api/0-tune/1-create"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from sandbox.account import charge, tune_cost
from sandbox.later import clock
from sandbox.later.finishing import train
from sandbox.later.pace import MOCK_SECONDS, TRAINING_SECONDS
from sandbox.models import Prompt, Run, Tune
from sandbox.orders.attachments import fetched
from sandbox.orders.idempotency import known_tune
from sandbox.orders.prompts import Order, cost_of, place_in
from sandbox.orders.references import WRITTEN, Subject, referenced
from sandbox.orders.wishes import Wish, check_branch, check_text, read_wish
from sandbox.photographs import collect_photos, keep_photos
from sandbox.rails.casting import Errors, Refused, as_items, to_integer, to_strings
from sandbox.rails.rules import LARGEST_INTEGER, Choice, Flag, Number, Rule, Text, read
from sandbox.switches import switches

TRIGGERS = {"sd15": "sks", "fast": "sks"}
BRANCHES = ("sd15", "sdxl1", "fast", "flux1", "sd21", "flux-pro1", "gemini-2", "partner-1")
CLASS_NAME = re.compile(r"[A-Za-z0-9 ]+")
TEXTS = ("title", "name", "token", "callback")
RULES: dict[str, Rule] = {
    **{name: Text() for name in TEXTS},
    "branch": Choice(BRANCHES),
    "model_type": Choice(("lora", "pti", "faceid")),
    "preset": Choice(("flux-lora-focus", "flux-lora-portrait", "flux-lora-fast")),
    "steps": Number(0, LARGEST_INTEGER, whole=True),
    "face_crop": Flag(),
    "training_face_correct": Flag(),
    "auto_extend": Flag(),
}
# What can be changed later.
PATCHED = ("title", "name", "auto_extend", "characteristics")


def order_tune(given: Mapping[str, Any]) -> tuple[Tune, list[Prompt]]:
    """Create a tune and its `prompts_attributes`; raises Refused and Unpaid."""
    fields, errors = read_tune(given)
    base = _base(given, errors)
    wishes = [read_wish(item, nested=True) for item in as_items(given.get("prompts_attributes"))]
    tune = new_tune(fields, base)
    fill_in_kind(tune, fields)
    _check_nested(tune, wishes, errors)
    photos = collect_photos(given, errors)
    orders = [Order(tune, wish.attributes, fetched(wish.files)) for wish in wishes]
    with transaction.atomic():
        if switches.idempotent and (known := known_tune(tune.title)):
            return known, list(known.prompts().order_by("pk"))
        # Before any file is written: those of an order that is not paid would stay behind.
        charge(tune_cost(tune) + sum(map(cost_of, orders)))
        save_tune(tune, photos)
        run = Run.objects.create()
        prompts = [place_in(run, order) for order in orders]
        begin(tune)
    switches.wake.set()
    return tune, prompts


def change_tune(tune: Tune, given: Mapping[str, Any]) -> Tune:
    """Change title, name, auto_extend or characteristics; raises Refused."""
    asked = {name: value for name, value in given.items() if name in PATCHED}
    fields, errors = read_tune({"title": tune.title, "name": tune.name} | asked)
    if errors:
        raise Refused(errors)
    tune.title, tune.name = fields["title"], fields["name"]
    if "characteristics" in asked:
        tune.characteristics = fields["characteristics"]
    if "auto_extend" in fields:
        tune.attributes["auto_extend"] = fields["auto_extend"]
    tune.updated_at = clock.now()
    tune.save(update_fields=["title", "name", "characteristics", "attributes", "updated_at"])
    return tune


def read_tune(given: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """Return what was given of a tune's own parameters, cast, and the errors by name."""
    fields, errors = read(given, RULES)
    fields["characteristics"] = to_strings(given.get("characteristics"))
    for name in ("title", "name"):
        if not fields.get(name, "").strip():
            errors[name] = ["can't be blank"]
    if "name" not in errors and not CLASS_NAME.fullmatch(fields["name"]):
        errors["name"] = ["only English letters, numbers and spaces allowed"]
    return fields, errors


def new_tune(fields: Mapping[str, Any], base: Tune | None) -> Tune:
    """Return a tune on this base, not yet saved, of no kind yet."""
    named = {name: fields[name] for name in ("title", "name", "callback") if name in fields}
    kept = ("steps", "face_crop", "training_face_correct", "auto_extend", "preset")
    tune = Tune(
        **named,
        branch=base.branch if base else "sd15",
        base_tune_id=base.pk if base else None,
        characteristics=fields["characteristics"],
        attributes={"face_crop": False} | {name: fields[name] for name in kept if name in fields},
    )
    # A little uneven, as trainings are, yet the same for the same title.
    spread = random.Random(f"{switches.seed}:{tune.title}").uniform(0.9, 1.1)
    tune.takes = TRAINING_SECONDS * spread
    return tune


def fill_in_kind(tune: Tune, fields: Mapping[str, Any]) -> None:
    """Give it branch, model type and token: what was asked for, or what follows from that."""
    tune.branch = fields.get("branch", tune.branch)
    tune.model_type = "pti" if tune.branch == "sdxl1" else fields.get("model_type", "")
    tune.token = fields.get("token") or TRIGGERS.get(tune.branch, "ohwx")
    if tune.is_mock:
        tune.takes = MOCK_SECONDS
    if tune.model_type == "faceid":
        tune.takes, tune.token = 0.0, ""


def save_tune(tune: Tune, photos: Sequence[Any]) -> None:
    """Write the tune and its photos."""
    tune.starts_at = clock.seconds()
    tune.started_training_at = clock.moment(tune.starts_at)
    tune.eta = tune.started_training_at + timedelta(seconds=tune.takes / switches.speed)
    tune.save()
    tune.photo_keys = keep_photos(tune.pk, photos)
    tune.save(update_fields=["photo_keys"])


def begin(tune: Tune) -> None:
    """Let the training begin; a FaceID has none, and is ready in the answer already."""
    if tune.model_type == "faceid":
        train(tune, tune.starts_at)


def _base(given: Mapping[str, Any], errors: Errors) -> Tune | None:
    base_id = to_integer(given.get("base_tune_id"))
    base = Tune.objects.filter(pk=base_id).first() if base_id else None
    if base_id and base is None:
        errors["base_tune"] = ["must exist"]
    return base


def _check_nested(tune: Tune, wishes: Sequence[Wish], errors: Errors) -> None:
    """Add what is wrong with the prompts, as Rails names it."""
    runs_on = Subject(tune).base()
    for wish in wishes:
        wrong = wish.errors
        text = check_text(wish)
        if WRITTEN.search(text):
            referenced(Subject(tune).text(text), runs_on, wrong)
        check_branch(runs_on.branch, wish.attributes, wrong)
        errors.update({f"prompts.{name}": messages for name, messages in wrong.items()})
