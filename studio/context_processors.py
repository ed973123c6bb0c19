"""What every page knows."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def site(request: HttpRequest) -> dict[str, str]:
    """Return the site's name, the notice on top of every page, and the development mailbox's address."""
    mailbox = reverse("accounts:mailbox") if settings.DEBUG and settings.MAILBOX_DIR else ""
    return {"site_name": settings.SITE_NAME, "notice": settings.NOTICE, "mailbox_url": mailbox}
