"""What commands of manage.py share: words for people, an object for programs, and how far long work is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandParser

T = TypeVar("T")
BAR = 30


class OperatorCommand(BaseCommand):
    """A command for whoever runs the studio.

    With --json it prints one object at its end, and nothing else. One that `changes` something has --dry-run,
    with which it says what it would do, and does nothing.
    """

    changes = False
    is_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object, at the end only")
        if self.changes:
            parser.add_argument(
                "--dry-run", action="store_true", help="only say what would be done, and do nothing"
            )

    def execute(self, *args: Any, **options: Any) -> str | None:
        self.is_json = bool(options.get("json"))
        return super().execute(*args, **options)

    def say(self, words: str) -> None:
        """Print a line for people on the way."""
        if not self.is_json:
            self.stdout.write(words)

    def conclude(self, words: str, **said: Any) -> None:
        """Print how it ended: `words` for people, `said` for programs."""
        self.stdout.write(json.dumps(said, default=str, ensure_ascii=False) if self.is_json else words)

    def progress(self, rows: Collection[T]) -> Iterator[T]:
        """Yield `rows` one by one, and draw on a terminal how far it is."""
        is_watched = self.stderr.isatty() and not self.is_json and len(rows) > 1
        for number, row in enumerate(rows, start=1):
            yield row
            if is_watched:
                self.stderr.write(f"{bar(number, len(rows))} {number}/{len(rows)}", str, "\r")
        if is_watched:
            self.stderr.write("")


def bar(done: int, total: int) -> str:
    """Return a bar of text that shows how much of `total` (≥ 1) is done."""
    filled = BAR * min(done, total) // total
    return "█" * filled + "·" * (BAR - filled)
