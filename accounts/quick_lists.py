"""Lists of the admin that stay quick with a million rows.

Nothing is counted to its end, and what is searched for is looked up by an index: a whole id, a whole address,
or the beginning of a key. Orders and filters have indexes, too; tests/console/test_lists.py holds all this.

A filter's index is partial, and does not begin with the state: SQLite, which keeps no statistics, would take
such a one for "the failed shots of this order" as readily as the order's, and read all that ever failed.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import EmailField, Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

# Nobody leafs through more; who looks for something searches.
MOST_COUNTED = 2000
# Of a column without choices, the values in the latest so many rows are offered as a filter.
LATELY = 500
# Comes after whatever a key or an address goes on with, in the order of bytes.
LAST = chr(0x10FFFF)


class BoundedPaginator(Paginator[Any]):
    """Counts to MOST_COUNTED, and has pages for as many."""

    template_name = "admin/pagination_bounded.html"

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        # In their order: the index that lists them quickly counts them quickly.
        return rows[:MOST_COUNTED].count()

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than was counted."""
        return self.count == MOST_COUNTED


class QuickLists:
    """Mixed in before ModelAdmin.

    `search_fields` are looked up whole; with ^ before the name, their beginning. Only addresses have an @.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    # What is not counted is not acted on as a whole.
    list_disable_select_all = True
    model: type[Model]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term:
            return queryset, False
        fields = self.get_search_fields(request)  # type: ignore[attr-defined]
        found = [it for name in fields if (it := _looked_up(self.model, name, term)) is not None]
        return (queryset.filter(reduce(or_, found)) if found else queryset.none()), False


def _looked_up(model: type[Model], name: str, term: str) -> Q | None:
    """Return the condition that finds `term` by the search field `name`; None if it can be no such value."""
    path = name.removeprefix("^")
    field = get_fields_from_path(model, path)[-1]
    assert isinstance(field, Field)
    is_address = isinstance(field, EmailField)
    if is_address != ("@" in term) and not (is_address and name != path):
        return None
    try:
        value = field.to_python(term.lower() if is_address else term)
    except ValidationError:
        return None
    return Q(**{path: value}) if name == path else _begins_with(path, value)


def _begins_with(path: str, value: str) -> Q:
    """SQLite has an index for a range, and PostgreSQL one for LIKE."""
    if connection.vendor == "sqlite":
        return Q(**{f"{path}__gte": value, f"{path}__lt": value + LAST})
    return Q(**{f"{path}__startswith": value})


class StatusFilter(admin.ChoicesFieldListFilter):
    """The states of a row. Those that are not its end are few, and found among what is looked at."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen: QuerySet[Any] = super().queryset(request, queryset)  # type: ignore[assignment]
        if self.lookup_val and not set(self.lookup_val) & set(queryset.model.FINAL):
            return chosen.filter(next_check_at__isnull=False)
        return chosen


class LatelyUsed(admin.SimpleListFilter):
    """The values of a text column that its latest rows have; a subclass names the column."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        latest = model_admin.model.objects.order_by("-pk").values_list(self.parameter_name, flat=True)
        return [(value, value) for value in sorted(set(latest[:LATELY]))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset
