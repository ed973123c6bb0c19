"""Ordering from a pack, and packs of one's own. Source: docs/api/2-pack/2-tunes/0-create"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from sandbox.account import charge
from sandbox.gallery.catalogue import Pack, Template
from sandbox.models import OwnPack, Prompt, Run, Tune
from sandbox.orders.attachments import fetched
from sandbox.orders.idempotency import known_tune
from sandbox.orders.prompts import Order, cost_of, find_tune, place_in
from sandbox.orders.references import Subject
from sandbox.orders.tunes import begin, fill_in_kind, new_tune, read_tune, save_tune
from sandbox.orders.wishes import Wish, check_branch, read_wish
from sandbox.photographs import collect_photos
from sandbox.rails.casting import Refused, as_items, to_integer, to_text
from sandbox.switches import switches

FIRST_OWN_ID = 5_000
MOST_TUNES = 100
MODEL_TYPES = ("", "lora", "pti", "faceid")


def order_pack_tune(pack: Pack, given: Mapping[str, Any]) -> Tune:
    """Create a tune from a pack together with the prompts of its class, perhaps only `prompt_ids`.

    Raises Refused and Unpaid.
    """
    base = Tune.objects.filter(pk=pack.base_tune_id).first()
    fields, errors = read_tune(given)
    if "name" not in errors and fields["name"] not in pack.prices:
        errors["name"] = ["is not supported by this pack"]
    wish = read_wish(given.get("prompt_attributes"))
    check_branch(base.branch if base else "", wish.attributes, wish.errors)
    photos = collect_photos(given, errors | wish.errors)
    files = fetched(wish.files)
    tune = new_tune(fields, base)
    # The pack decides what is trained, and how.
    fill_in_kind(tune, {"model_type": pack.model_type or "", "token": "ohwx"})
    tune.pack_id = pack.id
    templates = _choose(pack, tune, _wanted(given))
    with transaction.atomic():
        if switches.idempotent and (known := known_tune(tune.title)):
            return known
        charge(pack.prices[tune.name])
        save_tune(tune, photos)
        run = _run(pack, given)
        for template in templates:
            place_in(run, _from_template(pack, template, tune, wish, files))
        begin(tune)
    switches.wake.set()
    return tune


def order_pack_prompts(pack: Pack, given: Mapping[str, Any]) -> list[Prompt]:
    """Create a pack's prompts on existing tunes: `tune_ids`, perhaps only `prompt_ids`.

    Raises Refused and Unpaid.
    """
    wish = read_wish(given.get("prompt_attributes"))
    wanted = _wanted(given)
    tunes = own_tunes(given.get("tune_ids"))
    chosen = [_choose(pack, tune, wanted) for tune in tunes]
    for tune in tunes:
        check_branch(Subject(tune).base().branch, wish.attributes, wish.errors)
    if wish.errors:
        raise Refused(wish.errors)
    files = fetched(wish.files)
    orders = [
        _from_template(pack, template, tune, wish, files)
        for tune, templates in zip(tunes, chosen, strict=True)
        for template in templates
    ]
    with transaction.atomic():
        charge(sum(map(cost_of, orders)))
        run = _run(pack, given, with_tune_ids=True)
        prompts = [place_in(run, order) for order in orders]
    switches.wake.set()
    return prompts


def create_pack(given: Mapping[str, Any]) -> OwnPack:
    """Create an empty pack; prompts join it by their `pack_id`. Raises Refused."""
    title = (to_text(given.get("title")) or "").strip()
    if not title:
        raise Refused({"title": ["can't be blank"]})
    model_type = to_text(given.get("model_type")) or ""
    model_type = "" if model_type == "null" else model_type
    if model_type not in MODEL_TYPES:
        raise Refused({"model_type": ["is not included in the list"]})
    base = find_tune(given.get("base_tune_id"))
    with transaction.atomic():
        number = max([FIRST_OWN_ID - 1, *OwnPack.objects.values_list("pk", flat=True)]) + 1
        slug = f"{slugify(title)[:60] or 'pack'}-{number}"
        return OwnPack.objects.create(
            pk=number, slug=slug, title=title, base_tune_id=base.pk, model_type=model_type
        )


def own_tunes(given: object) -> list[Tune]:
    """Return the account's tunes with these ids, each once; raises Refused for others, and for none."""
    ids = list(dict.fromkeys(to_integer(item) for item in as_items(given)))
    if not 0 < len(ids) <= MOST_TUNES:
        raise Refused({"tune_ids": [f"must be 1 to {MOST_TUNES} tunes"]})
    tunes = Tune.objects.filter(is_gallery=False).in_bulk(ids)
    missing = [f"tune {pk} not found" for pk in ids if pk not in tunes]
    if missing:
        raise Refused({"tune_ids": missing})
    return [tunes[pk] for pk in ids]


def _run(pack: Pack, given: Mapping[str, Any], *, with_tune_ids: bool = False) -> Run:
    callback = to_text(given.get("prompts_callback")) or ""
    return Run.objects.create(pack_id=pack.id, prompts_callback=callback, with_tune_ids=with_tune_ids)


def _wanted(given: Mapping[str, Any]) -> set[int]:
    return {to_integer(item) for item in as_items(given.get("prompt_ids"))}


def _choose(pack: Pack, tune: Tune, wanted: set[int]) -> Sequence[Template]:
    templates = pack.of_class(tune.name)
    if not templates:
        raise Refused({"name": ["is not supported by this pack"]})
    chosen = [item for item in templates if not wanted or item.id in wanted]
    if not chosen:
        raise Refused({"prompt_ids": ["are not prompts of this pack"]})
    return chosen


def _from_template(pack: Pack, template: Template, tune: Tune, wish: Wish, files: Mapping[str, Any]) -> Order:
    given = {name: value for name, value in wish.attributes.items() if name not in ("text", "pack_id")}
    attributes = {"num_images": pack.num_images} | template.attributes | given | {"text": template.text}
    return Order(tune, attributes, files, orig_prompt_id=template.id)
