"""A studio that sells credits, at a till of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.buying import buy, see_to_purchase
from accounts.models import Bundle, Purchase, User
from tests.till import SECRET_KEY, WEBHOOK_SECRET, Till, event_about, signature, till_running

Knock = Callable[..., int]


@pytest.fixture
def till(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Till]:
    """Stripe, as far as this studio knows."""
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.01)
    with till_running() as till:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = SECRET_KEY, WEBHOOK_SECRET
        settings.STRIPE_API_BASE = settings.STRIPE_CHECKOUT_ORIGIN = till.url
        yield till


@pytest.fixture
def bundle(db: None) -> Bundle:
    """A hundred credits for 29 euros."""
    return Bundle.objects.create(
        title="100 credits", credits=100, price=2900, currency="eur", tax_note="including 19 % VAT"
    )


@pytest.fixture
def purchase(till: Till, user: User, bundle: Bundle) -> Purchase:
    """`user`, who has 100 credits, was led to Stripe for 100 more."""
    buy(user, bundle, 1)
    return Purchase.objects.get()


@pytest.fixture
def knock(till: Till, client: Client) -> Knock:
    """Return a way to send an event to the webhook and have the worker see to what it is about."""

    def knock(kind: str, about: dict[str, Any], **how: Any) -> int:
        body = event_about(kind, about)
        answer = client.post(
            reverse("accounts:stripe-webhook"),
            body,
            content_type="application/json",
            headers={"Stripe-Signature": signature(body, **how)},
        )
        for pk in Purchase.objects.exclude(next_check_at=None).values_list("pk", flat=True):
            see_to_purchase(pk)
        return answer.status_code

    return knock
