"""What views are given: requests of people who are signed in, ids in their forms, where they come from."""

from __future__ import annotations

from ipaddress import ip_address
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from accounts.models import User

MAX_WAY_BACK = 300


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


def way_back(request: HttpRequest) -> str:
    """Return the page of ours that somebody wants back to (`next`); "" for none, or another site's."""
    url = request.POST.get("next", "") or request.GET.get("next", "")
    is_ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_ours and len(url) <= MAX_WAY_BACK else ""


def client_address(request: HttpRequest) -> str:
    """Return the IP address of who asks; the one place that decides it.

    Behind proxies of our own (TRUSTED_PROXIES) it is what the outermost of them saw, whatever else a
    stranger wrote into the header; otherwise it is who connected. "unknown" over a local socket.
    """
    proxies, said = settings.TRUSTED_PROXIES, request.headers.get("X-Forwarded-For", "").split(",")
    forwarded = said[-proxies] if 0 < proxies <= len(said) else ""
    return _as_address(forwarded) or _as_address(request.META.get("REMOTE_ADDR", "")) or "unknown"


def _as_address(text: str) -> str:
    try:
        return str(ip_address(text.strip()))
    except ValueError:
        return ""
