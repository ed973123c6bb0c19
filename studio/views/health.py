"""/healthz: a line for each part of the studio, and the total. Public: no secret, no count of people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from studio.health import State, report


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 while people can be served, 503 when not; as text, or as JSON to who asks for it.

    A part that only makes things slower (a worker, the clock, Astria) is said in the body: the web must not
    leave its load balancer for it.
    """
    lines = report()
    status = 503 if lines[-1].state == State.DOWN else 200
    if request.accepts("text/plain"):
        return HttpResponse("".join(f"{line}\n" for line in lines), status=status, content_type="text/plain")
    said = {line.name: {"state": line.state, "words": line.words} for line in lines}
    return JsonResponse(said, status=status)
