"""Counting how often somebody does something, across processes, in the shared cache."""

from __future__ import annotations

import time

from django.core.cache import cache


def is_within(action: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one `action` of `who`; False once there were more than `most` in this window of `seconds`.

    Each time takes a place of its own with `add`, which every cache does for one caller alone: with a
    counter, who asks many times at once would be counted once. What is kept beside the places is only
    where to begin to look for the next one.
    """
    key = f"rate:{action}:{who}:{int(time.time()) // seconds}"
    number: int = cache.get(key, 0)
    while number < most:
        number += 1
        if cache.add(f"{key}:{number}", 1, timeout=seconds * 2):
            cache.set(key, number, timeout=seconds * 2)
            return True
    return False


def seconds_left(seconds: int) -> int:
    """Return how long a window of `seconds` still lasts: when whoever had too many may come again."""
    return seconds - int(time.time()) % seconds
