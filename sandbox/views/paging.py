"""Pages of newest-first lists: `limit`, `before_id`, and `offset` up to a depth."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from sandbox.rails.bodies import Malformed
from sandbox.rails.casting import to_integer

PAGE, LARGEST_PAGE = 20, 120
# SQLite refuses patterns of 50,000 bytes.
LONGEST_SOUGHT = 1000

Row = TypeVar("Row", bound=Model)


def page(request: HttpRequest, rows: QuerySet[Row], deepest: int) -> QuerySet[Row]:
    """Return the page that the query asks for; Malformed (400) when `offset` goes below `deepest`."""
    asked = request.GET
    limit = min(max(to_integer(asked.get("limit"), PAGE), 1), LARGEST_PAGE)
    offset = max(to_integer(asked.get("offset")), 0)
    if offset > deepest:
        raise Malformed(f"offset must not exceed {deepest}. Use before_id instead.")
    before = to_integer(asked.get("before_id"))
    if before:
        rows = rows.filter(pk__lt=before)
    return rows.order_by("-pk")[offset : offset + limit]
