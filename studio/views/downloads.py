"""Pictures to keep: one or many, in a size, or cut to a shape."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from studio import downloading
from studio.choosing import chosen_images, is_chosen, named
from studio.contact_sheet import frames, newest
from studio.cropping import RATIOS, Frame, Shape
from studio.downloading import Size, batch
from studio.forms import CropForm
from studio.models import Image
from studio.models.image import ImageQuerySet
from studio.serving import serve_batch, serve_entry

# Beyond so many an address is too long for some servers: the form is posted.
MOST_BY_ADDRESS = 20
PREVIEWED = 6


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def download(request: SignedInRequest) -> HttpResponseBase:
    """The pictures that are named (studio/choosing.py) in a `size`; without one, a page to choose it."""
    asked = request.POST if request.method == "POST" else request.GET
    if not is_chosen(asked):
        return render(request, "studio/download.html", status=422)
    images = chosen_images(request.user, asked)
    size = asked.get("size")
    if size in Size.values and images.exists():
        return serve_batch(request, batch(images, Size(size), manifest=bool(asked.get("manifest"))))
    return _choice(request, images, named(asked), is_wrong=size is not None)


def _choice(
    request: SignedInRequest, images: ImageQuerySet, fields: list[tuple[str, str]], *, is_wrong: bool
) -> HttpResponse:
    """Ask for the size: what each is for, and what it weighs."""
    count = images.count()
    single = images.first() if count == 1 else None
    context: dict[str, Any] = {
        "count": count,
        "frames": newest(images, PREVIEWED),
        "fields": fields,
        "method": "get" if len(fields) <= MOST_BY_ADDRESS else "post",
        "sizes": _sizes(images),
        "is_wrong": is_wrong,
        "marked": settings.MARK_AI_PICTURES,
        "crop_url": reverse("studio:crop", args=[single.pk]) if single else "",
        "back_url": single.get_absolute_url() if single else reverse("studio:gallery"),
    }
    return render(request, "studio/download.html", context, status=200 if count and not is_wrong else 422)


def _sizes(images: ImageQuerySet) -> list[dict[str, Any]]:
    """Return the sizes to choose from, each with its words."""
    words = {
        Size.ORIGINAL: _("As it was made, for print and for keeping."),
        Size.LARGE: _("JPEG, for most screens and most prints."),
        Size.WEB: _("WebP, 1280 pixels wide at most: small and quick to load."),
        Size.SQUARE: _("JPEG, 800 by 800 around the face: for profiles."),
    }
    known = {size: batch(images, size).weight for size in (Size.ORIGINAL, Size.WEB)}
    return [
        {"value": size.value, "label": size.label, "words": words[size], "weight": known.get(size)}
        for size in Size
    ]


@require_safe
@login_required
def crop(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """The editor of a crop; it begins around the face. Works by numbers, too."""
    image = _own(request, image_id)
    return _editor(request, image, CropForm(request.GET, frame=_frame(image)))


@require_safe
@login_required
def crop_file(request: SignedInRequest, image_id: UUID) -> HttpResponse:
    """The crop itself: to be saved, or with `look` to be looked at."""
    image = _own(request, image_id)
    form = CropForm(request.GET, frame=_frame(image))
    if not form.is_valid():
        return _editor(request, image, form)
    entry = downloading.crop(image, form.kind, form.box)
    return serve_entry(request, entry, attached="look" not in request.GET)


def _editor(request: SignedInRequest, image: Image, form: CropForm) -> HttpResponse:
    box = form.box
    query = f"shape={form.kind}&left={box.left}&top={box.top}&width={box.width}"
    context = {
        "form": form,
        "image": frames([image], width=1280)[0],
        "box": box,
        "ratio": RATIOS[form.kind],
        "shapes": [{"value": it.value, "label": it.label, "selected": it == form.kind} for it in Shape],
        "file_url": f"{reverse('studio:crop-file', args=[image.pk])}?{query}",
        "back_url": image.get_absolute_url(),
    }
    return render(request, "studio/crop.html", context, status=422 if form.errors else 200)


def _frame(image: Image) -> Frame:
    return Frame(image.width, image.height, image.face_box)


def _own(request: SignedInRequest, image_id: UUID) -> Image:
    images = Image.objects.for_user(request.user).stored().select_related("shoot", "prompt")
    return get_object_or_404(images, pk=image_id)
