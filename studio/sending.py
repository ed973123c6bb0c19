"""A picture's file as an answer."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from studio.models import Image
from studio.pictures import VARIANT_WIDTHS

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def send(image: Image, variant: str, *, cache: str, download: bool = False) -> FileResponse:
    """Return `320.webp`, `640.webp`, `1280.webp` or `original.…` of a stored picture (with its pack).

    `cache` is the Cache-Control header; `download` has the browser save an original. Raises Http404.
    """
    stem, _, extension = variant.partition(".")
    if variant == f"original.{image.extension}":
        key = image.original_key
    elif extension == "webp" and stem in {str(width) for width in VARIANT_WIDTHS}:
        key, download = image.variant_key(int(stem)), False
    else:
        raise Http404
    try:
        opened = default_storage.open(key)
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        opened,
        as_attachment=download,
        filename=f"{image.shoot.pack.slug}-{str(image.pk)[:8]}.{extension}",
        content_type=CONTENT_TYPES[extension],
        headers={"Cache-Control": cache},
    )
