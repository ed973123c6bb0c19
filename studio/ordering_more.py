"""Orders on a model that exists: another pack, a theme, a person's own words, more like a shot.

No model is trained and no training is paid. While theirs is still being trained, the orders wait for it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from packs.models import Pack
from packs.pricing import cost_of_class, cost_of_images, price_of_class, price_of_images
from studio.models import Prompt, Shoot, Tune, TuneDeletion
from studio.models.state import storable
from studio.ordering import (
    OrderRefused,
    charging,
    check_price,
    problems_with_pack,
    record,
    shots_and_images,
)
from studio.wishes import (
    MAX_IMAGES,
    SIZES,
    Look,
    problems_with_images,
    problems_with_look,
    problems_with_text,
)

# Astria thinks up so many prompts for a theme, and only for these.
THEME_PROMPTS = 10
THEME_CLASSES = ("man", "woman")
MAX_THEME, MAX_TEXT = 150, 1000
SEEDS = 2**32


@dataclass(frozen=True)
class Draft:
    """An order as it would be written down: what is asked for, how much that is, and what it costs."""

    title: str
    wish: dict[str, Any]
    prompts: int
    images: int
    price: int
    cost_mc: int
    pack: Pack | None = field(default=None)


def order_pack_on(
    tune: Tune, pack: Pack | None, *, key: str, prompt_ids: Collection[int] = (), price: int | None = None
) -> Shoot:
    """Order `pack`, or the shots of it with these ids of Astria's, on a model.

    `key` is what the form carries: an order that was taken under it is returned as it is. `price` is what the
    person was shown, in credits (None: whatever it is). Raises OrderRefused.
    """

    def draft(tune: Tune) -> Draft:
        refuse_if([*problems_with_pack(pack, tune.class_name)])
        assert pack is not None  # it would be a problem
        offer = pack.classes.get(name=tune.class_name)
        shots, images = shots_and_images(offer, prompt_ids)
        return Draft(
            title=pack.title,
            wish={"prompt_ids": sorted(set(prompt_ids))} if prompt_ids else {},
            prompts=shots,
            images=images,
            price=price_of_class(offer, with_training=False, num_images=images),
            cost_mc=cost_of_class(offer, with_training=False, num_images=images),
            pack=pack,
        )

    return _order_on(tune, Shoot.Kind.PACK, key, price, draft)


def order_theme(
    tune: Tune, theme: str, *, key: str, num_images: int = 1, aspect: str = "", price: int | None = None
) -> Shoot:
    """Order ten shots that Astria thinks up for `theme`, of `num_images` (1 to 8) each, on a model.

    `aspect` is a shape of studio.wishes.SIZES. `key` and `price` as for `order_pack_on`. Raises OrderRefused.
    """
    theme = one_line(theme)

    def draft(tune: Tune) -> Draft:
        refuse_if(
            [*problems_with_theme(tune, theme), *problems_with_images(num_images), *_problems_with(aspect)]
        )
        wish = {"theme": theme, "num_images": num_images} | ({"aspect": aspect} if aspect else {})
        return _pictures(_("Theme: %(theme)s") % {"theme": theme}, wish, THEME_PROMPTS)

    return _order_on(tune, Shoot.Kind.THEME, key, price, draft)


def order_prompt(
    tune: Tune,
    text: str,
    *,
    key: str,
    seed: int | None = None,
    num_images: int = 1,
    look: Look | None = None,
    price: int | None = None,
) -> Shoot:
    """Order `num_images` (1 to 8) pictures of a person's own words on a model.

    `seed` (0 to 2³² − 1; one is drawn if none is given) makes the same pictures again. `key` and `price` as
    for `order_pack_on`. Raises OrderRefused.
    """
    text, look = one_line(text), look or Look()

    def draft(tune: Tune) -> Draft:
        problems = [*problems_with_text(text, MAX_TEXT), *problems_with_images(num_images)]
        refuse_if([*problems, *_problems_with_seed(seed), *problems_with_look(look, tune)])
        drawn = secrets.randbelow(SEEDS) if seed is None else seed
        wish = {"text": text, "seed": drawn, "num_images": num_images}
        asked = {"look": look.asked()} if look.asked() else {}
        return _pictures(_("Your words: %(text)s") % {"text": text}, wish | asked, 1)

    return _order_on(tune, Shoot.Kind.PROMPT, key, price, draft)


def order_more_like(
    prompt: Prompt, *, key: str, num_images: int | None = None, price: int | None = None
) -> Shoot:
    """Order `num_images` (as many as `prompt` has, if not said) other pictures of the same words.

    `key` and `price` as for `order_pack_on`. Raises OrderRefused.
    """
    number = images_like(prompt) if num_images is None else num_images

    def draft(tune: Tune) -> Draft:
        problems = [*problems_with_images(number)]
        if prompt.status != Prompt.Status.READY:
            problems.append(
                _("There is nothing to make more of: this shot has no pictures. Nothing was charged.")
            )
        refuse_if(problems)
        seed = secrets.randbelow(SEEDS)
        wish = {"prompt_id": prompt.astria_id, "text": prompt.text, "seed": seed, "num_images": number}
        if is_enlarged(prompt.shoot.wish):
            wish["enlarged"] = True  # Astria takes it over from the shot
        return _pictures(_("More like shot %(number)d") % {"number": prompt.number}, wish, 1)

    return _order_on(prompt.shoot.tune, Shoot.Kind.MORE, key, price, draft)


def images_like(prompt: Prompt) -> int:
    """Return how many pictures more like a shot are made if nothing else is said."""
    return min(max(prompt.expected_images, 1), MAX_IMAGES)


def is_enlarged(wish: Mapping[str, Any]) -> bool:
    """Whether an order's pictures are enlarged: as was asked, or because those that they are like were."""
    return bool(wish.get("enlarged") or wish.get("look", {}).get("super_resolution"))


