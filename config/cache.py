"""The shared cache on Redis (CACHE_URL), which may be away without taking the site with it.

Nothing is kept there that must not be lost: counts for rate limits. While Redis does not answer, nothing
is found and nothing counted, so that rate limits let everybody through; see docs/decisions/0009.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger("studio.cache")

# After a failure Redis is not asked for as long: a page asks several times, and must not wait each time.
LEAVE_ALONE_SECONDS = 5.0
# One more try at once: a connection that lay idle may be dead although Redis is not.
OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": Retry(NoBackoff(), 1)}

_Method = Callable[..., Any]


def _or_else(instead: _Method, method: _Method) -> _Method:
    """Return a method that answers what `instead` makes of its arguments while Redis is away."""

    @wraps(method)
    def ask(self: Cache, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= Cache.away_until:
            try:
                return method(self, *args, **kwargs)
            except RedisError as error:
                _leave_alone(error)
        return instead(*args, **kwargs)

    return ask


def _leave_alone(error: RedisError) -> None:
    Cache.away_until = time.monotonic() + LEAVE_ALONE_SECONDS
    logger.error("the cache does not answer (%s): rate limits are off meanwhile", type(error).__name__)


def _not_there(*args: Any, **kwargs: Any) -> int:
    raise ValueError("The cache is away.")  # what incr says of a key that is not there


class Cache(RedisCache):
    """Django's cache on Redis; while Redis is away it is a cache that forgets at once."""

    # Of the process: each thread has a cache of its own, and none need find out by itself.
    away_until = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params | {"OPTIONS": OPTIONS | params.get("OPTIONS", {})})

    get = _or_else(lambda key, default=None, version=None: default, RedisCache.get)
    get_many = _or_else(lambda *args, **kwargs: {}, RedisCache.get_many)
    has_key = _or_else(lambda *args, **kwargs: False, RedisCache.has_key)
    add = _or_else(lambda *args, **kwargs: True, RedisCache.add)
    touch = _or_else(lambda *args, **kwargs: False, RedisCache.touch)
    delete = _or_else(lambda *args, **kwargs: False, RedisCache.delete)
    set = _or_else(lambda *args, **kwargs: None, RedisCache.set)
    set_many = _or_else(lambda data, *args, **kwargs: list(data), RedisCache.set_many)
    delete_many = _or_else(lambda *args, **kwargs: None, RedisCache.delete_many)
    clear = _or_else(lambda *args, **kwargs: None, RedisCache.clear)
    incr = _or_else(_not_there, RedisCache.incr)
