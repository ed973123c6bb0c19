"""Buying credits: a session of Stripe's Checkout, and then what Stripe says became of it.

An event of Stripe's is a knock at the door: it says which purchase to ask about, and nothing that it says of
money counts. What counts is asked for, by a worker, so that events may come twice, late, in the wrong order,
or not at all: the clock asks as well.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import stripe
from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Bundle, CreditAccount, Purchase, User
from accounts.stripe_client import Standing, is_selling, standing_of, stripe_client

logger = logging.getLogger("accounts.buying")

# Until then a session can be paid; Stripe allows half an hour to a day.
SESSION_LIFE = timedelta(hours=1)
MOST_OPEN, OPEN_WITHIN = 20, timedelta(hours=1)
FIRST_LOOK, LAST_PAUSE = timedelta(minutes=1), timedelta(hours=12)
# How often others may be quicker before it is left to the next look.
TRIES = 10


class NotForSale(Exception):
    """It cannot be bought now; nothing was charged. Its text is for the person."""


def way_to_pay() -> str:
    """Return stripe; free, in development without Stripe's keys; else "": nothing is sold."""
    if is_selling():
        return "stripe"
    return "free" if settings.DEBUG else ""


def buy(user: User, bundle: Bundle, quantity: int, *, back: str = "") -> str:
    """Begin a purchase and return the address of Stripe's page for it. Raises NotForSale.

    `back`: the page of ours that the person goes on from when the credits are there.
    """
    account = user.account
    lately = account.purchases.filter(created_at__gt=timezone.now() - OPEN_WITHIN)
    if lately.filter(status=Purchase.Status.OPEN).count() >= MOST_OPEN:
        raise NotForSale(_("Too many purchases were begun and not paid. Wait an hour; nothing was charged."))
    purchase = Purchase.begin(account, bundle, quantity, next_check_at=timezone.now() + FIRST_LOOK)
    try:
        session = stripe_client().v1.checkout.sessions.create(
            params=_session_of(purchase, user, back),  # type: ignore[arg-type]
            options={"idempotency_key": str(purchase.pk)},
        )
    except stripe.StripeError as error:
        purchase.fail()
        logger.error("Stripe made no session: %s", type(error).__name__)
        raise NotForSale(
            _("Stripe, where you would pay, does not answer. Nothing was charged. Try again in a minute.")
        ) from error
    purchase.name_session(session.id)
    return session.url or ""


def _session_of(purchase: Purchase, user: User, back: str) -> dict[str, Any]:
    about = {"purchase": str(purchase.pk)}
    unit = {
        "currency": purchase.currency,
        "unit_amount": purchase.price // purchase.quantity,
        "product_data": {"name": purchase.title},
    }
    query = f"?{urlencode({'next': back})}" if back else ""
    return {
        "mode": "payment",
        "client_reference_id": str(purchase.pk),
        "customer_email": user.email,
        "line_items": [{"price_data": unit, "quantity": purchase.quantity}],
        "metadata": about,
        "payment_intent_data": {"metadata": about},
        "allow_promotion_codes": True,
        # People pay what the price list says, in its currency.
        "adaptive_pricing": {"enabled": False},
        "success_url": settings.PUBLIC_URL + purchase.get_absolute_url() + query,
        "cancel_url": settings.PUBLIC_URL + reverse("accounts:credits") + query,
        "expires_at": int((purchase.created_at + SESSION_LIFE).timestamp()),
    }


def top_up(account: CreditAccount, bundle: Bundle, *, key: UUID) -> bool:
    """Development, without Stripe's keys: give what would be bought, once per `key`."""
    note = _("Free top-up (development): %(title)s") % {"title": bundle.title}
    return account.grant(bundle.credits, key=f"top-up:{account.pk}:{key}", note=note)


