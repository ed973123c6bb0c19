"""The gallery: a person's pictures, and any one of them opened over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from studio.models import Image, Prompt, Shoot
from studio.progress import model_of
from studio.showing import GalleryPage, Showing, page_from, picture_named
from studio.views.keeping import etag_of, kept, label, unchanged
from studio.views.selection import UNDO

SHOOTS_LISTED = 20
NIL = UUID(int=0)


@dataclass(frozen=True)
class NoPicture:
    """Stands in the viewer while no picture is open: addresses have a place for an id all the same."""

    id: UUID = NIL


@require_safe
@login_required
def gallery(request: SignedInRequest) -> HttpResponse:
    """All pictures of a person."""
    return _gallery(request, Showing.asked(request.GET, None), None)


@require_safe
@login_required
def shoot_gallery(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """The pictures of one shoot."""
    shoot = own_shoot(request, shoot_id)
    return _gallery(request, Showing.asked(request.GET, shoot.pk), shoot)


@require_safe
@login_required
def ids(request: SignedInRequest) -> JsonResponse:
    """The ids of all that a gallery shows: what "select all" selects."""
    return _ids(request, Showing.asked(request.GET, None))


@require_safe
@login_required
def shoot_ids(request: SignedInRequest, shoot_id: UUID) -> JsonResponse:
    """The ids of all that the gallery of a shoot shows."""
    return _ids(request, Showing.asked(request.GET, own_shoot(request, shoot_id).pk))


def _ids(request: SignedInRequest, showing: Showing) -> JsonResponse:
    images = showing.images(Image.objects.for_user(request.user)).order_by()
    return JsonResponse({"pictures": list(images.values_list("pk", flat=True))})


def own_shoot(request: SignedInRequest, shoot_id: UUID) -> Shoot:
    """Return a shoot of the person's, with its model. Raises Http404."""
    shoots = Shoot.objects.for_user(request.user).select_related("tune__photo_set")
    return get_object_or_404(shoots, pk=shoot_id)


def _gallery(request: SignedInRequest, showing: Showing, shoot: Shoot | None) -> HttpResponse:
    if request.htmx:
        rows = rows_of(_page(request, showing), showing)
        response = render(request, "studio/_gallery_rows.html", rows)
    else:
        response = _whole(request, showing, shoot)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _whole(request: SignedInRequest, showing: Showing, shoot: Shoot | None) -> HttpResponse:
    about = (showing, request.GET.get("from", ""), _is_over(shoot))
    # Before a message is read, which is said only once.
    etag = etag_of(request, about)
    if (response := unchanged(request, etag)) is not None:
        return response
    parts = kept(request, about, lambda: parts_of(request, showing, shoot, _page(request, showing)))
    response = render(request, "studio/gallery.html", context_of(request, showing, shoot, parts))
    label(response, etag)
    return response


def _is_over(shoot: Shoot | None) -> bool:
    """Tell whether a shoot's model has come to its end, which no row says at once."""
    ends = shoot.tune.expires_at if shoot else None
    return ends is not None and ends <= timezone.now()


def _page(request: SignedInRequest, showing: Showing) -> GalleryPage:
    own = Image.objects.for_user(request.user)
    start = picture_named(own, request.GET["from"]) if "from" in request.GET else None
    return page_from(showing.images(own), showing.order, start)


@dataclass(frozen=True)
class Parts:
    """What a gallery shows of its pictures, as HTML; "" for what there is none of."""

    head: str
    bar: str
    rows: str


def parts_of(request: SignedInRequest, showing: Showing, shoot: Shoot | None, page: GalleryPage) -> Parts:
    """Return what has to be asked of the database, and depends on nothing else (studio/views/keeping.py)."""
    context = {
        "title": _title(shoot),
        "showing": showing,
        "shoot": shoot,
        "model": model_of(shoot.tune) if shoot else None,
        "count": showing.images(Image.objects.for_user(request.user)).count(),
        **rows_of(page, showing),
        "filters": _filters(showing),
        "orders": _orders(showing),
        "shots": _shots(showing),
        "shoots": _shoots(request, showing),
    }
    has_choice = context["count"] or showing.show != "all" or showing.shot
    return Parts(
        render_to_string("studio/_gallery_head.html", context),
        render_to_string("studio/_gallery_bar.html", context) if has_choice else "",
        render_to_string("studio/_gallery_rows.html", context) if page.frames else "",
    )


