"""Values as Rails casts them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

FALSE = frozenset(["false", "0", "f", "off", "FALSE", "F", "OFF"])
LEADING_INTEGER = re.compile(r"\s*([+-]?\d{1,18})")

Errors = dict[str, list[str]]


class Refused(Exception):
    """The order breaks a rule: 422 with Rails' errors by field."""

    def __init__(self, errors: Errors) -> None:
        """Keep the messages by field name."""
        super().__init__(errors)
        self.errors = errors


def to_text(value: object) -> str | None:
    """Return the string Rails would store: None stays None, containers count as missing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def to_boolean(value: object) -> bool | None:
    """Return False for Rails' eight false values, None for none, True for anything else ("False" too)."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value not in FALSE
    return value not in (0, False)


def to_integer(value: object, default: int = 0) -> int:
    """Return the leading digits of a query parameter, as Ruby's to_i does."""
    found = LEADING_INTEGER.match(value) if isinstance(value, str) else None
    if found:
        return int(found[1])
    return value if isinstance(value, int) and abs(value) < 2**62 else default


def to_strings(value: object) -> dict[str, str]:
    """Return a flat dict of strings, as characteristics are stored; whatever is nested is left out.

    Forms may also send it as the text of a JSON object.
    """
    if isinstance(value, str):
        value = _object(value)
    if not isinstance(value, Mapping):
        return {}
    texts = ((str(key), to_text(item)) for key, item in value.items())
    return {whole(key): whole(text) for key, text in texts if text is not None}


def whole(text: str) -> str:
    """Return the text with its lone surrogates replaced, which no database and no page takes."""
    return text.encode("utf-8", "replace").decode()


def as_items(value: object) -> list[Any]:
    """Return the items of a list, or of a dict keyed by index, as Rails reads `…_attributes`."""
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value, key=to_integer)]
    return list(value) if isinstance(value, list) else []


def _object(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
