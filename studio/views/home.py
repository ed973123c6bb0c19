"""The first page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from packs.models import Pack, PackPrompt
from packs.shop import Shelf, picture_url, shelf
from studio.models.photo import MAX_PHOTOS, MIN_PHOTOS

PACKS_SHOWN = 6
SHOTS_LOOKED_AT = 3


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, with real pictures of this installation's packs."""
    packs = shelf(Pack.objects.published().in_shop_order().with_classes()[:PACKS_SHOWN])
    context = {
        "packs": packs,
        "samples": _samples(packs),
        "free_credits": settings.FREE_CREDITS,
        "min_photos": MIN_PHOTOS,
        "max_photos": MAX_PHOTOS,
    }
    return render(request, "studio/home.html", context)


def _samples(packs: list[Shelf]) -> list[dict[str, str]]:
    """Return a sample of each pack, of one class after the other in turn; covers show the first shots."""
    prompts = PackPrompt.objects.filter(
        pack_class__pack__in=[it.pack for it in packs], position__lt=SHOTS_LOOKED_AT
    ).exclude(samples=[])
    found = prompts.order_by("position").values_list("pack_class__pack", "pack_class__name", "samples")
    # The latest of the looked-at shots stays.
    keys = {(pack_id, class_name): samples[0] for pack_id, class_name, samples in found}
    samples = []
    for turn, pack in enumerate(packs):
        names = [offer.name for offer in pack.offers if (pack.pack.pk, offer.name) in keys]
        if names:
            key = keys[pack.pack.pk, names[turn % len(names)]]
            address = pack.get_absolute_url()
            samples.append({"url": picture_url(key), "title": pack.title, "pack_url": address})
    return samples
