"""Where pictures are drawn and looked at: a few lasting threads, however many requests there are.

Each connection has a thread of its own. If those did the work, the memory of each would grow to the size of a
picture's layers and stay there.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")

_bench = ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 1), thread_name_prefix="bench")


def at_the_bench(work: Callable[Given, Made], *given: Given.args, **named: Given.kwargs) -> Made:
    """Return what `work` returns, done by one of the bench's threads; it must not touch the database."""
    return _bench.submit(work, *given, **named).result()
