"""The first page."""

from __future__ import annotations

from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from packs.models import Pack, PackPrompt
from packs.shop import Shelf, picture_url, shelf
from studio.models.photo import MAX_PHOTOS, MIN_PHOTOS

PACKS_SHOWN = 6
SAMPLES_SHOWN = 8


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


def _samples(packs: list[Shelf]) -> list[dict[str, object]]:
    """Return one sample picture of each of the shown packs' first shots, in turn."""
    prompts = PackPrompt.objects.filter(
        pack_class__pack__in=[shelf.pack for shelf in packs], position__lt=3
    ).exclude(samples=[])
    keys = prompts.order_by("position", "pack_class__pack__position", "-pack_class__name").values_list(
        "samples", "pack_class__pack__title"
    )
    return [
        {"url": picture_url(samples[0]), "width": 416, "height": 544, "alt": title}
        for samples, title in islice(keys, SAMPLES_SHOWN)
    ]
