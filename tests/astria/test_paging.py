"""Walking through long lists, with servers that know before_id and servers that do not."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from astria import Astria, InvalidParameter, Tune
from astria.paging import iterate
from tests.astria.server import Server

Query = dict[str, int]
Fetch = Callable[[Query], list[Tune]]


class Listing:
    """A list of tunes with ids from `count` down to 1, and the queries it was asked."""

    def __init__(self, count: int, *, knows: str = "before_id limit offset", page: int = 20) -> None:
        self.ids = list(range(count, 0, -1))
        self.knows = knows.split()
        self.page = page
        self.queries: list[Query] = []

    def __call__(self, query: Query) -> list[Tune]:
        self.queries.append(query)
        if len(self.queries) > 200:
            raise RuntimeError("this walk does not end")
        known = {name: value for name, value in query.items() if name in self.knows}
        older = [number for number in self.ids if number < known.get("before_id", 10**9)]
        start = known.get("offset", 0)
        return [Tune(id=number) for number in older[start : start + known.get("limit", self.page)]]


@pytest.mark.parametrize("knows", ["before_id limit offset", "before_id offset", "offset", "offset limit"])
@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 40, 119, 120, 121, 250])
def test_every_row_comes_once(count: int, knows: str) -> None:
    listing = Listing(count, knows=knows)

    found = [tune.id for tune in iterate(listing, before_id=None, limit=120)]

    assert found == listing.ids


@pytest.mark.parametrize("knows", ["before_id limit", "offset"])
@pytest.mark.parametrize("limit", [1, 7, 20, 120])
def test_rows_older_than_an_id(limit: int, knows: str) -> None:
    listing = Listing(90, knows=knows)

    found = [tune.id for tune in iterate(listing, before_id=75, limit=limit)]

    assert found == [*range(74, 0, -1)]


def test_pages_follow_the_last_id() -> None:
    listing = Listing(130)

    [*iterate(listing, before_id=None, limit=120)]

    assert listing.queries == [{"limit": 120}, {"before_id": 11, "limit": 120}]


def test_server_without_before_id_is_asked_by_offset() -> None:
    listing = Listing(45, knows="offset")

    [*iterate(listing, before_id=None, limit=120)]

    assert listing.queries[2:] == [{"offset": 20}, {"offset": 40}, {"offset": 45}]


def test_server_that_ignores_everything_is_left_after_its_page() -> None:
    listing = Listing(45, knows="", page=30)

    found = [tune.id for tune in iterate(listing, before_id=None, limit=120)]

    assert found == [*range(45, 15, -1)]
    assert len(listing.queries) == 3


def test_server_that_includes_before_id_is_walked_to_the_end() -> None:
    listing = Listing(40)

    def inclusive(query: Query) -> list[Tune]:
        return listing({**query, "before_id": query.get("before_id", 10**6) + 1})

    assert [tune.id for tune in iterate(inclusive, before_id=None, limit=1)] == listing.ids


def test_rows_that_appear_meanwhile_do_no_harm() -> None:
    listing = Listing(60, knows="offset")
    rows = iterate(listing, before_id=None, limit=120)

    first = [tune.id for tune in itertools.islice(rows, 20)]
    listing.ids = [63, 62, 61, *listing.ids]
    rest = [tune.id for tune in rows]

    assert sorted({*first, *rest} - {61, 62, 63}) == [*range(1, 61)]
    assert len(first + rest) == len({*first, *rest})


def test_rows_may_be_deleted_on_the_way() -> None:
    listing = Listing(50)
    found = []

    for tune in iterate(listing, before_id=None, limit=20):
        listing.ids.remove(tune.id)
        found.append(tune.id)

    assert found == [*range(50, 0, -1)]


def test_pages_are_fetched_as_needed() -> None:
    listing = Listing(500)

    next(iterate(listing, before_id=None, limit=20))

    assert len(listing.queries) == 1


@pytest.mark.parametrize(("before_id", "limit"), [(0, 20), (None, 0), (None, 121)])
def test_unusable_page_is_refused_at_once(before_id: int | None, limit: int, client: Astria) -> None:
    with pytest.raises(InvalidParameter):
        client.tunes.iterate(before_id=before_id, limit=limit)


def test_tunes_are_iterated_over_http(server: Server, client: Astria) -> None:
    server.answers(200, [{"id": number} for number in range(140, 20, -1)])
    server.answers(200, [{"id": number} for number in range(20, 10, -1)])

    tunes = list(client.tunes.iterate())

    assert [tune.id for tune in tunes] == [*range(140, 10, -1)]
    assert [request.query for request in server.received] == ["limit=120", "before_id=21&limit=120"]
