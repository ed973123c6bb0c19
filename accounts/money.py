"""Amounts of money as people read them. They are kept in a currency's smallest unit, as Stripe counts."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format

# Reference: https://docs.stripe.com/currencies#zero-decimal and #three-decimal
_WHOLE = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
_THOUSANDTHS = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


def amount_text(amount: int, currency: str) -> str:
    """Return `amount` of the smallest unit of `currency` in words: "29.00 EUR"."""
    number = number_format(in_units(amount, currency), _places(currency), use_l10n=True)
    return f"{number} {currency.upper()}"


def in_units(amount: int, currency: str) -> Decimal:
    """Return `amount` of the smallest unit in whole ones: 2900 cents are 29.00 euros."""
    return Decimal(amount).scaleb(-_places(currency))


def _places(currency: str) -> int:
    return 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
