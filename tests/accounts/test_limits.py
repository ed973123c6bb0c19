"""Limits hold across processes: they are counted where all processes look, in the default cache too."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.core.cache import cache
from django.core.management import call_command
from django.db import connections
from django.test import Client

from accounts.models import User
from config import settings as ours
from studio.ratelimit import is_within
from tests.processes import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def default_cache(settings: Any) -> None:
    """The cache of a studio that sets none: a table that all processes share."""
    settings.CACHES = ours.CACHES
    call_command("createcachetable", verbosity=0)
    cache.clear()


def at_once(do: Any, times: int) -> list[Any]:
    """Do it in as many threads, each with connections of its own as a process has."""
    barrier = threading.Barrier(times)

    def one(number: int) -> Any:
        barrier.wait(30)
        try:
            return do(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return [future.result(120) for future in [pool.submit(one, number) for number in range(times)]]


def test_who_asks_many_times_at_once_is_counted_each_time() -> None:
    allowed = at_once(lambda _: is_within("guess", "anna", most=5, seconds=3600), 12)

    assert allowed.count(True) == 5


@pytest.mark.pages
def test_many_guesses_at_once_from_many_connections_are_counted_each(user: User) -> None:
    def guess(number: int) -> bool:
        form = {"login": user.email, "password": f"wrong {number}"}
        return "not correct" in Client().post("/accounts/login/", form).content.decode()

    tried = at_once(guess, 12)

    assert tried.count(True) <= 5
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert get_user(browser).is_anonymous  # type: ignore[arg-type]


def test_signing_up_is_limited_for_each_address(client: Client) -> None:
    form = {"email": "zoe@example.com", "password1": "password"}

    answers = [client.post("/accounts/signup/", form).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]
