"""How the sandbox misbehaves when asked to, always in the same way for the same seed.

A fault is met because the call asked for it by the header X-Sandbox-Fault, or by chance, at a rate. Chance is
no random number: see `meets`, and docs/decisions/0008-faults-by-hash.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Sandbox-Fault"

# What an API call itself meets.
CALL_FAULTS = {
    "dropped": "the connection is closed without an answer; nothing is done",
    "429": "a call is refused; nothing is done",
    "500": "a call fails; nothing is done",
    "504": "a call is answered with 504; nothing is done",
    "slow": "a call is carried out, but answered only after `slow_seconds` (3)",
    "dropped-after": "a call is carried out, then the connection is closed without an answer",
    "504-after": "a POST, PATCH or DELETE is carried out, but answered with 504",
}
# What follows from what a call creates: these stay with the tune, the prompts and their pictures.
LASTING_FAULTS = {
    "callbacks-lost": "a callback is recorded but never sent",
    "callbacks-doubled": "a callback is sent twice",
    "callbacks-late": "a callback comes 3 s (at speed 1) late, so after others",
    "callbacks-reordered": "a callback waits until the next one to the same host has been sent, 3 s "
    "(at speed 1) at most",
    "prompt-fails": "a prompt ends with `user_error` and no images; no callback of its own",
    "tune-fails": "a training ends with `failed_at`; no callback, its prompts end with `user_error`",
    "picture-slow": "a picture comes only after `slow_seconds` (3)",
    "picture-404-once": "a picture is 404 when it is first asked for",
    "picture-gone": "a picture is 410 whenever it is asked for",
    "picture-truncated": "half of a picture comes, then the connection is closed",
    "picture-not-an-image": "200 and the content type of a JPEG, but what comes is a page of HTML",
    "picture-huge": "a picture of 30,000 x 30,000 pixels (as its head says) and 100 MB",
    "picture-redirects": "302 to an address in a private network, where a careful client does not go",
}
FAULTS = CALL_FAULTS | LASTING_FAULTS

_asked: ContextVar[tuple[str, ...]] = ContextVar("asked", default=())


def parse_faults(text: str) -> dict[str, float]:
    """Read `name=rate,…` into a dict; ValueError for unknown names or rates outside 0..1."""
    faults: dict[str, float] = {}
    for part in _parts(text):
        name, _, number = part.partition("=")
        rate = float(number or "1")
        if not 0 <= rate <= 1:
            raise ValueError(f"a rate lies between 0 and 1: {part}")
        faults[_known(name.strip())] = rate
    return faults


def parse_names(text: str) -> tuple[str, ...]:
    """Read `name, name`, as the header has it; ValueError for unknown names."""
    return tuple(_known(part) for part in _parts(text))


def asked_to_last() -> list[str]:
    """Return what the call now being answered asked for and what it creates must keep."""
    return [name for name in _asked.get() if name in LASTING_FAULTS]


@contextmanager
def asking(names: tuple[str, ...]) -> Iterator[None]:
    """Let what is created in this block, by this thread, keep these faults."""
    token = _asked.set(names)
    try:
        yield
    finally:
        _asked.reset(token)


def meets(seed: int, fault: str, rate: float, event: str) -> bool:
    """Tell whether an event (`call 17`, `prompt 28000004`) meets a fault that has this rate.

    Nothing but the seed, the fault and the event's own name decides: neither the hour nor what else happens.
    """
    digest = hashlib.sha256(f"{seed}:{fault}:{event}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < rate * 2**64


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]


def _known(name: str) -> str:
    if name not in FAULTS:
        raise ValueError(f"unknown fault {name[:60]!r}; known: {', '.join(FAULTS)}")
    return name
