"""The sandbox's time: that of the machine, and as far ahead of it as tests have asked for.

Everything here that asks for the hour asks this module. Time only moves forward, and a restart keeps it.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

FURTHEST = 10 * 365 * 86_400.0

_lock = threading.Lock()
_ahead = 0.0


def seconds() -> float:
    """Return the Unix time."""
    return time.time() + _ahead


def now() -> datetime:
    """Return the moment, in UTC."""
    return moment(seconds())


def moment(at: float) -> datetime:
    """Return the moment of a Unix time, in UTC."""
    return datetime.fromtimestamp(at, UTC)


def ahead() -> float:
    """Return by how many seconds this clock is ahead of the machine's."""
    return _ahead


def travel_to(at: float) -> None:
    """Move forward to a Unix time; what is past already stays past."""
    global _ahead
    with _lock:
        _ahead += max(at - seconds(), 0.0)


def keep(data: Path) -> None:
    """Write down how far ahead it is, for the next start."""
    unfinished = data / "clock.part"
    unfinished.write_text(str(_ahead))
    unfinished.replace(data / "clock")


def resume(data: Path) -> None:
    """Go on from where the last run on this directory was."""
    global _ahead
    kept = data / "clock"
    _ahead = float(kept.read_text()) if kept.exists() else 0.0
