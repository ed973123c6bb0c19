"""Balance and caps at Astria: asked rarely, kept, and said to staff alone before orders have to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from responses import RequestsMock
from time_machine import Traveller

from accounts.models import User
from studio.clock import keep_balance_known
from studio.console.metrics import text
from studio.health import balance, report_to_staff, spending
from studio.models import Check, Shoot
from studio.probing import check_balance
from tests.factories import ShootFactory
from tests.studio.conftest import API

pytestmark = pytest.mark.django_db

DOLLAR = 100_000


@pytest.fixture
def console(client_for: Callable[[User], Client]) -> Client:
    """The browser of who may do everything."""
    return client_for(User.objects.create_superuser("owner@example.com", "pass"))


def ask(api: RequestsMock, balance_mc: int | None) -> None:
    """Have Astria say what is left, and ask; twice, as a task may run."""
    api.upsert("GET", f"{API}/users", json={"id": 1, "usd_balance_mc": balance_mc})
    check_balance()
    check_balance()


@pytest.mark.parametrize(
    ("balance_mc", "state", "words"),
    [
        (25 * DOLLAR, "ok", "$25.00 left at Astria"),
        (20 * DOLLAR - 1, "degraded", "$20.00 left at Astria"),
        (-DOLLAR, "degraded", "$-1.00 left at Astria"),
        (None, "ok", "Astria has not said what is left"),
    ],
)
def test_what_is_left_is_a_line_for_staff(
    api: RequestsMock, balance_mc: int | None, state: str, words: str
) -> None:
    ask(api, balance_mc)

    assert (balance().state, balance().words) == (state, words)


def test_staff_are_written_to_once_when_it_becomes_low_and_again_after_it_was_topped_up(
    api: RequestsMock, staff: User, mailoutbox: list[EmailMessage]
) -> None:
    for left in (30, 10, 9, 30, 10):
        ask(api, left * DOLLAR)

    assert len(mailoutbox) == 2
    assert "The balance at Astria is low" in mailoutbox[0].subject


def test_zero_means_never_low(api: RequestsMock, settings: Any) -> None:
    settings.ASTRIA_BALANCE_LOW = 0
    ask(api, 0)

    assert balance().state == "ok"


def test_while_astria_does_not_answer_what_was_known_is_kept(api: RequestsMock) -> None:
    ask(api, 3 * DOLLAR)
    api.replace("GET", f"{API}/users", status=503)

    check_balance()

    assert Check.objects.get(name="balance").value == 3 * DOLLAR


def test_the_clock_asks_every_half_hour(api: RequestsMock, noon: Traveller) -> None:
    assert keep_balance_known()
    ask(api, DOLLAR)
    noon.shift(timedelta(minutes=29))
    before = keep_balance_known()
    noon.shift(timedelta(minutes=2))

    assert (before, keep_balance_known()) == (False, True)


@pytest.mark.parametrize(
    ("cap", "state", "words"),
    [(0, "ok", "no cap"), (6, "ok", "$4.00 of $6.00"), (5, "degraded", "$4.00 of $5.00")],
)
def test_a_cap_is_reached_when_another_order_like_todays_would_pass_it(
    settings: Any, cap: int, state: str, words: str
) -> None:
    settings.SPEND_CAP_PER_DAY = cap
    for _order in range(2):
        ShootFactory.create(cost_mc=2 * DOLLAR)
    ShootFactory.create(status=Shoot.Status.CANCELLED, cost_mc=50 * DOLLAR)

    assert spending().state == state
    assert spending().words.startswith(words)


def test_staff_see_both_on_the_health_page_and_strangers_neither(console: Client, api: RequestsMock) -> None:
    ask(api, 5 * DOLLAR)

    assert "$5.00 left at Astria" in console.get("/admin/health/").content.decode()
    assert "balance" not in Client().get("/healthz").content.decode()
    assert report_to_staff()[-1].name == "total"


def test_what_is_low_needs_somebody(console: Client, api: RequestsMock) -> None:
    ask(api, 5 * DOLLAR)

    assert "balance: degraded ($5.00 left at Astria)" in console.get("/admin/").content.decode()


def test_machines_are_told_both(api: RequestsMock, settings: Any) -> None:
    settings.SPEND_CAP_PER_DAY = 50
    ShootFactory.create(cost_mc=2 * DOLLAR)
    ask(api, 5 * DOLLAR)

    said = set(text().splitlines())

    assert {
        "studio_astria_balance_dollars 5",
        "studio_astria_spent_dollars 2",
        "studio_astria_cap_dollars 50",
    } <= said
