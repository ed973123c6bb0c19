"""Reading one JSON object field by field: tolerant of what is new, missing or odd, strict about the id."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from astria.errors import InvalidResponse

T = TypeVar("T")


class Fields:
    """A JSON object that is being read. What nobody asked for, or what could not be read, stays in `rest`."""

    def __init__(self, data: object, what: str) -> None:
        if not isinstance(data, dict):
            raise InvalidResponse(f"a {what} must be a JSON object, not {type(data).__name__}")
        self.what = what
        self.rest: dict[str, object] = dict(data)

    def take(self, name: str, read: Callable[[object], T | None]) -> T | None:
        """Return a field, or None if it is missing, null or unreadable."""
        raw = self.rest.get(name)
        value = None if raw is None else read(raw)
        if raw is None or value is not None:
            self.rest.pop(name, None)
        return value

    def id(self) -> int:
        """Return the id. Raises InvalidResponse without one."""
        found = self.rest.pop("id", None)
        if not isinstance(found, int) or isinstance(found, bool):
            raise InvalidResponse(f"a {self.what} must have an id")
        return found

    def text(self, name: str) -> str | None:
        """Return a string."""
        return self.take(name, lambda value: value if isinstance(value, str) else None)

    def integer(self, name: str) -> int | None:
        """Return a whole number, also one written as a float or a string."""
        return self.take(name, read_integer)

    def number(self, name: str) -> float | None:
        """Return a number, also one written as a string."""
        return self.take(name, read_number)

    def flag(self, name: str) -> bool | None:
        """Return a boolean."""
        return self.take(name, lambda value: value if isinstance(value, bool) else None)

    def moment(self, name: str) -> datetime | None:
        """Return a point in time, aware."""
        return self.take(name, read_moment)

    def urls(self, name: str) -> tuple[str, ...]:
        """Return a list of addresses, each a string or an object with a "url"; others are left out."""
        raw = self.rest.get(name)
        found = read_urls(raw)
        if raw is None or (isinstance(raw, list) and len(found) == len(raw)):
            self.rest.pop(name, None)
        return found

    def integers(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        return self.take(name, read_integers) or ()

    def mapping(self, name: str) -> dict[str, object] | None:
        """Return a nested object."""
        return self.take(name, lambda value: dict(value) if isinstance(value, dict) else None)


def read_number(value: object) -> float | None:
    """Return a finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_integer(value: object) -> int | None:
    """Return a whole number, or None."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = read_number(value)
    return int(number) if number is not None and number.is_integer() else None


def read_moment(value: object) -> datetime | None:
    """Return an ISO 8601 time as an aware datetime (UTC if it names no zone), or None."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def read_urls(value: object) -> tuple[str, ...]:
    """Return the addresses in a list of strings and of objects with a "url"."""
    items = value if isinstance(value, list) else []
    urls = [item.get("url") if isinstance(item, dict) else item for item in items]
    return tuple(url for url in urls if isinstance(url, str))


def read_integers(value: object) -> tuple[int, ...] | None:
    """Return a list of whole numbers, or None if one of them is not."""
    if not isinstance(value, list):
        return None
    found = tuple(number for item in value if (number := read_integer(item)) is not None)
    return found if len(found) == len(value) else None
