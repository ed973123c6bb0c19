"""What can be changed while the sandbox runs: one object that every thread of the process shares."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sandbox.faults import Dice
from sandbox.options import Options


@dataclass(frozen=True)
class Received:
    """One request as the console shows it; `milliseconds` is how long the answer took."""

    at: datetime
    method: str
    path: str
    status: int
    milliseconds: int


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
    data: Path = field(default_factory=Path)
    base_url: str = ""
    dice: Dice = field(default_factory=lambda: Dice(0))
    wake: threading.Event = field(default_factory=threading.Event)
    received: deque[Received] = field(default_factory=lambda: deque(maxlen=60))

    def take(self, options: Options) -> None:
        """Start from the options of this run."""
        for name in ("speed", "seed", "key", "callbacks", "idempotent", "pictures", "data"):
            setattr(self, name, getattr(options, name))
        self.faults = dict(options.faults)
        self.dice = Dice(options.seed)

    def meets(self, fault: str, event: int | None = None) -> bool:
        """Tell whether the next event (or the one numbered `event`) meets this fault."""
        return self.dice.meets(fault, self.faults.get(fault, 0.0), event)

    def shown(self) -> dict[str, object]:
        """Return what `GET /sandbox/settings` shows."""
        names = ("speed", "callbacks", "faults", "idempotent", "pictures")
        return {name: getattr(self, name) for name in names}


switches = Switches()
