"""How the sandbox misbehaves when asked to, always in the same way for the same seed."""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterator

FAULTS = {
    "callbacks-lost": "a callback is recorded but never sent",
    "callbacks-doubled": "a callback is sent twice",
    "callbacks-late": "a callback comes three seconds (at speed 1) late, so after others",
    "prompt-fails": "a prompt ends with `user_error` and no images; no callback of its own",
    "tune-fails": "a training ends with `failed_at`; no callback, its prompts never run",
    "429": "a call is refused, nothing is done",
    "500": "a call fails, nothing is done",
    "504-after": "a POST is carried out, but answered with 504",
}


def parse_faults(text: str) -> dict[str, float]:
    """Read `name=probability,…` into a dict; ValueError for unknown names or numbers outside 0..1."""
    faults: dict[str, float] = {}
    for part in filter(None, (piece.strip() for piece in text.replace(";", ",").split(","))):
        name, _, number = part.partition("=")
        probability = float(number or "1")
        if name not in FAULTS or not 0 <= probability <= 1:
            raise ValueError(f"unknown fault or probability: {part}")
        faults[name] = probability
    return faults


class Dice:
    """Decides which event meets a fault. The n-th throw for a fault depends on nothing but the seed."""

    def __init__(self, seed: int) -> None:
        """Start the sequence of every fault anew for this seed."""
        self._seed = seed
        # next() on itertools.count is atomic in CPython, so request threads may share it.
        self._throws: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)

    def meets(self, name: str, probability: float, event: int | None = None) -> bool:
        """Tell whether the next event (or the one numbered `event`) meets the fault."""
        if probability <= 0:
            return False
        number = next(self._throws[name]) if event is None else event
        digest = hashlib.sha256(f"{self._seed}:{name}:{number}".encode()).digest()
        return int.from_bytes(digest[:8], "big") < probability * 2**64
