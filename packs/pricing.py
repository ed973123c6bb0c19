"""What things cost, in credits: one rule for every kind of shoot.

price = training fee of the model's kind (if a model is trained) + price per picture × pictures

Staff may overwrite a pack's price for a class by hand (`PackClass.price`); then the rule is not asked.
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


def price_of_class(pack_class: PackClass, *, with_training: bool = True) -> int:
    """Return the credits for a whole pack for one class.

    A price set by hand includes training; on a model that exists the training fee is taken off it, but
    never the share of the pictures: a price below the fee would make every further order free.
    """
    fee = training_fee(pack_class.pack.model_type)
    pictures = PRICE_PER_IMAGE * pack_class.num_images
    whole = fee + pictures if pack_class.price is None else pack_class.price
    if with_training or not fee:
        return whole
    return max(whole - fee, ceil(whole * pictures / (fee + pictures)))


def cost_in_cents(pack_class: PackClass) -> int:
    """Return what Astria charges us for this class, in US cents, rounded up."""
    return ceil(pack_class.cost_mc * 100 / int(settings.ASTRIA_MILLICENTS_PER_DOLLAR))
