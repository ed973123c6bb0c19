"""A stored picture's file as the answer to a request."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404

from studio.models import Image
from studio.pictures import VARIANT_WIDTHS

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


def serve(image: Image, variant: str, *, cache: str, download: bool = False) -> FileResponse:
    """Return `320.webp`, `640.webp`, `1280.webp` or `original.…` of a stored picture (with its pack).

    `cache` is the Cache-Control header; `download` has the browser save an original. Raises Http404.
    """
    extension = variant.rpartition(".")[2]
    try:
        opened = default_storage.open(_key(image, variant))
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        opened,
        as_attachment=download and variant.startswith("original."),
        filename=f"{image.shoot.pack.slug}-{str(image.pk)[:8]}.{extension}",
        content_type=CONTENT_TYPES[extension],
        headers={"Cache-Control": cache},
    )


def _key(image: Image, variant: str) -> str:
    """Return where a variant lies. Raises Http404 for a name that no file of the picture has."""
    if variant == f"original.{image.extension}":
        return image.original_key
    for width in VARIANT_WIDTHS:
        if variant == f"{width}.webp":
            return image.variant_key(width)
    raise Http404
