"""The admin's first page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from studio.console.dashboard import in_words
from tests.factories import ImageFactory, ShootFactory

pytestmark = pytest.mark.django_db


def test_it_shows_what_needs_somebody_and_how_it_goes(console: Client) -> None:
    ImageFactory.create(shoot=ShootFactory.create(status="unconfirmed"))

    page = console.get("/admin/").content.decode()

    assert "Orders that Astria has not confirmed" in page
    assert "Pictures delivered" in page


def test_each_chart_has_thirty_days_the_last_one_today_and_a_table_beside_it(console: Client) -> None:
    for status in ("failed", "ready"):
        ShootFactory.create(status=status, cost_mc=150_000)

    answer = console.get("/admin/")

    orders, cost = answer.context["charts"]
    assert (len(orders.bars), len(cost.bars)) == (30, 30)
    assert (orders.bars[-1].height, orders.bars[-1].marked, orders.bars[0].height) == (80, 40, 0)
    assert (orders.bars[-1].cells[1:], cost.bars[-1].cells[1:]) == (["2", "1"], ["$3.00"])
    assert answer.content.decode().count("As a table") == 2


@pytest.mark.parametrize(("asked", "shown"), [("today", "today"), ("30", "30"), ("1 OR 1", "7"), ("", "7")])
def test_the_period_is_one_of_three(console: Client, asked: str, shown: str) -> None:
    assert console.get("/admin/", {"days": asked}).context["period"] == shown


def test_staff_without_the_right_to_see_orders_see_no_figures(staff_with: Callable[..., Client]) -> None:
    page = staff_with("packs.view_pack").get("/admin/")

    assert page.status_code == 200
    assert "tiles" not in page.context


def test_it_asks_the_database_as_often_for_many_rows_as_for_one(
    console: Client, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for _number in range(30):
        ShootFactory.create(status="unconfirmed")

    with django_assert_max_num_queries(55):  # type: ignore[attr-defined]
        console.get("/admin/")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=12, seconds=29), "12 min"),
        (timedelta(hours=5), "5.0 h"),
    ],
)
def test_a_time_is_said_in_the_unit_that_makes_it_small(time: timedelta, words: str) -> None:
    assert in_words(time) == words


def test_the_health_page_says_each_part(console: Client) -> None:
    page = console.get("/admin/health/").content.decode()

    assert all(part in page for part in ("database", "queue", "clock", "total"))


@pytest.mark.parametrize("path", ["/admin/", "/admin/health/"])
def test_others_are_sent_to_sign_in(signed_in: Client, path: str) -> None:
    assert [signed_in.get(path).status_code, Client().get(path).status_code] == [302, 302]


def test_the_admin_has_the_icon_of_the_studio(console: Client) -> None:
    assert "img/favicon.svg" in console.get("/admin/").content.decode()