def take_in_event(about: Mapping[str, Any]) -> bool:
    """Have Stripe asked about the purchase that an event is `about`. False if it is about none of ours."""
    kind = about.get("object")
    if kind == "checkout.session":
        found = Q(session_id=about.get("id") or "")
    elif kind in {"charge", "refund", "dispute", "payment_intent"}:
        intent = about.get("id") if kind == "payment_intent" else about.get("payment_intent")
        found = Q(payment_intent=intent or "")
        # Before we heard that it was paid, only this tells whose it is.
        found |= Q(pk=_as_id((about.get("metadata") or {}).get("purchase")))
    else:
        return False
    return bool(Purchase.objects.filter(found).make_due())


def _as_id(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def see_to_purchase(purchase_id: UUID) -> None:
    """Ask Stripe how a purchase stands, and bring credits in step. Safe to run twice, and at once.

    1. Read the row, then ask: the answer is at least as new as the row.
    2. Write for that very revision: if another worker wrote meanwhile, its answer may be newer. Again from 1.
    """
    for _try in range(TRIES):
        purchase = Purchase.objects.select_related("account").filter(pk=purchase_id).first()
        if purchase is None or purchase.next_check_at is None:
            return
        if purchase.session_id is None:
            _give_up_without_session(purchase)
            return
        try:
            standing = standing_of(purchase.session_id)
        except stripe.StripeError as error:
            logger.warning("purchase %s: Stripe was not to be asked (%s)", purchase.pk, type(error).__name__)
            _look_later(purchase)
            return
        if _take_in(purchase, standing):
            return


def _give_up_without_session(purchase: Purchase) -> None:
    """The web died before Stripe answered: nobody was led to a page where it could be paid."""
    if purchase.created_at + SESSION_LIFE < timezone.now():
        purchase.fail()
    else:
        _look_later(purchase)


def _take_in(purchase: Purchase, standing: Standing) -> bool:
    """Bring the purchase in step with Stripe. False if somebody else was quicker."""
    try:
        if purchase.status not in {Purchase.Status.PAID, Purchase.Status.HELD} and not _pay(
            purchase, standing
        ):
            return False
        if purchase.status == Purchase.Status.PAID and not _take_back(purchase, standing):
            return False
    except IntegrityError:
        # Another purchase took the receipt's number, or another worker wrote the very line.
        return False
    _look_later(purchase)
    return True


def _pay(purchase: Purchase, standing: Standing) -> bool:
    if standing.status == "paid":
        if problem := _mismatch(purchase, standing):
            logger.error("purchase %s: held, %s", purchase.pk, problem)
            return purchase.hold(problem)
        return purchase.mark_paid(standing.total, standing.payment_intent)
    if standing.status == "processing" and purchase.status == Purchase.Status.OPEN:
        return purchase.mark_processing(standing.payment_intent)
    if standing.status == "failed" and purchase.status != Purchase.Status.FAILED:
        return purchase.fail()
    return True


def _mismatch(purchase: Purchase, standing: Standing) -> str:
    """Return in what the payment differs from the offer; "" for nothing. For staff."""
    expected = (str(purchase.pk), purchase.currency, purchase.price)
    paid = (standing.reference, standing.currency, standing.subtotal)
    if expected != paid:
        return "expected {} {} {}, paid {} {} {}".format(*expected, *paid)
    return "" if standing.total <= purchase.price else f"paid {standing.total} for {purchase.price}"


def _take_back(purchase: Purchase, standing: Standing) -> bool:
    if (standing.refunded, standing.disputed) == (purchase.refunded, purchase.disputed):
        return True
    return purchase.take_back(refunded=standing.refunded, disputed=standing.disputed)


def _look_later(purchase: Purchase) -> None:
    """Ever more rarely while it is open; once it is over, only when an event says so."""
    looks = purchase.looks + 1
    pause = min(FIRST_LOOK * 2 ** min(looks, 12), LAST_PAUSE)
    purchase.look_again_at(None if purchase.is_final else timezone.now() + pause, looks=looks)
