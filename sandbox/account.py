"""What things cost in milli-cents (100,000 are one dollar), and the balance they are taken from.

The packs have prices of their own (packs.toml). The others are the sandbox's: Astria's change, and only that
something is charged, refused, or free is to be relied on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from sandbox.models import Account, Tune

TUNE_MC = {"sd15": 75_000, "flux1": 150_000, "sdxl1": 150_000}
FACEID_MC = 10_000
EXTENSION_MC = 50_000
IMAGE_MC = {"sd15": 1_000, "sdxl1": 1_500, "flux1": 2_500}
SUPER_RESOLUTION_MC = 1_000
OTHER_TUNE_MC, OTHER_IMAGE_MC = 150_000, 2_500


class Unpaid(Exception):
    """The balance does not cover it: 402, and nothing is done."""


def balance() -> int | None:
    """Return the balance, None when it is endless."""
    return Account.objects.values_list("balance_mc", flat=True).filter(pk=1).first()


def set_balance(balance_mc: int | None) -> None:
    """Set the balance; None makes it endless."""
    Account.objects.update_or_create(pk=1, defaults={"balance_mc": balance_mc})


def charge(cost_mc: int) -> None:
    """Take from the balance, in the transaction of what is paid for; raises Unpaid when it is too little."""
    account = Account.objects.filter(pk=1, balance_mc__isnull=False)
    if cost_mc <= 0 or not account.exists():
        return
    if not account.filter(balance_mc__gte=cost_mc).update(balance_mc=F("balance_mc") - cost_mc):
        raise Unpaid("Insufficient balance")


def tune_cost(tune: Tune) -> int:
    """Return what a training costs; a mock nothing."""
    if tune.is_mock:
        return 0
    return FACEID_MC if tune.model_type == "faceid" else TUNE_MC.get(tune.branch, OTHER_TUNE_MC)


def prompt_cost(tunes: tuple[Tune | None, ...], num_images: int, attributes: Mapping[str, Any]) -> int:
    """Return what a prompt costs that shows and runs on these tunes; nothing when one is a mock."""
    branches = [tune.branch for tune in tunes if tune]
    if "fast" in branches:
        return 0
    each = IMAGE_MC.get(branches[-1] if branches else "", OTHER_IMAGE_MC)
    return num_images * (each + SUPER_RESOLUTION_MC * bool(attributes.get("super_resolution")))
