"""One picture: its page, its files, its like."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from studio import likes
from studio.contact_sheet import frames
from studio.models import Image
from studio.serving import serve


@require_safe
@login_required
def picture(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """A picture on a page of its own, with its neighbours in the shoot's gallery."""
    image = _own(request, image_id)
    earlier, later = _neighbours(image)
    context = {
        "image": frames([image], width=1280)[0],
        "previous_url": earlier.get_absolute_url() if earlier else "",
        "next_url": later.get_absolute_url() if later else "",
        "back_url": reverse("studio:shoot-gallery", args=[image.shoot_id]),
    }
    return render(request, "studio/picture.html", context)


def _neighbours(image: Image) -> tuple[Image | None, Image | None]:
    """Return who stands before and after a picture in its gallery's order: newest first, then by id."""
    others = Image.objects.shown().filter(shoot=image.shoot_id)
    at, pk = image.created_at, image.pk
    before = others.filter(Q(created_at__gt=at) | Q(created_at=at, pk__lt=pk)).order_by("created_at", "-pk")
    after = others.filter(Q(created_at__lt=at) | Q(created_at=at, pk__gt=pk)).order_by("-created_at", "pk")
    return before.first(), after.first()


@require_safe
@login_required
def file(request: SignedInRequest, image_id: UUID, variant: str) -> FileResponse:
    """A picture's file, to its owner alone: `320.webp`, `640.webp`, `1280.webp` or `original.…`."""
    image = _own(request, image_id)
    # The name names the content: it never changes. Private: no shared cache may keep it.
    cache = "private, max-age=31536000, immutable"
    return serve(image, variant, cache=cache, download="download" in request.GET)


@require_POST
@login_required
def like(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """Like a picture; once more changes nothing."""
    image = _own(request, image_id)
    likes.like(image)
    return _answer(request, image)


@require_POST
@login_required
def unlike(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """Take the like of a picture back."""
    image = _own(request, image_id)
    likes.unlike(image)
    return _answer(request, image)


def _answer(request: SignedInRequest, image: Image) -> HttpResponse:
    image.refresh_from_db(fields=["liked_at"])
    if request.htmx:
        return render(request, "studio/_like.html", {"image": frames([image])[0]})
    return redirect("studio:picture", image.pk)


def _own(request: SignedInRequest, image_id: UUID) -> Image:
    images = Image.objects.for_user(request.user).stored()
    images = images.select_related("shoot__pack", "prompt__shoot__tune")
    return get_object_or_404(images, pk=image_id)
