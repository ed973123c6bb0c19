"""The page of credits and statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User], Client]


def test_the_page_shows_balance_and_own_lines_only(
    user: User, other_user: User, client_for: ClientFor
) -> None:
    user.account.spend(18, key="shoot", note="Corporate <headshots>")
    other_user.account.grant(5, key="theirs", note="Somebody else's")

    page = client_for(user).get("/account/").content.decode()

    assert "<b>82</b>" in page
    assert "Corporate &lt;headshots&gt;" in page
    assert "Somebody else" not in page


def test_what_is_owed_is_said(user: User, client_for: ClientFor) -> None:
    user.account.reverse(103, key="chargeback")

    assert "3 credits are owed" in client_for(user).get("/account/").content.decode()


def test_the_statement_goes_on_on_further_pages(user: User, client_for: ClientFor) -> None:
    for number in range(55):
        user.account.grant(1, key=f"grant {number}", note=f"Gift no. {number};")

    first = client_for(user).get("/account/").content.decode()
    second = client_for(user).get("/account/?page=2").content.decode()

    assert 'href="?page=2"' in first
    assert "Gift no. 54;" in first
    assert "Gift no. 0;" in second


@pytest.mark.parametrize("number", ["0", "-1", "999", "x"])
def test_an_odd_page_number_shows_a_page(user: User, client_for: ClientFor, number: str) -> None:
    assert client_for(user).get("/account/", {"page": number}).status_code == 200


@pytest.mark.parametrize("lines", [1, 30])
def test_the_page_asks_the_database_as_often_for_30_lines_as_for_1(
    user: User, client_for: ClientFor, lines: int, django_assert_num_queries: Any
) -> None:
    client = client_for(user)
    for number in range(lines - 1):
        user.account.grant(1, key=f"grant {number}")

    with django_assert_num_queries(4):
        client.get("/account/")
