"""Walking through long lists, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from astria import rules

PAGE_SIZE = 20
MAX_LIMIT = 120
LIMITS = {"offset": rules.whole(0), "before_id": rules.ID, "limit": rules.whole(1, MAX_LIMIT)}


class HasId(Protocol):
    """Whatever has an id of Astria's."""

    @property
    def id(self) -> int: ...


T = TypeVar("T", bound=HasId)
FetchPage = Callable[[dict[str, int]], Sequence[T]]


def list_query(*, offset: int | None, before_id: int | None, limit: int | None) -> dict[str, int]:
    """Return the query of one page: those given of offset (from 0), before_id (from 1), limit (1 to 120).

    Raises InvalidParameter. Source: docs/api/0-tune/4-list, docs/api/1-prompt/4-list
    """
    query = {"offset": offset, "before_id": before_id, "limit": limit}
    for name, value in query.items():
        if value is not None:
            LIMITS[name].check(name, value)
    return {name: value for name, value in query.items() if value is not None}


def iterate(fetch: FetchPage[T], *, before_id: int | None, limit: int) -> Iterator[T]:
    """Yield everything older than before_id (or everything), each once, page after page as it is needed.

    Pages by before_id. A server that does not know it answers with the same ids again: from there on pages by
    offset, where rows that disappear meanwhile may hide others, so collect before deleting.
    Raises InvalidParameter at once, whatever fetch raises on the way.
    """
    list_query(offset=None, before_id=before_id, limit=limit)
    return _by_id(fetch, before_id, limit)


def iterate_by_offset(fetch: Callable[[int], Sequence[T]]) -> Iterator[T]:
    """Yield everything in a list that knows offset only, each once. Raises whatever fetch raises."""
    yield from _by_offset(fetch, fetch(0), set(), None)


def _by_id(fetch: FetchPage[T], before_id: int | None, limit: int) -> Iterator[T]:
    seen: set[int] = set()
    cursor = before_id
    page = fetch(list_query(offset=None, before_id=cursor, limit=limit))
    while not _ignores(page, cursor):
        yield from _fresh(page, seen, before_id)
        if len(page) < min(limit, PAGE_SIZE):
            return
        cursor = min(item.id for item in page)
        page = fetch(list_query(offset=None, before_id=cursor, limit=limit))

    def at(offset: int) -> Sequence[T]:
        return fetch(list_query(offset=offset, before_id=None, limit=None))

    yield from _by_offset(at, page, seen, before_id)


def _by_offset(
    fetch: Callable[[int], Sequence[T]], page: Sequence[T], seen: set[int], before_id: int | None
) -> Iterator[T]:
    """Yield the first page, which is there already, and all that follow by their offset."""
    offset, previous = 0, None
    # The same page twice means that offset is ignored too: then this page was all there is.
    while page and (ids := [item.id for item in page]) != previous:
        yield from _fresh(page, seen, before_id)
        offset, previous = offset + len(page), ids
        page = fetch(offset)


def _ignores(page: Sequence[HasId], cursor: int | None) -> bool:
    return cursor is not None and any(item.id >= cursor for item in page)


def _fresh(page: Sequence[T], seen: set[int], before_id: int | None) -> Iterator[T]:
    for item in page:
        if item.id not in seen and (before_id is None or item.id < before_id):
            seen.add(item.id)
            yield item
