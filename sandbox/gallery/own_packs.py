"""Packs that were made over the API, seen as the gallery's are."""

from __future__ import annotations

from collections import defaultdict

from sandbox.account import prompt_cost, tune_cost
from sandbox.gallery.catalogue import Pack, Template, find_pack
from sandbox.models import OwnPack, Prompt, Tune
from sandbox.orders.references import without_references

MULTIPLIER = 10


def any_pack(id_or_slug: str) -> Pack | None:
    """Return the pack with this id or slug, from the gallery or one's own; None if there is none."""
    return find_pack(id_or_slug) or next(
        (own_pack(row) for row in OwnPack.objects.all() if id_or_slug in (str(row.pk), row.slug)), None
    )


def own_packs() -> list[Pack]:
    """Return the packs that were made here, in order of id."""
    return [own_pack(row) for row in OwnPack.objects.order_by("pk")]


def own_pack(row: OwnPack) -> Pack:
    """Return an own pack with the prompts that joined it as its templates."""
    prompts = Prompt.objects.filter(pack_id=row.pk, run_id=None).order_by("pk")
    base = Tune.objects.filter(pk=row.base_tune_id).first()
    return Pack(
        id=row.pk,
        slug=row.slug,
        title=row.title,
        base_tune_id=row.base_tune_id,
        model_type=row.model_type or None,
        multiplier=MULTIPLIER,
        num_images=4,
        prices=_prices(row, list(prompts), base),
        templates=tuple(_template(prompt) for prompt in prompts),
        created_at=row.created_at,
        is_public=False,
    )


def _prices(row: OwnPack, prompts: list[Prompt], base: Tune | None) -> dict[str, int]:
    """Return what each class costs: the training and its prompts."""
    prices: defaultdict[str, int] = defaultdict(int)
    for prompt in prompts:
        prices[prompt.class_name] += prompt_cost((base,), prompt.num_images, prompt.attributes)
    training = tune_cost(Tune(branch=base.branch if base else "sd15", model_type=row.model_type))
    return {name: price + training for name, price in prices.items()}


def _template(prompt: Prompt) -> Template:
    left_out = ("pack_id", "base_pack_id", "lora_scale")
    attributes = {name: value for name, value in prompt.attributes.items() if name not in left_out}
    attributes |= {"num_images": prompt.num_images}
    if prompt.negative_prompt:
        attributes["negative_prompt"] = prompt.negative_prompt
    return Template(prompt.pk, prompt.class_name, without_references(prompt.text), attributes)
