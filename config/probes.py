"""/healthz, for load balancers and containers: answered before anything else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
PATH = "/healthz"


class HealthMiddleware:
    """Answer a probe whatever host it names, without a redirect to https: it asks from inside."""

    def __init__(self, get_response: GetResponse) -> None:
        # Models are not there yet while settings are read.
        from studio.views.health import health

        self.get_response = get_response
        self._health = health

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._health(request) if request.path == PATH else self.get_response(request)
