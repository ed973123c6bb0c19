"""Waiting for what Astria works on: looking again and again, less and less often."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Protocol, TypeVar

from astria.errors import Ambiguous, AstriaError, Failed, NotSent, RateLimited, ServerError, WaitedTooLong

# What Astria asks for after a 500.
AFTER_SERVER_ERROR = 30.0


class Awaited(Protocol):
    """A tune or a prompt."""

    @property
    def id(self) -> int: ...

    @property
    def is_final(self) -> bool: ...

    @property
    def failure(self) -> str: ...


T = TypeVar("T", bound=Awaited)


def utc_now() -> datetime:
    """Return the time by this machine, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Pauses:
    """How long to wait between looks, in seconds: `first`, each one `factor` times the last, up to `longest`.

    Until an announced end (`eta`) a quarter of the time left is waited, within the same bounds. Source of the
    advice against polling: docs/api/0-overview (Error Codes, 429).
    """

    first: float = 2.0
    factor: float = 1.5
    longest: float = 60.0
    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = utc_now

    def after(self, looks: int, eta: datetime | None) -> float:
        """Return the pause after so many looks (from 1)."""
        # Beyond some looks the power would only overflow.
        grown = self.first * self.factor ** min(looks - 1, 100)
        left = (eta - self.now()).total_seconds() if eta else 0.0
        return min(max(left / 4, self.first) if left > 0 else grown, self.longest)


@dataclass
class Wait(Generic[T]):
    """One wait: `look` gets the object, `progress` is told of each look that succeeded."""

    look: Callable[[], T]
    timeout: float
    progress: Callable[[T], object] | None
    pauses: Pauses
    seen: T | None = None
    trouble: AstriaError | None = None

    def run(self) -> T:
        """Return the object when it is done. Raises Failed, WaitedTooLong, and what is beyond hope."""
        deadline = self.pauses.clock() + self.timeout
        looks = 1
        while (pause := self._look(looks)) > 0:
            left = deadline - self.pauses.clock()
            if left <= 0:
                raise WaitedTooLong(f"not done after {self.timeout:g} s", found=self.seen) from self.trouble
            self.pauses.sleep(min(pause, left))
            looks += 1
        assert self.seen is not None
        if failure := self.seen.failure:
            raise Failed(f"{type(self.seen).__name__.lower()} {self.seen.id}: {failure}", found=self.seen)
        return self.seen

    def _look(self, looks: int) -> float:
        """Look once; return how long to wait before the next look, 0 if it is done."""
        try:
            self.seen = found = self.look()
        except (NotSent, RateLimited, Ambiguous) as error:
            # What was never reached is rather a wrong address than a bad moment.
            if self.seen is None and isinstance(error, NotSent):
                raise
            self.trouble = error
            return self._after(error, looks)
        self.trouble = None
        if self.progress:
            self.progress(found)
        return 0.0 if found.is_final else max(self.pauses.after(looks, getattr(found, "eta", None)), 0.001)

    def _after(self, error: AstriaError, looks: int) -> float:
        asked = AFTER_SERVER_ERROR if isinstance(error, ServerError) else 0.0
        return max(error.retry_after or asked, self.pauses.after(looks, None), 0.001)
