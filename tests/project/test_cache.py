"""A shared cache that is away: nothing is counted, and every page still works."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from config.cache import Cache
from studio.ratelimit import is_within
from tests.processes import free_port


@pytest.fixture(autouse=True)
def redis_is_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    address = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": "config.cache.Cache", "LOCATION": address}}
    monkeypatch.setattr(Cache, "away_until", 0.0)
    yield
    Cache.away_until = 0.0


def test_it_is_a_cache_that_forgets_at_once() -> None:
    cache.set("a", 1)
    cache.set_many({"a": 1})
    cache.delete("a")
    cache.delete_many(["a"])

    assert cache.add("a", 1) is True
    assert (cache.get("a"), cache.get("a", 7), cache.get_many(["a"])) == (None, 7, {})
    assert (cache.has_key("a"), "a" in cache, cache.touch("a")) == (False, False, False)
    assert cache.get_or_set("a", 5) == 5
    with pytest.raises(ValueError, match="away"):
        cache.incr("a")


def test_rate_limits_let_everybody_through() -> None:
    assert all(is_within("guess", "anna", most=1, seconds=60) for _ in range(3))


def test_it_is_asked_once_and_then_left_alone_for_a_while(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "studio.cache"):
        for _ in range(20):
            cache.get("a")

    assert [record.message for record in caplog.records] == [
        "the cache does not answer (ConnectionError): rate limits are off meanwhile"
    ]


@pytest.mark.pages
@pytest.mark.django_db
def test_people_sign_in() -> None:
    answer = Client().post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong"})

    assert answer.status_code == 200
    assert b"password" in answer.content
