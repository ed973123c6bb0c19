"""Who people are and what they own."""

from __future__ import annotations

from accounts.models.audit import AuditEntry
from accounts.models.consent import Consent
from accounts.models.credit import CreditAccount, CreditEntry, NotEnoughCredits
from accounts.models.page_version import PageVersion
from accounts.models.purchase import Bundle, Purchase
from accounts.models.user import User

__all__ = [
    "AuditEntry",
    "Bundle",
    "Consent",
    "CreditAccount",
    "CreditEntry",
    "NotEnoughCredits",
    "PageVersion",
    "Purchase",
    "User",
]
