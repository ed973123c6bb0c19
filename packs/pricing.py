"""What things cost, in credits: one rule for every kind of shoot.

price = training fee of the model's kind (if a model is trained) + price per picture × pictures

Staff may say otherwise for a pack's class: a price by hand (`PackClass.price`), or a margin over what Astria
charges (`PackClass.margin`, in percent), reckoned with what a credit brings in (CREDIT_CENTS).
"""

from __future__ import annotations

from math import ceil

from django.conf import settings

from packs.models import PackClass

# Credits for training one model, by Astria's model type; "" is a checkpoint.
TRAINING_FEE = {"faceid": 0, "lora": 10, "pti": 10, "": 10}
PRICE_PER_IMAGE = 1


def training_fee(model_type: str) -> int:
    """Return the credits for training a model of Astria's `model_type` ("" for a checkpoint)."""
    return TRAINING_FEE.get(model_type, max(TRAINING_FEE.values()))


def price_of_images(num_images: int, *, enlarged: bool = False) -> int:
    """Return the credits for pictures on a model that exists, but for those of a pack.

    `enlarged`: four times as large, by Astria's super resolution.
    """
    return (PRICE_PER_IMAGE + (int(settings.ENLARGEMENT_PRICE) if enlarged else 0)) * num_images


def price_of_class(
    pack_class: PackClass, *, with_training: bool = True, num_images: int | None = None
) -> int:
    """Return the credits for a pack for one class, or for `num_images` of its pictures if not for all.

    A price by hand, or by a margin, includes training; on a model that exists the training fee is taken off
    it, but never the share of the pictures: a price below the fee would make every further order free.
    """
    fee = training_fee(pack_class.pack.model_type)
    by_rule = price_of_images(pack_class.num_images)
    whole = _whole(pack_class, fee + by_rule)
    pictures = max(whole - fee, ceil(whole * by_rule / (fee + by_rule)))
    training = whole - pictures if with_training else 0
    return training + ceil(pictures * (num_images or pack_class.num_images) / pack_class.num_images)


def _whole(pack_class: PackClass, by_rule: int) -> int:
    if pack_class.price is not None:
        return pack_class.price
    return by_rule if pack_class.margin is None else price_at_margin(pack_class.cost_mc, pack_class.margin)


def price_at_margin(cost_mc: int, margin: int) -> int:
    """Return the credits that bring in `margin` percent more than `cost_mc` milli-cents, rounded up."""
    millicents_per_credit = int(settings.ASTRIA_MILLICENTS_PER_DOLLAR) * int(settings.CREDIT_CENTS)
    return -(-cost_mc * (100 + margin) // millicents_per_credit)


def margin_of_class(pack_class: PackClass) -> int | None:
    """Return by how many percent the price of a class is above Astria's cost; None if that is nothing."""
    cents = pack_class.cost_mc * 100 / int(settings.ASTRIA_MILLICENTS_PER_DOLLAR)
    brought_in = price_of_class(pack_class) * int(settings.CREDIT_CENTS)
    return round(100 * (brought_in / cents - 1)) if cents else None


def extension_price() -> int:
    """Return the credits for keeping a model for another thirty days."""
    return int(settings.EXTENSION_PRICE)


def cost_of_class(pack_class: PackClass, *, with_training: bool, num_images: int) -> int:
    """Return what `num_images` pictures of a pack for one class should cost at Astria, in milli-cents.

    Astria names one price for training and all pictures; what is left out is taken off it by the picture.
    """
    if with_training:
        left_out = cost_of_images(pack_class.num_images - num_images)
        return max(pack_class.cost_mc - left_out, cost_of_images(num_images))
    return min(pack_class.cost_mc, cost_of_images(num_images))


def cost_of_images(num_images: int, *, enlarged: bool = False) -> int:
    """Return what pictures on a model that exists should cost at Astria, in milli-cents."""
    more = int(settings.ASTRIA_MILLICENTS_PER_ENLARGEMENT) if enlarged else 0
    return (int(settings.ASTRIA_MILLICENTS_PER_IMAGE) + more) * num_images


def cost_of_extension() -> int:
    """Return what thirty more days of a model should cost at Astria, in milli-cents."""
    return int(settings.ASTRIA_MILLICENTS_PER_EXTENSION)


def cost_in_cents(pack_class: PackClass) -> int:
    """Return what Astria charges us for this class, in US cents, rounded up."""
    return ceil(pack_class.cost_mc * 100 / int(settings.ASTRIA_MILLICENTS_PER_DOLLAR))
