"""The admin's first page: what needs somebody, and how the studio does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from studio.console.attention import items
from studio.console.figures import Day, Figures, Times, credits_outstanding, days_since, figures_since
from studio.console.money import Money, dollars

DAYS = {"today": 1, "7": 7, "30": 30}
NOTHING = "–"
# Of the chart, in its own units: a day's bar with the gap after it, and the height of the highest.
BAR, GAP, HIGHEST = 14, 4, 80


class Tile(NamedTuple):
    """A figure as the page shows it."""

    label: str
    value: str
    note: str = ""


class Bar(NamedTuple):
    """A day of a chart: where it stands, how high it is, which part of it is marked; and it in words."""

    x: int
    y: float
    height: float
    marked: float
    cells: list[str]


class Chart(NamedTuple):
    """Thirty days as bars, and the same as a table with these heads."""

    name: str
    title: str
    heads: list[str]
    bars: list[Bar]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add to the context of the admin's index what its template shows; unfold calls it."""
    if not request.user.has_perm("studio.view_shoot"):
        return context
    chosen = request.GET.get("days", "7")
    period = chosen if chosen in DAYS else "7"
    return context | {
        "title": _("Dashboard"),
        "attention": items(),
        "periods": [("today", _("Today")), ("7", _("7 days")), ("30", _("30 days"))],
        "period": period,
        "tiles": tiles(figures_since(since(period))),
        "charts": _charts(days_since(since("30"))),
        "chart_width": 30 * (BAR + GAP),
        "chart_height": HIGHEST,
    }


def since(period: str) -> datetime:
    """Return when a period, one of DAYS, began: at midnight."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=DAYS[period] - 1)


def tiles(figures: Figures) -> list[Tile]:
    """Return the figures in words."""
    return [
        Tile(_("Orders"), f"{figures.orders:,}"),
        Tile(_("Pictures delivered"), f"{figures.pictures:,}"),
        Tile(_("Ready"), f"{figures.ready:,}", _share(figures.ready, figures.orders)),
        Tile(_("Partly ready"), f"{figures.partly:,}", _share(figures.partly, figures.orders)),
        Tile(_("Failed"), f"{figures.failed:,}", _share(figures.failed, figures.orders)),
        Tile(_("Order to first picture"), *_times(figures.first_picture)),
        Tile(_("Order to last picture"), *_times(figures.last_picture)),
        Tile(
            _("Credits spent"),
            f"{figures.credits_spent:,}",
            _("%(n)s came back") % {"n": f"{figures.credits_refunded:,}"},
        ),
        *_money(figures.money),
        Tile(_("Credits outstanding"), f"{credits_outstanding():,}", _("of all people, now")),
    ]


def _money(money: Money) -> list[Tile]:
    return [
        Tile(_("Revenue"), money.revenue_text or NOTHING, _("paid, and not given back")),
        Tile(_("Astria's cost"), dollars(money.cost), _reading()),
        Tile(_("Margin"), *_margin(money)),
    ]


def _margin(money: Money) -> tuple[str, str]:
    if money.margin is None:
        return NOTHING, _("DOLLARS_PER has no rate for %(what)s") % {"what": ", ".join(money.unrated).upper()}
    if not money.revenue_in_dollars:
        return dollars(money.margin), _("before fees and taxes")
    part = f"{money.margin / money.revenue_in_dollars:.0%}"
    return dollars(money.margin), _("%(part)s of the revenue, before fees and taxes") % {"part": part}


def _reading() -> str:
    return _("at %(n)s milli-cents a dollar") % {"n": f"{settings.ASTRIA_MILLICENTS_PER_DOLLAR:,}"}


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""


def _times(times: Times) -> tuple[str, str]:
    if times.median is None or times.p95 is None:
        return NOTHING, ""
    return in_words(times.median), _("95 of 100 within %(time)s") % {"time": in_words(times.p95)}


def in_words(time: timedelta) -> str:
    """Return a duration in the unit in which it is a small number."""
    seconds = time.total_seconds()
    if seconds < 120:
        return _("%(n)d s") % {"n": seconds}
    if seconds < 2 * 3600:
        return _("%(n)d min") % {"n": round(seconds / 60)}
    return _("%(n).1f h") % {"n": seconds / 3600}


def _charts(days: list[Day]) -> list[Chart]:
    orders = [[f"{day.orders:,}", f"{day.failed:,}"] for day in days]
    costs = [[dollars(day.cost)] for day in days]
    return [
        Chart(
            "orders",
            _("Orders a day, the last 30 days; those that failed are grey"),
            [_("Orders"), _("Failed")],
            _bars(days, [(day.orders, day.failed) for day in days], orders),
        ),
        Chart(
            "cost",
            _("Astria's cost of a day's orders, the last 30 days"),
            [_("Cost")],
            _bars(days, [(float(day.cost), 0) for day in days], costs),
        ),
    ]


def _bars(days: list[Day], values: list[tuple[float, float]], cells: list[list[str]]) -> list[Bar]:
    """Return a bar for each day: so high as the first of its values, with the second one marked."""
    most = max((value for value, _marked in values), default=0) or 1
    bars = []
    for number, (day, (value, marked)) in enumerate(zip(days, values, strict=True)):
        height = HIGHEST * value / most
        words = [date_format(day.day), *cells[number]]
        bars.append(Bar(number * (BAR + GAP), HIGHEST - height, height, HIGHEST * marked / most, words))
    return bars
