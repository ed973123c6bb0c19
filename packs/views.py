"""The public catalogue."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from packs.models import Pack
from packs.shop import picture_url, place_of_class, shelf, with_shots


@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """Every published pack, of one class if asked for."""
    published = shelf(Pack.objects.published().in_shop_order().with_classes())
    class_names = sorted({it.name for pack in published for it in pack.offers}, key=place_of_class)
    class_name = request.GET.get("class", "")
    if class_name in class_names:
        published = [pack for pack in published if any(o.name == class_name for o in pack.offers)]
    else:
        class_name = ""
    context = {"packs": published, "class_names": class_names, "class_name": class_name}
    return render(request, "packs/packs.html", context)


@require_safe
def pack(request: HttpRequest, slug: str) -> HttpResponse:
    """One pack with every shot, so that one knows what one buys."""
    found = get_object_or_404(Pack.objects.published().with_shots(), slug=slug)
    offers = with_shots(found)
    context = {"pack": found, "cover_url": picture_url(found.cover), "offers": offers}
    return render(request, "packs/pack.html", context)


@require_safe
def picture(request: HttpRequest, pack_id: int, stem: str) -> FileResponse:
    """Our public copy of a cover or sample, of published packs only."""
    get_object_or_404(Pack.objects.published(), astria_id=pack_id)
    try:
        file = default_storage.open(f"packs/{pack_id}/{stem}.webp")
    except FileNotFoundError:
        raise Http404 from None
    # The name follows from the picture's source: what lies under it never changes.
    return FileResponse(
        file, content_type="image/webp", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )
