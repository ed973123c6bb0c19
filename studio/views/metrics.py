"""/metrics, for Prometheus: who asks shows METRICS_TOKEN, or is staff that may see orders."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.console.metrics import text


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with every gauge; 404 to whoever may not see them."""
    if not (_shows_token(request) or _is_staff(request)):
        raise Http404
    return HttpResponse(text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _shows_token(request: HttpRequest) -> bool:
    shown = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(
        shown.encode(), settings.METRICS_TOKEN.encode()
    )


def _is_staff(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_staff and request.user.has_perm("studio.view_shoot")
