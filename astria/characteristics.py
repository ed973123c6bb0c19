"""What is said of a person: agreed on over several photos, and written into texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from astria.types import Inspection

PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
ABSENT = {"", "NONE"}


def render(text: str, characteristics: Mapping[str, object]) -> str:
    """Return a text as Astria runs it, with {{characteristics}} filled in; one that is missing vanishes.

    Astria does this itself with those of the tune, and keeps the text as it was written.
    Source: docs/api/0-tune/1-create (characteristics)
    """
    return PLACEHOLDER.sub(lambda found: _written(characteristics.get(found[1])), text)


def aggregate(inspections: Iterable[Inspection | Mapping[str, object]]) -> dict[str, str]:
    """Return the most common value of each characteristic over the inspections of one person's photos.

    What fewer than half of the photos show is dropped; "" and NONE do not count, nor do flags and the class
    name. Of values equally common the one seen first wins. The result is fit for `characteristics` of a tune.
    Source: docs/api/4-images/1-inspect (aggregateCharacteristics)
    """
    photos = [_texts(inspection) for inspection in inspections]
    seen: dict[str, list[str]] = {}
    for photo in photos:
        for key, value in photo.items():
            seen.setdefault(key, []).append(value)
    # Counter keeps the order of what it counts, so the first of equals is the one seen first.
    return {
        key: Counter(values).most_common(1)[0][0]
        for key, values in seen.items()
        if len(values) * 2 >= len(photos)
    }


def _texts(inspection: Inspection | Mapping[str, object]) -> dict[str, str]:
    found = inspection.to_json() if isinstance(inspection, Inspection) else inspection
    return {
        key: value
        for key, value in found.items()
        if key != "name" and isinstance(value, str) and value not in ABSENT
    }


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
