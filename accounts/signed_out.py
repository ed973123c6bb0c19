"""What a page that renews itself gets when its session is over: the whole sign-in page, not one inside it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect


class SignedOutMiddleware:
    """Turn a redirect to the sign-in into one of the whole page, for requests by htmx.

    Stands after the middleware of htmx.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        if not request.htmx or not response.get("Location", "").startswith(f"{sign_in}?"):  # type: ignore[attr-defined]
            return response
        # Back to the page that one was on, not to the part of it that was asked for.
        back = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': back})}")
