"""Checks of arguments before any call is made. All raise InvalidParameter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from astria.errors import InvalidParameter
from astria.files import ImageFile

CLASS_NAME = re.compile(r"[A-Za-z0-9 ]+")


def checked_id(value: int, what: str) -> int:
    """Return an id of Astria's: an int from 1."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise InvalidParameter(f"{what} must be a positive int")
    return value


def checked_ids(values: Iterable[int], what: str) -> list[int]:
    """Return a list of ids."""
    return [checked_id(value, what) for value in values]


def pack_segment(pack_id: int | str) -> str:
    """Return a pack's id or slug as one segment of a path."""
    if not isinstance(pack_id, str):
        return str(checked_id(pack_id, "pack_id"))
    # A segment of dots only would climb to another endpoint.
    if not pack_id.strip("."):
        raise InvalidParameter("pack_id must be an id or a slug")
    return quote(pack_id, safe="")


def checked_text(value: str, what: str) -> str:
    """Return a text that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidParameter(f"{what} must not be empty")
    return value


def checked_class_name(value: str) -> str:
    """Return a class name: English letters, digits and spaces."""
    if not CLASS_NAME.fullmatch(checked_text(value, "name")):
        raise InvalidParameter("name may hold only English letters, digits and spaces")
    return value


def checked_images(images: Iterable[ImageFile]) -> list[ImageFile]:
    """Return the photos as a list."""
    found = list(images)
    if not all(isinstance(image, ImageFile) for image in found):
        raise InvalidParameter("images must be ImageFile objects")
    return found


def checked_urls(urls: Iterable[str], what: str) -> list[str]:
    """Return the addresses as a list. A single string is refused: it would be sent letter by letter."""
    if isinstance(urls, str):
        raise InvalidParameter(f"{what} must be a list of addresses")
    return [checked_text(url, what) for url in urls]


def given(fields: Mapping[str, object]) -> dict[str, object]:
    """Return the fields without those that are None or an empty list or mapping."""
    return {
        name: value
        for name, value in fields.items()
        if value is not None and (value or not isinstance(value, list | tuple | Mapping))
    }
