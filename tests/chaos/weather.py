"""How often what goes wrong: the rates of the sandbox's faults, all at once."""

from __future__ import annotations

# Of two faults that are met independently, 1 - (1 - 0.1056)² = 0.20 meet one or the other.
_ONE_OF_TWO = 0.1056

CALLBACKS = {
    "callbacks-lost": 0.15,
    "callbacks-doubled": 0.15,
    "callbacks-late": _ONE_OF_TWO,
    "callbacks-reordered": _ONE_OF_TWO,
}
CALLS = {
    "429": 0.05,
    "500": 0.05,
    "504-after": 0.03,
    "504": 0.02,
    # Two in a hundred connections break: one before the call is carried out, one after it.
    "dropped": 0.01,
    "dropped-after": 0.01,
}
FAILING_ONCE = {"picture-404-once": 0.05}
# One in a hundred: half of them say so, half are tried for as long as there is hope.
FAILING_FOR_GOOD = {"picture-gone": 0.005, "picture-not-an-image": 0.005}
# The last try comes 81 minutes after the first: too long for a run of a minute.
GONE_AT_ONCE = {"picture-gone": 0.01}


def faults(*, is_short: bool) -> dict[str, float]:
    """Return every fault's rate; in a short day, pictures that fail for good say so at once."""
    return CALLBACKS | CALLS | FAILING_ONCE | (GONE_AT_ONCE if is_short else FAILING_FOR_GOOD)
