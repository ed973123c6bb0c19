"""Stored files as answers to requests; who may have them is the view's to say."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import nullcontext

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from config.storage import COME_AGAIN_SECONDS, CONTENT_TYPES, StorageDown, serve_file
from studio.bulkhead import Bulkhead, Full
from studio.downloading import Batch
from studio.marking import Part
from studio.models import Image
from studio.pictures import VARIANT_WIDTHS, PictureUnusable
from studio.zipping import Entry, WrongSize, length_of, stream

logger = logging.getLogger("studio.serving")

_TROUBLES = (StorageDown, FileNotFoundError, PictureUnusable, WrongSize)
# ZIPs take as long as somebody's line is slow; single files are made in a moment.
_zips, _makers = Bulkhead(), Bulkhead()


def serve(image: Image, variant: str, *, cache: str) -> HttpResponseBase:
    """Return `320.webp`, `640.webp`, `1280.webp` or `original.…` of a stored picture.

    `cache` is the Cache-Control header. Raises Http404.
    """
    return serve_file(_key(image, variant), cache=cache)


def serve_batch(request: HttpRequest, batch: Batch) -> HttpResponseBase:
    """Return the one file of `batch`, or a ZIP of all; its head alone where only that is asked for.

    503 while too many others are under way, or our storage does not answer.
    """
    if len(batch.entries) == 1:
        return serve_entry(request, batch.entries[0])
    headers = _headers(f"{batch.name}.zip", "application/zip", length_of(batch.entries))
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    try:
        # Everything that is likely to fail does so before the first byte is out.
        return StreamingHttpResponse(Underway(stream(batch.entries)), headers=headers)
    except (Full, *_TROUBLES) as trouble:
        return _refusal(trouble)


def serve_entry(request: HttpRequest, entry: Entry, *, attached: bool = True) -> HttpResponse:
    """Return one file, to be saved or (not `attached`) to be looked at."""
    kind = CONTENT_TYPES[entry.name.rpartition(".")[2]]
    headers = _headers(entry.name, kind, entry.size, attached=attached)
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    try:
        # What lies there is only read; what has to be made takes a while.
        with nullcontext() if entry.size else _makers.place():
            data = b"".join(entry.parts())
    except (Full, *_TROUBLES) as trouble:
        return _refusal(trouble)
    return HttpResponse(data, headers=headers | {"Content-Length": str(len(data))})


class Underway:
    """A ZIP whose first bytes are there. It holds a place until the last are taken, or nobody wants them."""

    def __init__(self, parts: Iterator[Part]) -> None:
        _zips.enter()
        self._chunks = self._held(parts)
        self._first = next(self._chunks)

    def __iter__(self) -> Iterator[Part]:
        yield self._first
        yield from self._chunks

    def close(self) -> None:
        self._chunks.close()

    def _held(self, parts: Iterator[Part]) -> Generator[Part]:
        try:
            yield from parts
        except Exception:
            # The answer is shorter than it said, so that browsers know: they show that it failed.
            logger.exception("a ZIP broke off")
            raise
        finally:
            _zips.leave()


def _headers(name: str, kind: str, length: int | None, *, attached: bool = True) -> dict[str, str]:
    headers = {
        "Content-Type": kind,
        "Content-Disposition": content_disposition_header(attached, name) or "inline",
        # The same address may bring other pictures tomorrow.
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return headers | {"Content-Length": str(length)} if length else headers


def _refusal(trouble: Exception) -> HttpResponse:
    if isinstance(trouble, FileNotFoundError):
        logger.error("a file of a download is not there")
        raise Http404 from trouble
    if not isinstance(trouble, Full):
        logger.error("a download could not be made (%s)", type(trouble).__name__)
    # Made without a database and a request: nothing of it waits for what is busy.
    page = render_to_string("503.html")
    return HttpResponse(page, status=503, headers={"Retry-After": str(COME_AGAIN_SECONDS)})


def _key(image: Image, variant: str) -> str:
    """Return where a variant lies. Raises Http404 for a name that no file of the picture has."""
    if variant == f"original.{image.extension}":
        return image.original_key
    for width in VARIANT_WIDTHS:
        if variant == f"{width}.webp":
            return image.variant_key(width)
    raise Http404
