"""What orders and extensions cost at Astria, and the operator's caps on a day's, all or a person's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Avg, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import CreditAccount
from studio.models import Extension, Heartbeat, Shoot


def problems_with_spending(account: CreditAccount, cost_mc: int) -> Iterator[str]:
    """Yield why what costs `cost_mc` milli-cents is one too many today, in words for the person.

    Called in the transaction of an order or an extension: while a cap is set, one at a time is counted.
    """
    for_all, for_one = cap_mc(), _in_mc(settings.SPEND_CAP_PER_PERSON_PER_DAY)
    if not (for_all or for_one):
        return
    Heartbeat.lock("spending")
    if for_all and today_mc().total + cost_mc > for_all:
        yield _("The studio takes no more orders today: what it may make in a day is reached. "
                "Nothing was charged and nothing is lost; order again after %(time)s.") % _when()  # fmt: skip
    elif for_one and today_mc(account).total + cost_mc > for_one:
        yield _("This order is more than the studio makes for one person in a day. "
                "Nothing was charged and nothing is lost; order again after %(time)s.") % _when()  # fmt: skip


def cap_mc() -> int:
    """Return what all orders of a day may cost, in milli-cents; 0 for any amount."""
    return _in_mc(settings.SPEND_CAP_PER_DAY)


class Spent(NamedTuple):
    """What a time costs at Astria in milli-cents: orders and extensions together, and one order."""

    total: int
    average: int


def today_mc(account: CreditAccount | None = None) -> Spent:
    """Return what today's orders and extensions cost, all or one account's."""
    return spent_since(_midnight(), account)


def spent_since(when: datetime, account: CreditAccount | None = None) -> Spent:
    """Return what orders and extensions since then cost, all or one account's.

    Orders that were taken back and extensions that were refused cost nothing.
    """
    whose = {} if account is None else {"account": account}
    shoots = Shoot.objects.filter(created_at__gte=when, **whose).exclude(status=Shoot.Status.CANCELLED)
    kept = Extension.objects.filter(created_at__gte=when, **whose)
    kept = kept.exclude(status=Extension.Status.REFUSED)
    sums = shoots.aggregate(total=Sum("cost_mc"), average=Avg("cost_mc"))
    extensions = kept.aggregate(total=Sum("cost_mc"))["total"] or 0
    return Spent((sums["total"] or 0) + extensions, round(sums["average"] or 0))


def _in_mc(dollars: int) -> int:
    return dollars * int(settings.ASTRIA_MILLICENTS_PER_DOLLAR)


def _midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def _when() -> dict[str, str]:
    return {"time": f"00:00 {timezone.localtime():%Z}"}
