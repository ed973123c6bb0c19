"""Repeating calls that change nothing. A POST is never repeated here: whoever posts decides."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from astria.errors import AstriaError, NotSent, RateLimited, ServerError

T = TypeVar("T")

# Not 500, for which Astria asks to wait half a minute, nor 504, which already took that long.
TRANSIENT = {502, 503}


@dataclass(frozen=True)
class Retry:
    """How a GET is repeated after NotSent, 429, 502 and 503.

    `tries` in all; `wait` seconds before the second, doubled before each one after, each varied between half
    and one and a half times; a Retry-After of at most `longest` seconds is obeyed, beyond that the error is
    raised at once. Source: docs/api/0-overview (Error Codes)
    """

    tries: int = 3
    wait: float = 0.5
    longest: float = 60.0
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def run(self, call: Callable[[], T]) -> T:
        """Return what the call returns, or raise its last error."""
        for made in range(1, self.tries):
            try:
                return call()
            except AstriaError as error:
                pause = self._pause(error, made)
                if pause is None:
                    raise
            self.sleep(pause)
        return call()

    def _pause(self, error: AstriaError, made: int) -> float | None:
        if not is_transient(error):
            return None
        if error.retry_after is None:
            return self.wait * 2.0 ** (made - 1) * (0.5 + self.jitter())
        # Never earlier than asked, and not everybody at the same moment.
        return error.retry_after + self.wait * self.jitter() if error.retry_after <= self.longest else None


def is_transient(error: AstriaError) -> bool:
    """Return whether the same GET may well succeed in a moment."""
    if isinstance(error, ServerError):
        return error.status in TRANSIENT
    return isinstance(error, NotSent | RateLimited)


def parse_retry_after(header: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for (number or date), or None. Never negative."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
