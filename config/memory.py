"""How freed memory goes back to the system: decoded photos are large, and threads would each keep some."""

from __future__ import annotations

import ctypes

# Their numbers in glibc's malloc.h.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
# What is larger is mapped by itself, and unmapped once freed. Left alone, glibc raises this to 32 MB.
_MAPPED = 256 * 1024
_ARENAS = 2


def keep_little() -> bool:
    """Have this process, and those it forks, keep little of what they freed. False if it is not glibc's."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return bool(mallopt(_M_MMAP_THRESHOLD, _MAPPED) and mallopt(_M_ARENA_MAX, _ARENAS))
