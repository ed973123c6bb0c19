"""The budgets of the pages, on a database of its own: `make bench`, `make bench-quick`.

Times are compared, never given: floor and subject are asked in turn of gunicorn as it runs in production,
over connections that stay open. What is compared is how many a CPU second of its workers serves, so that
other work on the machine (the asking too) matters little.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from benchmarks.report import Figure, report
from benchmarks.rows import person_with
from benchmarks.server import Server, request, serving

ANONYMOUS, SIGNED_IN = "/empty/", "/empty/signed-in/"
ROUNDS, QUICK_ROUNDS = 30, 8


@dataclass
class Page:
    """An address as somebody asks for it."""

    client: Client
    path: str

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
        cookies = self.client.cookies.values()
        return request(self.path, "; ".join(f"{cookie.key}={cookie.value}" for cookie in cookies))


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


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.pages", description="The budgets of the pages.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds; ratios may miss a little")
    is_quick: bool = parser.parse_args().quick
    prepare()
    figures = measure(QUICK_ROUNDS if is_quick else ROUNDS)
    return 0 if report(figures, is_quick=is_quick) else 1


def prepare() -> None:
    """Make the database, and static files with their names as in production, though not compressed."""
    settings.ROOT_URLCONF = "benchmarks.urls"
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def measure(rounds: int) -> list[Figure]:
    """Return every figure; each ratio is the median of `rounds`."""
    few, many = person_with(40), person_with(400)
    nobody = Page(_browser(), ANONYMOUS)
    somebody = Page(_signed_in(few), SIGNED_IN)
    forty = Page(_signed_in(few), reverse("studio:gallery"))
    four_hundred = Page(_signed_in(many), reverse("studio:gallery"))
    counted = _counted(somebody, forty, four_hundred)
    with serving() as server:
        race = Race(server, rounds)
        return [*counted, *_raced(race, nobody, somebody, forty, four_hundred)]


def _counted(somebody: Page, forty: Page, four_hundred: Page) -> list[Figure]:
    """Return what is the same each time."""
    more_queries = four_hundred.queries() - forty.queries()
    small, large = _compressed(forty.get()), _compressed(four_hundred.get())
    return [
        Figure("signed-in empty page, queries", somebody.queries(), "", "most", 2),
        Figure("gallery of 400 against 40, further queries", more_queries, "", "most", 0),
        Figure("gallery of 400 against 40, bytes", large / small, "×", "most", 1.2),
        Figure("gallery of 40, HTML compressed", small / 1000, "kB", "most", 15),
        Figure("gallery of 40, our CSS compressed", _assets(forty, "css") / 1000, "kB", "most", 15),
        Figure("gallery of 40, our JS compressed", _assets(forty, "js") / 1000, "kB", "most", 25),
    ]


def _raced(race: Race, nobody: Page, somebody: Page, forty: Page, four_hundred: Page) -> list[Figure]:
    """Return what is measured on a running server."""
    slower = 1 / race.ratio(forty, four_hundred)
    return [
        race.throughput("signed-in empty page", somebody, "anonymous empty view", nobody, 0.30),
        race.throughput("gallery of 40", forty, "signed-in empty page", somebody, 0.17),
        Figure("gallery of 400 against 40, time", slower, "×", "most", 1.2, is_exact=False),
    ]


def _browser() -> Client:
    return Client(headers={"host": "127.0.0.1:8000"})


def _signed_in(user: User) -> Client:
    client = _browser()
    client.force_login(user)
    return client


def _compressed(content: bytes) -> int:
    return len(gzip.compress(content, compresslevel=6))


def _assets(page: Page, kind: str) -> int:
    """Return the bytes of all our files of `kind` that a page names, each compressed for itself."""
    names = re.findall(rf'"{settings.STATIC_URL}({kind}/[^"]+)\.[0-9a-f]{{12}}\.{kind}"', page.get().decode())
    paths = [finders.find(f"{name}.{kind}") for name in names]
    assert paths, f"{page.path} names no {kind}"
    return sum(_compressed(Path(str(path)).read_bytes()) for path in paths)


if __name__ == "__main__":
    sys.exit(main())
