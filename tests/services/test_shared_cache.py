"""Rate limits counted in a real Redis, which may go and come back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from config.cache import Cache
from studio.ratelimit import is_within
from tests.services.servers import Redis

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def on_redis(redis: Redis, settings: Any) -> Iterator[None]:
    at_redis = {"BACKEND": "config.cache.Cache", "LOCATION": redis.url(1)}
    settings.CACHES = settings.CACHES | {"default": at_redis}
    Cache.away_until = 0.0
    yield
    Cache.away_until = 0.0


def test_it_keeps_what_it_is_given() -> None:
    cache.set_many({"a": 1, "b": [2]})
    cache.set("c", "x", timeout=60)

    assert (cache.get("a"), cache.get_many(["b", "c", "d"])) == (1, {"b": [2], "c": "x"})
    assert (cache.add("a", 5), cache.incr("a"), cache.delete("a"), cache.get("a")) == (False, 2, True, None)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_whoever_asks_too_often_is_refused_until_redis_is_killed_and_again_when_it_is_back(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("config.cache.LEAVE_ALONE_SECONDS", 0.0)

    def ask() -> list[bool]:
        return [is_within("guess", "anna", most=2, seconds=3600) for _ in range(3)]

    before = ask()
    redis.kill()
    without = ask()
    redis.start()

    assert (before, without, ask()) == ([True, True, False], [True, True, True], [True, True, False])


@pytest.mark.django_db
def test_people_stay_signed_in_without_it(redis: Redis, user: User, signed_in: Client) -> None:
    redis.kill()

    assert signed_in.get("/gallery/").status_code == 200
    assert signed_in.get("/account/").status_code == 200
