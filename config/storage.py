"""Our storage as every app reads from it: it may be away, and then nothing is lost by coming again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase

logger = logging.getLogger("studio.storage")

CONTENT_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
# How long a browser waits before it comes again. Several times that makes a minute.
COME_AGAIN_SECONDS = 15


class StorageDown(Exception):
    """Our storage is full, or does not answer. Come again: nothing is lost by waiting. Names no key."""


@contextmanager
def asked() -> Iterator[None]:
    """Turn whatever a storage that is away raises into StorageDown; FileNotFoundError goes through."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, *getattr(default_storage, "failures", ())) as error:
        raise StorageDown(type(error).__name__) from error


def opened(key: str) -> File[bytes]:
    """Return the file under `key`, to be read and closed. Raises FileNotFoundError or StorageDown."""
    with asked():
        return default_storage.open(key)


def serve_file(key: str, *, cache: str, **options: Any) -> HttpResponseBase:
    """Return the picture under `key`; `cache` is the Cache-Control header, `options` are FileResponse's.

    503 while our storage does not answer: nothing keeps that. Raises Http404.
    """
    try:
        file = opened(key)
    except FileNotFoundError:
        raise Http404 from None
    except StorageDown:
        logger.exception("a file could not be read")
        return storage_down()
    content_type = CONTENT_TYPES[key.rpartition(".")[2]]
    return FileResponse(file, content_type=content_type, headers={"Cache-Control": cache}, **options)


def storage_down() -> HttpResponse:
    """Return the answer that has a browser come again."""
    return HttpResponse(status=503, headers={"Retry-After": str(COME_AGAIN_SECONDS)})
