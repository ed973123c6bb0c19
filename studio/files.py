"""Stored files by their keys: photos, pictures and their variants."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


def read(key: str) -> bytes:
    """Return what lies under `key`. Raises FileNotFoundError."""
    with default_storage.open(key) as file:
        return bytes(file.read())


def write(key: str, data: bytes) -> None:
    """Write `data` under `key`, over whatever lies there."""
    default_storage.save(key, ContentFile(data))


def exists(key: str) -> bool:
    return default_storage.exists(key)


def delete(*keys: str) -> None:
    """Delete these files; those that are gone already are no harm. May be queued."""
    for key in keys:
        default_storage.delete(key)
