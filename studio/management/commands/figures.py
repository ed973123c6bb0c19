"""manage.py figures: the dashboard, for a terminal and for programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser

from accounts.commands import OperatorCommand
from studio.console.attention import items
from studio.console.dashboard import DAYS, since, tiles
from studio.console.figures import credits_outstanding, figures_since


class Command(OperatorCommand):
    help = (
        "Say what needs somebody, and orders, pictures, times, credits and money of a period, as the console "
        "does; figures are at most a minute old. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", choices=DAYS, default="7", help="since midnight, so many days ago; 7 if not said"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, days: str, **options: Any) -> None:
        figures, attention = figures_since(since(days)), items()
        lines = [f"! {item.words} {item.amount}".rstrip() for item in attention]
        lines += [f"{tile.label}: {tile.value} {tile.note}".rstrip() for tile in tiles(figures)]
        self.conclude(
            "\n".join(lines),
            attention=[{"words": item.words, "count": item.count} for item in attention],
            credits_outstanding=credits_outstanding(),
            **_plain(asdict(figures)),
        )


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """Return times as seconds; the rest as it is."""
    plain = {}
    for name, value in said.items():
        plain[name] = _plain(value) if isinstance(value, dict) else value
        if isinstance(value, timedelta):
            plain[name] = value.total_seconds()
    return plain
