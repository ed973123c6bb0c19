"""The money of a period: what came in, what Astria charges, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from accounts.models import Purchase
from accounts.money import amount_text, in_units
from studio.spending import spent_since


@dataclass(frozen=True)
class Money:
    """What was paid and kept, by currency in its smallest unit, and Astria's cost in dollars."""

    revenue: dict[str, int]
    cost: Decimal

    @property
    def revenue_text(self) -> str:
        """Each currency's sum in words; "" for nothing."""
        return " + ".join(amount_text(amount, currency) for currency, amount in sorted(self.revenue.items()))

    @property
    def unrated(self) -> list[str]:
        """The currencies of which nobody said what one is in dollars."""
        return sorted(currency for currency in self.revenue if currency not in settings.DOLLARS_PER)

    @property
    def revenue_in_dollars(self) -> Decimal | None:
        """None while a currency has no rate."""
        if self.unrated:
            return None
        rates = settings.DOLLARS_PER
        return sum((in_units(n, it) * rates[it] for it, n in self.revenue.items()), Decimal(0))

    @property
    def margin(self) -> Decimal | None:
        """What is left of the revenue after Astria's cost, in dollars; None while a currency has no rate."""
        revenue = self.revenue_in_dollars
        return None if revenue is None else revenue - self.cost


def money_since(since: datetime) -> Money:
    """Return the money of the purchases, orders and extensions since then."""
    return Money(Purchase.objects.revenue_since(since), in_dollars(spent_since(since).total))


def in_dollars(milli_cents: int) -> Decimal:
    """Return Astria's milli-cents in dollars."""
    return Decimal(milli_cents) / settings.ASTRIA_MILLICENTS_PER_DOLLAR


def dollars(amount: Decimal) -> str:
    """Return dollars in words: "-$1.20"."""
    return f"{'-' if amount < 0 else ''}${abs(amount):,.2f}"