def rows_of(page: GalleryPage, showing: Showing) -> dict[str, Any]:
    """Return what the rows of pictures show."""
    url, first = showing.url(), page.frames[0].id if page.frames else ""
    return {
        "images": page.frames,
        "picture_query": showing.picture_query(),
        "show": showing.show,
        "page_url": url + _behind(url, f"from={first}") if page.earlier else url,
        "earlier_url": url + _behind(url, f"from={page.earlier}") if page.earlier else "",
        "next_url": url + _behind(url, f"from={page.later}") if page.later else "",
    }


def _behind(url: str, query: str) -> str:
    return f"&{query}" if "?" in url else f"?{query}"


def context_of(
    request: SignedInRequest, showing: Showing, shoot: Shoot | None, parts: Parts
) -> dict[str, Any]:
    """Return everything that the page of a gallery shows."""
    return {
        "title": _title(shoot),
        "parts": parts,
        "showing": showing,
        "show": showing.show,
        "here": request.get_full_path(),
        "undo": request.session.pop(UNDO) if UNDO in request.session else None,
        "all_url": showing.url(show="all", shot=0),
        "ids_url": _ids_url(showing),
        "image": NoPicture(),
    }


def _title(shoot: Shoot | None) -> str:
    return shoot.title if shoot else _("Gallery")


def _ids_url(showing: Showing) -> str:
    path, _mark, query = showing.url().partition("?")
    return f"{path}ids/?{query}"


def _filters(showing: Showing) -> list[dict[str, Any]]:
    words = {"all": _("All"), "liked": _("Liked"), "unseen": _("Not seen yet"), "hidden": _("Hidden")}
    return [_link(text, showing, show=show) for show, text in words.items()]


def _orders(showing: Showing) -> list[dict[str, Any]]:
    words = {"newest": _("Newest first"), "best": _("Best first")}
    return [_link(text, showing, order=order) for order, text in words.items()]


def _shots(showing: Showing) -> list[dict[str, Any]]:
    """Return links to the shots of a shoot, the most liked first; one needs no choice."""
    if showing.shoot_id is None:
        return []
    is_here = Q(images__status=Image.Status.STORED, images__hidden_at=None)
    shots = Prompt.objects.filter(is_here, shoot=showing.shoot_id).values("number").order_by()
    counted = shots.annotate(n=Count("images"), liked=Count("images__liked_at"))
    found = sorted(counted, key=lambda shot: (-shot["liked"], shot["number"]))
    if len(found) < 2 and not showing.shot:
        return []
    links = [_link(_("All shots"), showing, shot=0)]
    return links + [_link(_shot_in_words(shot), showing, shot=shot["number"]) for shot in found]


def _shot_in_words(shot: Mapping[str, Any]) -> str:
    text = _("Shot %(number)d") % shot
    if not shot["liked"]:
        return text
    return f"{text} · " + ngettext("%(n)d liked", "%(n)d liked", shot["liked"]) % {"n": shot["liked"]}


def _shoots(request: SignedInRequest, showing: Showing) -> list[dict[str, Any]]:
    """Return links to the person's shoots that have pictures, keeping the filter; one needs no choice."""
    shoots = Shoot.objects.for_user(request.user).filter(status__in=["generating", "ready", "partly"])
    found = list(shoots.values_list("pk", "title", "tune__photo_set__name")[:SHOOTS_LISTED])
    if len(found) < 2:
        return []
    links = [_link(_("All shoots"), showing, shoot_id=None, shot=0)]
    for pk, title, set_name in found:
        text = f"{title}, {set_name}" if set_name is not None else title
        links.append(_link(text, showing, shoot_id=pk, shot=0))
    return links


def _link(title: str, showing: Showing, **changes: Any) -> dict[str, Any]:
    """Return a link to the same gallery but for `changes`; the first tells whether it is shown now."""
    name, value = next(iter(changes.items()))
    return {"title": title, "url": showing.url(**changes), "selected": getattr(showing, name) == value}
