"""Ordering a theme: ten prompts for each tune, thought of in the background.

Source: docs/api/5-themes/1-create
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from sandbox import faults
from sandbox.account import charge
from sandbox.later.pace import THEME_SECONDS
from sandbox.models import Prompt, Run, Theme, Tune
from sandbox.orders.packs import own_tunes
from sandbox.orders.prompts import Order, cost_of, place_in
from sandbox.orders.wishes import read_wish
from sandbox.rails.casting import Refused, to_text
from sandbox.switches import switches

CLASSES = ("man", "woman")
OVERRIDES = ("num_images", "w", "h")
# What stands in for the language model: the theme, seen in ten ways.
SCENES = (
    "portrait of {who}, {theme}, softbox from the left, 85mm, gentle smile",
    "close-up of {who}, {theme}, window light, calm look",
    "half-length portrait of {who}, {theme}, bright modern office behind, shallow depth of field",
    "portrait of {who}, {theme}, seamless grey backdrop, studio lighting",
    "portrait of {who}, {theme}, golden hour, low sun, warm rim light",
    "off-centre portrait of {who}, {theme}, city lights out of focus, blue hour",
    "black and white portrait of {who}, {theme}, dark backdrop, fine grain",
    "portrait of {who}, {theme}, tree-lined park, green foliage, bright shade",
    "editorial portrait of {who}, {theme}, narrow beam of light, magazine cover",
    "portrait of {who}, {theme}, white backdrop, high key, friendly smile",
)


def order_theme(given: Mapping[str, Any]) -> Theme:
    """Take a theme for tunes of men and women, and its price; raises Refused and Unpaid."""
    overrides = given.get("prompt_attributes")
    kept = {name: overrides.get(name) for name in OVERRIDES} if isinstance(overrides, Mapping) else {}
    wish = read_wish(kept)
    text = (to_text(given.get("theme")) or "").strip()
    if not text:
        wish.errors["theme"] = ["can't be blank"]
    tunes = own_tunes(given.get("tune_ids"))
    if any(tune.name not in CLASSES for tune in tunes):
        wish.errors["tune_ids"] = ["only man and woman are supported"]
    if wish.errors:
        raise Refused(wish.errors)
    with transaction.atomic():
        charge(sum(cost_of(order) for tune in tunes for order in _orders(tune, text, wish.attributes)))
        ids = [tune.pk for tune in tunes]
        theme = Theme.objects.create(
            theme=text, tune_ids=ids, attributes=wish.attributes, takes=THEME_SECONDS
        )
    switches.wake.set()
    return theme


@transaction.atomic
def unfold(theme: Theme) -> list[Prompt]:
    """Write the prompts of a theme for those of its tunes that are still there."""
    run = Run.objects.create()
    with faults.asking(tuple(theme.faults)):
        prompts = [
            place_in(run, order)
            for tune in Tune.objects.filter(pk__in=theme.tune_ids).order_by("pk")
            for order in _orders(tune, theme.theme, theme.attributes)
        ]
    theme.delete()
    return prompts


def _orders(tune: Tune, theme: str, attributes: Mapping[str, Any]) -> list[Order]:
    who = f"{tune.token} {tune.name}".strip()
    texts = [scene.format(who=who, theme=theme) for scene in SCENES]
    return [Order(tune, {**attributes, "theme": theme, "text": text}) for text in texts]
