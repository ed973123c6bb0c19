"""Which method of this package makes which call of the API: written beside each, read for documentation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: `path` is a template such as /tunes/:tune_id, `source` a page of Astria's documentation,
    "" where that has none; `function` is the method that calls it.
    """

    method: str
    path: str
    source: str
    function: Callable[..., Any]

    @property
    def call(self) -> str:
        """Return the method's name as in `Tunes.create`."""
        return self.function.__qualname__


ENDPOINTS: list[Endpoint] = []


def endpoint(method: str, path: str, *, source: str) -> Callable[[F], F]:
    """Return a decorator that records an endpoint of a method and changes nothing of it."""

    def record(function: F) -> F:
        ENDPOINTS.append(Endpoint(method, path, source, function))
        return function

    return record
