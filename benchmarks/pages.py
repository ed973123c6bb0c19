"""The budgets of the pages: queries, bytes, and times against each other.

Times are compared, never given: floor and subject are asked in turn of gunicorn as it runs in production,
over connections that stay open. What is compared is how many a CPU second of its workers serves, so that
other work on the machine (the asking too) matters little.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.ground import browser, cookies_of, prepare, signed_in
from benchmarks.report import Figure
from benchmarks.rows import person_with
from benchmarks.server import Server, request, serving

ANONYMOUS, SIGNED_IN = "/empty/", "/empty/signed-in/"
GALLERY, MADE_ANEW = "/gallery/", "/made-anew/gallery/"
ROUNDS, QUICK_ROUNDS = 30, 4


@dataclass
class Page:
    """An address as somebody asks for it."""

    client: Client
    path: str
    etag: str = ""

    def get(self) -> bytes:
        answer = self.client.get(self.path)
        assert answer.status_code == 200, f"{self.path}: {answer.status_code}"
        return answer.content

    def queries(self) -> int:
        with CaptureQueriesContext(connection) as queries:
            self.get()
        return len(queries)

    def request(self) -> bytes:
        """Return the request as its browser sends it."""
        return request(self.path, cookies_of(self.client), etag=self.etag)


@dataclass
class Race:
    """Pages against each other on a running server."""

    server: Server
    rounds: int

    def ratio(self, floor: Page, page: Page) -> float:
        """Return how many of `page` cost as much as one of `floor`, as a share of one."""
        return self.server.ratio(floor.request(), page.request(), rounds=self.rounds)

    def throughput(self, name: str, page: Page, floor_name: str, floor: Page, limit: float) -> Figure:
        title = f"{name} against {floor_name}, throughput"
        return Figure(title, self.ratio(floor, page), "×", "least", limit, is_exact=False)


def figures(quick: bool) -> list[Figure]:
    """Return every figure of the pages."""
    prepare()
    return measure(QUICK_ROUNDS if quick else ROUNDS)


def measure(rounds: int) -> list[Figure]:
    """Return every figure; each ratio is the median of `rounds`."""
    few, many, most = person_with(40), person_with(400), person_with(4000)
    nobody = Page(browser(), ANONYMOUS)
    somebody = Page(signed_in(few), SIGNED_IN)
    forty, four_hundred, four_thousand = (Page(signed_in(it), MADE_ANEW) for it in (few, many, most))
    counted = _counted(somebody, forty, four_hundred)
    counted += _against_forty("4,000", forty, four_thousand)
    with serving() as server:
        race = Race(server, rounds)
        slower = 1 / race.ratio(forty, four_thousand)
        more = Figure("gallery of 4,000 against 40, time", slower, "×", "most", 1.2, is_exact=False)
        raced = _raced(race, nobody, somebody, forty, four_hundred)
        return [*counted, *raced, more, *_unchanged(race, somebody, Page(signed_in(few), GALLERY))]


def _counted(somebody: Page, forty: Page, four_hundred: Page) -> list[Figure]:
    """Return what is the same each time."""
    small = _compressed(forty.get())
    return [
        Figure("signed-in empty page, queries", somebody.queries(), "", "most", 2),
        *_against_forty("400", forty, four_hundred),
        Figure("gallery of 40, HTML compressed", small / 1000, "kB", "most", 15),
        Figure("gallery of 40, our CSS compressed", _assets(forty, "css") / 1000, "kB", "most", 15),
        Figure("gallery of 40, our JS compressed", _assets(forty, "js") / 1000, "kB", "most", 25),
    ]


def _against_forty(number: str, forty: Page, many: Page) -> list[Figure]:
    """Return what a gallery of more pictures may ask and weigh beyond one of forty."""
    more_queries, growth = (
        many.queries() - forty.queries(),
        _compressed(many.get()) / _compressed(forty.get()),
    )
    return [
        Figure(f"gallery of {number} against 40, further queries", more_queries, "", "most", 0),
        Figure(f"gallery of {number} against 40, bytes", growth, "×", "most", 1.2),
    ]


def _raced(race: Race, nobody: Page, somebody: Page, forty: Page, four_hundred: Page) -> list[Figure]:
    """Return what is measured on a running server."""
    slower = 1 / race.ratio(forty, four_hundred)
    return [
        race.throughput("signed-in empty page", somebody, "anonymous empty view", nobody, 0.30),
        race.throughput("gallery of 40", forty, "signed-in empty page", somebody, 0.17),
        Figure("gallery of 400 against 40, time", slower, "×", "most", 1.2, is_exact=False),
    ]


def _unchanged(race: Race, somebody: Page, gallery: Page) -> list[Figure]:
    """Return what a gallery costs that was made before, and one that the browser still has."""
    gallery.get()  # from now on the browser has its token for forms
    known = replace(gallery, etag=gallery.client.get(gallery.path)["ETag"])
    assert gallery.client.get(gallery.path, headers={"If-None-Match": known.etag}).status_code == 304
    return [
        race.throughput("gallery of 40, unchanged", gallery, "signed-in empty page", somebody, 0.45),
        race.throughput("gallery of 40, 304", known, "signed-in empty page", somebody, 0.90),
    ]


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, compresslevel=6))


def _assets(page: Page, kind: str) -> int:
    """Return the bytes of all our files of `kind` that a page names, each compressed for itself."""
    names = re.findall(rf'"{settings.STATIC_URL}({kind}/[^"]+)\.[0-9a-f]{{12}}\.{kind}"', page.get().decode())
    paths = [finders.find(f"{name}.{kind}") for name in names]
    assert paths, f"{page.path} names no {kind}"
    return sum(_compressed(Path(str(path)).read_bytes()) for path in paths)
