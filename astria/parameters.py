"""Checks of single arguments before any call is made. All raise InvalidParameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import quote

from astria.errors import InvalidParameter
from astria.files import ImageFile
from astria.rules import ADDRESS, CLASS_NAME, FILE, ID, TEXT, show

T = TypeVar("T")


def checked_id(value: int, what: str) -> int:
    """Return an id of Astria's: an int from 1."""
    ID.check(what, value)
    return value


def checked_ids(values: Iterable[int], what: str) -> list[int]:
    """Return a list of ids."""
    return [checked_id(value, what) for value in _listed(values, what, "ids from 1")]


def pack_segment(pack_id: int | str) -> str:
    """Return a pack's id or slug as one segment of a path."""
    if not isinstance(pack_id, str):
        return str(checked_id(pack_id, "pack_id"))
    # A segment of dots only would climb to another endpoint.
    if not pack_id.strip("."):
        raise InvalidParameter("pack_id must be an id or a slug", parameter="pack_id", value=pack_id)
    return quote(pack_id, safe="")


def checked_text(value: str, what: str) -> str:
    """Return a text that is not blank."""
    TEXT.check(what, value)
    return value


def checked_class_name(value: str) -> str:
    """Return a class name: English letters, digits and spaces."""
    CLASS_NAME.check("name", value)
    return value


def checked_images(images: Iterable[ImageFile]) -> list[ImageFile]:
    """Return the photos as a list."""
    found = _listed(images, "images", "ImageFile objects")
    for image in found:
        FILE.check("images", image)
    return found


def checked_urls(urls: Iterable[str], what: str) -> list[str]:
    """Return the addresses as a list. A single string is refused: it would be sent letter by letter."""
    found = _listed(urls, what, "http or https addresses")
    for url in found:
        ADDRESS.check(what, url)
    return found


def _listed(values: Iterable[T], what: str, items: str) -> list[T]:
    # A single text is iterable, too.
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        message = f"{what} must be a list of {items}, not {show(values)}"
        raise InvalidParameter(message, parameter=what, value=values)
    return list(values)


def checked_photos(images: Iterable[ImageFile], image_urls: Iterable[str]) -> dict[str, object]:
    """Return the photos of a new tune: at least one, as files or by their addresses."""
    photos = {"images": checked_images(images), "image_urls": checked_urls(image_urls, "image_urls")}
    if not any(photos.values()):
        raise InvalidParameter("a tune needs at least one image or image_url", parameter="images")
    return given(photos)


def given(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields without those that are None or an empty list or mapping."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and (value or not isinstance(value, list | tuple | Mapping))
    }
