"""The Content-Security-Policy of the admin: the one place where it is relaxed.

django-unfold's interface evaluates Alpine.js expressions and sets inline styles. Only staff get there.
"""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

RELAXED = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}


class AdminCSPMiddleware:
    """Let the admin's own pages run as unfold needs; everything else keeps the strict policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(reverse("admin:index")):
            response._csp_replace = RELAXED  # type: ignore[attr-defined]
        return response
