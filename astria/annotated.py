"""Reading a dataclass out of JSON by its annotations: `int | None` is read as a whole number, and so on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_type_hints

from astria.fields import Fields

T = TypeVar("T")
Reader = Callable[[Fields, str], object]

READERS: dict[object, Reader] = {
    int | None: Fields.integer,
    float | None: Fields.number,
    str | None: Fields.text,
    bool | None: Fields.flag,
    datetime | None: Fields.moment,
    dict[str, object] | None: Fields.mapping,
    tuple[str, ...]: Fields.urls,
}


def read_annotated(kind: Callable[..., T], fields: Fields, **known: object) -> T:
    """Return an object of a dataclass: an int `id` is asked for, all else may be missing or odd, what is left
    goes into `extra`. `known` are fields that were read already. Raises InvalidResponse without an id.
    """
    if "id" not in known:
        known["id"] = fields.id()
    # Most answers hold few of the fields there are.
    there = [name for name in fields.rest if name in _readers(kind) and name not in known]
    read = {name: _readers(kind)[name](fields, name) for name in there}
    return kind(**known, **read, extra=fields.rest)


@cache
def _readers(kind: Callable[..., Any]) -> dict[str, Reader]:
    return {name: READERS[hint] for name, hint in get_type_hints(kind).items() if hint in READERS}
