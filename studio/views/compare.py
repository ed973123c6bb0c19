"""Two to four pictures side by side; one of them may be a photo of the person's own."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from config.storage import serve_file
from studio.contact_sheet import frames
from studio.models import Image, Photo
from studio.views.selection import address_of_ours, as_uuid, chosen_pictures

MOST = 4


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def compare(request: SignedInRequest) -> HttpResponse:
    """The pictures that the address names; POST makes an address of what was chosen."""
    if request.method == "POST":
        return _address_of_chosen(request)
    if "picture" not in request.GET:
        return render(request, "studio/compare.html", {"back_url": reverse("studio:gallery")})
    found = chosen_pictures(request.GET, request.user).select_related("shoot__tune", "prompt")
    named = [as_uuid(text) for text in request.GET.getlist("picture")]
    images = sorted(found, key=lambda image: named.index(image.pk))[:MOST]
    found.filter(pk__in=[image.pk for image in images]).mark_seen()
    photos = _photos_of(request, images)
    return render(request, "studio/compare.html", _context(request, images, photos))


def _address_of_chosen(request: SignedInRequest) -> HttpResponse:
    back = address_of_ours(request, "next") or reverse("studio:gallery")
    ids = request.POST.getlist("picture")
    if not ids:
        messages.warning(request, _("No picture was chosen: tick some first."))
        return redirect(back)
    chosen_pictures(request.POST, request.user)
    if len(ids) > MOST:
        messages.warning(request, _("Four pictures at most stand side by side: these are the first four."))
    query = urlencode({"picture": ids[:MOST], "back": back}, doseq=True)
    return redirect(f"{reverse('studio:compare')}?{query}")


def _photos_of(request: SignedInRequest, images: list[Image]) -> list[Photo]:
    """Return the photos that the models of these pictures learned from."""
    sets = {image.shoot.tune.photo_set_id for image in images} - {None}
    return list(Photo.objects.for_user(request.user).filter(photo_set__in=sets).order_by("created_at", "pk"))


def _context(request: SignedInRequest, images: list[Image], photos: list[Photo]) -> dict[str, Any]:
    ids, back = [str(image.pk) for image in images], address_of_ours(request, "back")
    photo = _photo_named(request, photos, alone=len(images) == 1)
    shown = str(photo.pk) if photo else "none"

    def address(pictures: list[str], photo_id: str = shown) -> str:
        return "?" + urlencode({"picture": pictures, "photo": photo_id, "back": back}, doseq=True)

    panes = [
        {
            "picture": frame,
            "without_url": address([pk for pk in ids if pk != frame.id]) if len(ids) > 1 else "",
        }
        for frame in frames(images, width=1280)
    ]
    return {
        "panes": panes,
        "photo": photo,
        "photos": [{"photo": it, "url": address(ids, str(it.pk)), "selected": it == photo} for it in photos],
        "without_photo_url": address(ids, "none"),
        "has_room": len(images) < MOST,
        "here": request.get_full_path(),
        "back_url": back or f"{reverse('studio:gallery')}?from={ids[0]}",
    }


def _photo_named(request: SignedInRequest, photos: list[Photo], *, alone: bool) -> Photo | None:
    """Return the photo that the address names; a picture alone stands beside one unless it says none."""
    named = request.GET.get("photo", "")
    found = next((photo for photo in photos if str(photo.pk) == named), None)
    return found or (photos[0] if photos and alone and named != "none" else None)


@require_safe
@login_required
def photo_file(request: SignedInRequest, photo_id: UUID) -> HttpResponseBase:
    """A photo of the person's own as it is kept, to them alone."""
    photo = get_object_or_404(Photo.objects.for_user(request.user).select_related("photo_set"), pk=photo_id)
    return serve_file(photo.key, cache="private, max-age=3600")
