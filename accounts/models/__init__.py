"""Who people are and what they own."""

from __future__ import annotations

from accounts.models.consent import Consent
from accounts.models.credit import CreditAccount, CreditEntry, NotEnoughCredits
from accounts.models.user import User

__all__ = ["Consent", "CreditAccount", "CreditEntry", "NotEnoughCredits", "User"]
