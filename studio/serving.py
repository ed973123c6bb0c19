"""Stored files as answers to requests; who may have them is the view's to say."""

from __future__ import annotations

from typing import Any

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
    return serve_file(
        _key(image, variant),
        cache=cache,
        as_attachment=download and variant.startswith("original."),
        filename=f"{image.shoot.pack.slug}-{str(image.pk)[:8]}.{extension}",
    )


def serve_file(key: str, *, cache: str, **options: Any) -> FileResponse:
    """Return the picture under `key`; `cache` as above, `options` are FileResponse's. Raises Http404."""
    try:
        file = default_storage.open(key)
    except FileNotFoundError:
        raise Http404 from None
    content_type = CONTENT_TYPES[key.rpartition(".")[2]]
    return FileResponse(file, content_type=content_type, headers={"Cache-Control": cache}, **options)


def _key(image: Image, variant: str) -> str:
    """Return where a variant lies. Raises Http404 for a name that no file of the picture has."""
    if variant == f"original.{image.extension}":
        return image.original_key
    for width in VARIANT_WIDTHS:
        if variant == f"{width}.webp":
            return image.variant_key(width)
    raise Http404
