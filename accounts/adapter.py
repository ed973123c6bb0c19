"""Where allauth meets our accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.welcome import grant_free_credits


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own behaviour, and the free credits once an address is verified."""

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Mark the address as verified; the person's first one brings the free credits."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            grant_free_credits(email_address.user)
        return confirmed
