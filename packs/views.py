"""The public catalogue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from config.storage import serve_file
from packs.browsing import Search
from packs.choosing import Choice, choice_of, left_out
from packs.models import Pack
from packs.shop import classes_of, offers_of, picture_url, shelf


@require_safe
def packs(request: HttpRequest) -> HttpResponse:
    """Every published pack, or those that are looked for."""
    published = shelf(Pack.objects.published().in_shop_order().with_classes())
    search = Search.of(request.GET, published)
    context = {"packs": search.found(published), "search": search, "any_published": bool(published)}
    response = render(request, "packs/packs.html", context)
    # htmx puts this address into the browser's line, without what was not asked for.
    response["HX-Replace-Url"] = f"{request.path}{search.query}"
    return response


@require_safe
def pack(request: HttpRequest, slug: str) -> HttpResponse:
    """One pack with every shot, so that one knows what one buys; some may be switched off."""
    found = get_object_or_404(Pack.objects.published().with_shots(), slug=slug)
    offers = offers_of(found)
    context = {
        "pack": found,
        "cover_url": picture_url(found.cover_key),
        "offers": offers,
        "choice": _choice(found, request.GET),
    }
    return render(request, "packs/pack.html", context)


def _choice(found: Pack, query: QueryDict) -> Choice | None:
    """Return the class that is looked at, with the shots that are switched on; None if there is none."""
    classes = classes_of(found)
    pack_class = next((it for it in classes if it.name == query.get("class")), next(iter(classes), None))
    if pack_class is None:
        return None
    return choice_of(pack_class, left_out(pack_class, query))


@require_safe
def picture(request: HttpRequest, pack_id: int, stem: str) -> HttpResponseBase:
    """Our public copy of a cover or sample, of published packs only."""
    get_object_or_404(Pack.objects.published(), astria_id=pack_id)
    # The name follows from the picture's source: what lies under it never changes.
    return serve_file(f"packs/{pack_id}/{stem}.webp", cache="public, max-age=31536000, immutable")
