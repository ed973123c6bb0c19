"""Stored files by their keys: photos, pictures and their variants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config.storage import CONTENT_TYPES, asked
from config.storage import StorageDown as StorageDown

# Longer than anything takes to be written.
LEFTOVER = timedelta(days=1)


def read(key: str) -> bytes:
    """Return what lies under `key`. Raises FileNotFoundError or StorageDown."""
    with asked(), default_storage.open(key) as file:
        return bytes(file.read())


def write(key: str, data: bytes) -> None:
    """Write `data` under `key`, over whatever lies there: all of it or nothing. Raises StorageDown."""
    content = ContentFile(data)
    # What S3 answers with it, to whoever reads it there.
    content.content_type = CONTENT_TYPES.get(key.rpartition(".")[2])  # type: ignore[attr-defined]
    with asked():
        default_storage.save(key, content)


def exists(key: str) -> bool:
    """Raises StorageDown."""
    with asked():
        return default_storage.exists(key)


def delete(*keys: str) -> None:
    """Delete these files; those that are gone already are no harm. Raises StorageDown.

    What a row named is deleted by studio.removing, which does it surely.
    """
    for key in keys:
        with asked():
            default_storage.delete(key)


def keys_under(folder: str) -> Iterator[str]:
    """Yield the key of every file in `folder` (which ends with a slash; "" is all of it) and below.

    Raises StorageDown.
    """
    try:
        with asked():
            folders, names = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was stored yet, or it was deleted since
        return
    yield from (f"{folder}{name}" for name in names)
    for name in folders:
        yield from keys_under(f"{folder}{name}/")


def delete_under(folder: str) -> None:
    """Delete every file in `folder` and below; none is no harm. Raises StorageDown."""
    delete(*keys_under(folder))
    if hasattr(default_storage, "drop_folder"):  # its name is somebody's number
        default_storage.drop_folder(folder)


def tidy() -> None:
    """Delete what writers that died left half written, where it is not gone by itself."""
    if hasattr(default_storage, "tidy"):
        default_storage.tidy(LEFTOVER)


def signer() -> Callable[..., str] | None:
    """Return what makes addresses at which a browser reads files from the storage itself.

    It takes a key, and headers of the answer (`response_content_disposition`). Whoever has such an
    address has the file, for an hour or two. None where only our views hand files out.
    """
    if not settings.PRESIGNED_URLS:
        return None
    storage_signer = getattr(default_storage, "signer", None)
    return storage_signer() if storage_signer else None
