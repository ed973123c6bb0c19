"""Looking for a tune by its title."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from astria.types import Tune


def find_by_title(tunes: Iterable[Tune], title: str, created_after: datetime | None) -> Tune | None:
    """Return the first tune with exactly this title; looks no further once one is older than that moment."""
    for tune in tunes:
        if tune.title == title:
            return tune
        if created_after and tune.created_at and tune.created_at < created_after:
            return None
    return None
