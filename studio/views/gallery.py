"""The gallery: a person's pictures, newest first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from studio.contact_sheet import sheet, start_of
from studio.models import Image, Shoot
from studio.models.image import ImageQuerySet

SHOOTS_LISTED = 20


@require_safe
@login_required
def gallery(request: SignedInRequest) -> HttpResponse:
    """All pictures of a person."""
    images = Image.objects.for_user(request.user)
    return _page(request, images, title=_("Gallery"), url=reverse("studio:gallery"))


@require_safe
@login_required
def shoot_gallery(request: SignedInRequest, shoot_id: UUID) -> HttpResponse:
    """The pictures of one shoot."""
    shoot = get_object_or_404(Shoot.objects.for_user(request.user), pk=shoot_id)
    url = reverse("studio:shoot-gallery", args=[shoot.pk])
    return _page(
        request,
        Image.objects.for_user(request.user).filter(shoot=shoot),
        title=shoot.title,
        url=url,
        shoot=shoot,
    )


def _page(
    request: SignedInRequest, images: ImageQuerySet, *, title: str, url: str, shoot: Shoot | None = None
) -> HttpResponse:
    only_liked = request.GET.get("show") == "liked"
    shown = images.shown()
    if only_liked:
        shown = shown.filter(liked_at__isnull=False)
    page = sheet(shown, start_of(request))
    query = "show=liked&" if only_liked else ""
    context: dict[str, Any] = {
        "title": title,
        "url": url,
        "only_liked": only_liked,
        "images": page.frames,
        "count": shown.count(),
        "next_url": f"{url}?{query}from={page.next_start}" if page.next_start else "",
        "filters": [
            {"label": _("All"), "url": url, "selected": not only_liked},
            {"label": _("Liked"), "url": f"{url}?show=liked", "selected": only_liked},
        ],
        "shoots": _shoots(request, shoot, "?show=liked" if only_liked else ""),
        "share_url": reverse("studio:shares", args=[shoot.pk]) if shoot else "",
    }
    return render(request, "studio/gallery.html", context)


def _shoots(request: SignedInRequest, current: Shoot | None, query: str) -> list[dict[str, Any]]:
    """Return links to the person's shoots that have pictures, keeping the filter; one needs no choice."""
    shoots = Shoot.objects.for_user(request.user).filter(status__in=["generating", "ready", "partly"])
    found = list(shoots.values_list("pk", "title", "tune__photo_set__name")[:SHOOTS_LISTED])
    if len(found) < 2:
        return []
    links = [_link(_("All shoots"), reverse("studio:gallery") + query, selected=current is None)]
    for pk, title, set_name in found:
        text = f"{title}, {set_name}" if set_name is not None else title
        url = reverse("studio:shoot-gallery", args=[pk]) + query
        links.append(_link(text, url, selected=current is not None and current.pk == pk))
    return links


def _link(title: str, url: str, *, selected: bool) -> dict[str, Any]:
    return {"title": title, "url": url, "selected": selected}
