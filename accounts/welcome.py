"""What a new person is given."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User


def grant_free_credits(user: User) -> bool:
    """Give FREE_CREDITS, once per person however often it is asked. True if they were given now."""
    if settings.FREE_CREDITS <= 0:
        return False
    return user.account.grant(settings.FREE_CREDITS, key=f"welcome:{user.pk}", note=_("Welcome"))
