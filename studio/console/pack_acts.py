"""What staff do to a pack: put it into the shop, take it out, and say that they have seen what changed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from packs.models import Pack
from packs.pricing import cost_in_cents, price_of_class
from studio.console.acting import Act
from studio.ordering import OrderRefused

RIGHT = "packs.change_pack"


def _says_publish(pack: Pack) -> str:
    if pack.status == Pack.Status.PUBLISHED:
        return ""
    gone = _("Astria no longer lists it: it is shown once it is there again. ") if pack.missing_since else ""
    return gone + _("People see it and order it: %(prices)s.") % {"prices": _prices(pack)}


def _prices(pack: Pack) -> str:
    """Return each class with its price beside Astria's cost."""
    said = _("%(name)s for %(price)d credits (costs us $%(cost).2f)")
    offers = pack.classes.filter(missing_since=None).select_related("pack")
    return ", ".join(
        said % {"name": it.name, "price": price_of_class(it), "cost": cost_in_cents(it) / 100}
        for it in offers
    )


def _publish(pack: Pack, given: dict[str, Any]) -> str:
    if not pack.publish():
        raise OrderRefused(_("It was published meanwhile."))
    return _("Published.")


def _says_withdraw(pack: Pack) -> str:
    is_sold = pack.status == Pack.Status.PUBLISHED
    return _("Nobody sees or orders it. Orders in flight go on as they are.") if is_sold else ""


def _withdraw(pack: Pack, given: dict[str, Any]) -> str:
    if not pack.withdraw():
        raise OrderRefused(_("It was taken out of the shop meanwhile."))
    return _("Withdrawn.")


def _says_seen(pack: Pack) -> str:
    names = ", ".join(pack.classes.changed().values_list("name", flat=True))
    text = _("What changed at Astria (%(names)s) is no longer flagged. Prices by hand stay as they are.")
    return text % {"names": names} if names else ""


def _seen(pack: Pack, given: dict[str, Any]) -> str:
    return _("%(n)d classes are no longer flagged.") % {"n": pack.classes.mark_seen()}


ACTS = (
    Act("pack-published", gettext_lazy("Publish"), _says_publish, _publish, permission=RIGHT),
    Act("pack-withdrawn", gettext_lazy("Withdraw"), _says_withdraw, _withdraw, permission=RIGHT),
    Act("change-seen", gettext_lazy("I have seen what changed"), _says_seen, _seen, permission=RIGHT),
)
