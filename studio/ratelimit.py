"""Counting how often somebody does something, across processes, in the shared cache."""

from __future__ import annotations

import time

from django.core.cache import cache


def is_within(action: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one `action` of `who`; False once there were more than `most` in this window of `seconds`."""
    window = int(time.time()) // seconds
    key = f"rate:{action}:{who}:{window}"
    if cache.add(key, 1, timeout=seconds * 2):
        return True
    try:
        return cache.incr(key) <= most
    except ValueError:  # it was evicted between the two
        return True