def one_line(text: str) -> str:
    return " ".join(storable(text).split())


def refuse_if(reasons: list[str]) -> None:
    if reasons:
        raise OrderRefused(*reasons)


def _pictures(title: str, wish: dict[str, Any], prompts: int) -> Draft:
    """Return the draft of so many prompts, at the price of their pictures."""
    images, enlarged = prompts * int(wish["num_images"]), is_enlarged(wish)
    price, cost_mc = price_of_images(images, enlarged=enlarged), cost_of_images(images, enlarged=enlarged)
    return Draft(title, wish, prompts, images, price, cost_mc)


def _order_on(
    tune: Tune, kind: Shoot.Kind, key: str, shown: int | None, draft: Callable[[Tune], Draft]
) -> Shoot:
    """Take an order on a model that exists. `draft` raises OrderRefused, too."""
    # Whatever the form carried, it fits.
    carried = f"{kind}:{storable(key)}"
    order_key = f"{tune.pk}:{sha256(carried.encode()).hexdigest()}"

    def take() -> Shoot:
        # One order on a model at a time: who comes second waits here, and is given the first one's.
        Tune.lock(tune.pk)
        if taken := Shoot.objects.filter(order_key=order_key).first():
            return taken
        found = Tune.objects.select_related("account").get(pk=tune.pk)
        refuse_if([*problems_with_tune(found)])
        made = draft(found)
        check_price(made.price, shown)
        return record(
            found,
            made.price,
            title=made.title,
            trains=False,
            kind=kind,
            pack=made.pack,
            wish=made.wish,
            order_key=order_key,
            expected_prompts=made.prompts,
            expected_images=made.images,
            cost_mc=made.cost_mc,
        )

    return charging(take)


def problems_with_tune(tune: Tune) -> Iterator[str]:
    """Yield why nothing can be ordered on a model, as sentences."""
    if tune.status == Tune.Status.DELETED or TuneDeletion.is_asked_for(tune.pk):
        yield _("This model was deleted. Train a new one from your photos; nothing was charged.")
    elif tune.status == Tune.Status.FAILED:
        yield _("This model could not be trained. Train a new one from your photos; nothing was charged.")
    elif tune.status == Tune.Status.EXPIRED or tune.is_past_its_end:
        day = date_format(tune.gone_at, "j F Y") if tune.gone_at else _("its last day")
        text = _("This model expired on %(day)s; your photos are still here: order with training again. "
                 "Nothing was charged.")  # fmt: skip
        yield text % {"day": day}


def problems_with_theme(tune: Tune, theme: str) -> Iterator[str]:
    if tune.class_name not in THEME_CLASSES:
        yield _("Themes are only for models of a man or a woman. Nothing was charged.")
    yield from problems_with_text(theme, MAX_THEME)


def _problems_with_seed(seed: int | None) -> Iterator[str]:
    if seed is not None and not 0 <= seed < SEEDS:
        yield _("The seed must be a number from 0 to %(most)d.") % {"most": SEEDS - 1}


def _problems_with(aspect: str) -> Iterator[str]:
    if aspect and aspect not in SIZES:
        yield _("Choose the shape from the list. Nothing was charged.")
