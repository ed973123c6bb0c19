"""System checks: settings about people and money that contradict each other."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register


@register()
def stripe_is_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """With one of Stripe's keys alone nothing can be sold: payments would never be heard of."""
    if bool(settings.STRIPE_SECRET_KEY) == bool(settings.STRIPE_WEBHOOK_SECRET):
        return []
    return [
        checks.Error(
            "Only one of STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET is set.",
            hint="Set both: the webhook's secret is shown where its address, /stripe/webhook/, is entered "
            "at Stripe. Or neither.",
            id="accounts.E001",
        )
    ]


@register()
def receipts_name_the_seller(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A receipt without name and address is of no use to who paid."""
    if not settings.STRIPE_SECRET_KEY or (settings.OPERATOR_NAME and settings.OPERATOR_ADDRESS):
        return []
    return [
        checks.Warning(
            "Credits are sold, but receipts do not say by whom.",
            hint="Set OPERATOR_NAME and OPERATOR_ADDRESS.",
            id="accounts.W001",
        )
    ]


@register(Tags.security, deploy=True)
def staff_have_a_second_factor(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Whoever guesses the password of staff would see people's orders."""
    if settings.STAFF_SECOND_FACTOR:
        return []
    return [
        checks.Warning(
            "STAFF_SECOND_FACTOR is off: a password alone opens the admin.",
            hint="Remove STAFF_SECOND_FACTOR=0.",
            id="accounts.W002",
        )
    ]
