"""Work that may never take all of the web's threads: beyond its share, people are asked to come again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


class Full(Exception):
    """Every place is taken; come again in a moment."""


class Bulkhead:
    """Places for a quarter of a process's threads, at least for one."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(max(1, settings.WEB_THREADS // 4))

    def enter(self) -> None:
        """Take a place; whoever does so calls `leave`, once. Raises Full."""
        if not self._places.acquire(blocking=False):
            raise Full

    def leave(self) -> None:
        self._places.release()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place for the length of a block. Raises Full."""
        self.enter()
        try:
            yield
        finally:
            self.leave()
