"""Stripe's own library with our key, and what it says of a payment in our words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings

# Seconds to connect and to answer: somebody waits before a page.
TIMEOUT = (4.0, 10.0)
# A dispute takes the money at once and gives it back if it is won; a warning takes nothing.
_TAKEN = frozenset({"needs_response", "under_review", "appeal_needs_response", "appeal_under_review", "lost"})


@dataclass(frozen=True)
class Standing:
    """How a payment stands at Stripe, in the currency's smallest unit."""

    # open, processing, paid or failed
    status: str
    reference: str
    currency: str
    subtotal: int
    total: int
    payment_intent: str | None = None
    refunded: int = 0
    disputed: int = 0


def is_selling() -> bool:
    """Whether this studio has Stripe's keys."""
    return bool(settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET)


def stripe_client() -> stripe.StripeClient:
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses={"api": settings.STRIPE_API_BASE},
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=1,
    )


def signed_event(body: bytes, header: str) -> dict[str, Any]:
    """Return an event that Stripe signed within the last minutes. Raises ValueError for anything else."""
    try:
        tolerance = stripe.Webhook.DEFAULT_TOLERANCE
        secret = settings.STRIPE_WEBHOOK_SECRET
        stripe.WebhookSignature.verify_header(body, header, secret, tolerance)
    except stripe.SignatureVerificationError as error:
        raise ValueError("not signed, or not lately") from error
    event = json.loads(body)
    if not isinstance(event, dict) or "object" not in event.get("data", {}):
        raise ValueError("no event")
    return event


def standing_of(session_id: str) -> Standing:
    """Ask Stripe how the payment of a Checkout session stands. Raises stripe.StripeError."""
    client = stripe_client()
    expand = {"expand": ["payment_intent.latest_charge"]}
    session = client.v1.checkout.sessions.retrieve(session_id, params=expand).to_dict()  # type: ignore[arg-type]
    intent: dict[str, Any] = session.get("payment_intent") or {}
    charge: dict[str, Any] = intent.get("latest_charge") or {}
    return Standing(
        status=_status(session, intent),
        reference=session.get("client_reference_id") or "",
        currency=session.get("currency") or "",
        subtotal=session.get("amount_subtotal") or 0,
        total=session.get("amount_total") or 0,
        payment_intent=intent.get("id"),
        refunded=charge.get("amount_refunded") or 0,
        disputed=_disputed(client, intent["id"]) if charge else 0,
    )


def _status(session: dict[str, Any], intent: dict[str, Any]) -> str:
    if session.get("payment_status") in {"paid", "no_payment_required"}:
        # A coupon for all of it says so while nobody has pressed the button yet.
        return "paid" if session.get("status") == "complete" else "open"
    if session.get("status") == "complete":
        refused = intent.get("status") in {"requires_payment_method", "canceled"}
        return "failed" if refused else "processing"
    return "failed" if session.get("status") == "expired" else "open"


def _disputed(client: stripe.StripeClient, payment_intent: str) -> int:
    disputes = client.v1.disputes.list(params={"payment_intent": payment_intent, "limit": 100})
    return sum(dispute.amount for dispute in disputes.data if dispute.status in _TAKEN)
