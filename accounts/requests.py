"""What views are given: requests of people who are signed in, and ids in their forms."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind `login_required`, after the htmx middleware."""

    user: User
    htmx: HtmxDetails


def posted_id(request: HttpRequest, field: str) -> UUID:
    """Return the id in a form's `field`. Raises Http404 for what is none: nothing has such an id."""
    try:
        return UUID(request.POST.get(field, ""))
    except ValueError:
        raise Http404 from None
