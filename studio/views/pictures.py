"""One picture: its page, its files, its like."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from studio import likes
from studio.contact_sheet import frames
from studio.models import Image
from studio.serving import serve
from studio.showing import GalleryPage, Showing, page_around
from studio.views.gallery import context_of, own_shoot, parts_of
from studio.views.selection import address_of_ours


@require_safe
@login_required
def picture(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """A picture over the gallery it was opened from; without JavaScript a page of its own. It is seen."""
    image = _own(request, image_id)
    shoot = None if request.GET.get("in") == "all" else own_shoot(request, image.shoot_id)
    showing = Showing.asked(request.GET, shoot.pk if shoot else None)
    images = showing.images(Image.objects.for_user(request.user))
    # Before it is marked: a picture that was not seen yet is still among its neighbours.
    page = page_around(images, showing.order, image)
    parts = parts_of(request, showing, shoot, page)
    context = context_of(request, showing, shoot, parts)
    Image.objects.filter(pk=image.pk).mark_seen()
    return render(request, "studio/gallery.html", context | _opened(image, showing, page))


def _opened(image: Image, showing: Showing, page: GalleryPage) -> dict[str, Any]:
    """Return what the viewer shows of one picture."""
    query = showing.picture_query()
    picture = frames([image], width=1280)[0]
    return {
        "picture": picture,
        "image": picture,
        "previous_url": _address(page.previous, query),
        "following_url": _address(page.following, query),
        "back_url": _back_url(image, showing),
    }


def _address(image_id: UUID | None, query: str) -> str:
    return reverse("studio:picture", args=[image_id]) + query if image_id else ""


def _back_url(image: Image, showing: Showing) -> str:
    """Return the gallery from this picture on: the very same place, as far as a page without scripts can."""
    url = showing.url()
    return f"{url}{'&' if '?' in url else '?'}from={image.pk}"


@require_safe
@login_required
def file(request: SignedInRequest, image_id: UUID, variant: str) -> HttpResponseBase:
    """A picture's file, to its owner alone: `320.webp`, `640.webp`, `1280.webp` or `original.…`."""
    image = _own(request, image_id)
    # The name names the content: it never changes. Private: no shared cache may keep it.
    return serve(image, variant, cache="private, max-age=31536000, immutable")


@require_POST
@login_required
def like(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """Like a picture; once more changes nothing."""
    image = _own(request, image_id)
    likes.like(image)
    return redirect(address_of_ours(request, "next") or image)


@require_POST
@login_required
def unlike(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """Take the like of a picture back."""
    image = _own(request, image_id)
    likes.unlike(image)
    return redirect(address_of_ours(request, "next") or image)


def _own(request: SignedInRequest, image_id: UUID) -> Image:
    images = Image.objects.for_user(request.user).stored()
    images = images.select_related("shoot__pack", "prompt__shoot__tune")
    return get_object_or_404(images, pk=image_id)
