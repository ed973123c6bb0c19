"""Filling the {{characteristics}} of a tune into a prompt's text, as Astria does when it runs."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def filled(text: str, characteristics: Mapping[str, str]) -> str:
    """Return the text with each {{key}} replaced; unknown keys vanish, the spaces round them stay."""
    return PLACE.sub(lambda place: characteristics.get(place[1], ""), text)
