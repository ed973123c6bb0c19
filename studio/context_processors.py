"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from studio.durations import usual_minutes
from studio.notices import written


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, the notice on top of every page, which of the operator's own pages there are,
    and the development mailbox's address.

    `usual_minutes` is asked of the database by those pages alone that name it.
    """
    mailbox = reverse("accounts:mailbox") if settings.DEBUG and settings.MAILBOX_DIR else ""
    return {
        "site_name": settings.SITE_NAME,
        "notice": settings.NOTICE,
        "own_pages": written(),
        "mailbox_url": mailbox,
        "usual_minutes": usual_minutes,
    }
