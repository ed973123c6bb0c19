"""Types of the requests that views get."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`, after the htmx middleware."""

    user: User
    htmx: HtmxDetails
