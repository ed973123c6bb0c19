"""What can be changed while the sandbox runs: one object that every thread of the process shares."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sandbox import faults
from sandbox.options import Options


@dataclass(frozen=True)
class Received:
    """One request as the page shows it: `status` 0 for no answer, what it sent, the faults that it met."""

    number: int
    at: datetime
    method: str
    path: str
    status: int
    milliseconds: int
    parameters: dict[str, Any]
    faults: tuple[str, ...] = ()


@dataclass
class Switches:
    """The current settings and what the process remembers only while it runs."""

    speed: float = 1.0
    seed: int = 0
    key: str = ""
    callbacks: str = "all"
    faults: dict[str, float] = field(default_factory=dict)
    idempotent: bool = False
    pictures: str = "full"
    reroutes: dict[str, str] = field(default_factory=dict)
    data: Path = field(default_factory=Path)
    base_url: str = ""
    # Real seconds, whatever the speed: clients' patience is real too.
    slow_seconds: float = 3.0
    # Seconds that a 429 asks to wait; whether Astria says so is not known, so by default it does not.
    retry_after: int | None = None
    # The faults of the next calls, one item (`500`, `slow, 504`, or nothing) for each.
    next_faults: deque[str] = field(default_factory=deque)
    # What Astria answers where that is not known for sure.
    deleted_prompt: int = 200
    deleted_like: int = 201
    callback_body: str = "narrow"
    failure_callbacks: bool = False
    # Move numbers into their range instead of refusing them.
    lenient: bool = False
    wake: threading.Event = field(default_factory=threading.Event)
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=100))
    # next() on itertools.count is atomic in CPython, so request threads may share these.
    visits: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    calls: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def take(self, options: Options) -> None:
        """Start from the options of this run."""
        for name in ("speed", "seed", "key", "callbacks", "idempotent", "pictures", "data"):
            setattr(self, name, getattr(options, name))
        self.faults = dict(options.faults)
        self.reroutes = dict(options.reroutes)

    def meets(self, fault: str, event: str, asked: Collection[str] = ()) -> bool:
        """Tell whether an event, by its own name, meets a fault: it was asked for, or by its rate."""
        return fault in asked or faults.meets(self.seed, fault, self.faults.get(fault, 0.0), event)

    def take_next_faults(self) -> str:
        """Return what the setting `next_faults` has for this call, and have it no more."""
        try:
            return self.next_faults.popleft()
        except IndexError:
            return ""

    def shown(self) -> dict[str, object]:
        """Return what `GET /sandbox/settings` shows."""
        names = (
            "speed", "callbacks", "faults", "slow_seconds", "retry_after", "idempotent", "pictures",
            "reroutes", "deleted_prompt", "deleted_like", "callback_body", "failure_callbacks", "lenient",
        )  # fmt: skip
        shown = {name: getattr(self, name) for name in names}
        return shown | {"next_faults": list(self.next_faults)}


switches = Switches()
