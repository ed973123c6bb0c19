"""Where Astria calls back. One INSERT, and the answer: the clock does the rest."""

from __future__ import annotations

import json
import secrets
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studio.models import Callback, Shoot
from studio.ratelimit import is_within

MAX_BYTES = 1024 * 1024
MOST_WRONG_A_MINUTE = 60


@csrf_exempt
@require_POST
def callback(request: HttpRequest, shoot_id: UUID, token: str) -> HttpResponse:
    """Put a callback into the inbox: 204. A wrong token is 404, and only that is rate limited."""
    right = Shoot.objects.filter(pk=shoot_id).values_list("callback_token", flat=True).first()
    if not secrets.compare_digest((right or "").encode(), token.encode()):
        address = str(request.META.get("REMOTE_ADDR"))
        is_welcome = is_within("callback", address, most=MOST_WRONG_A_MINUTE, seconds=60)
        return HttpResponse(status=404 if is_welcome else 429)
    body = _body(request)
    if body is None:
        # Something happened, we just cannot read what: look soon.
        Shoot.objects.filter(pk=shoot_id).make_due()
        return HttpResponse(status=400)
    Callback.objects.create(shoot_id=shoot_id, body=body)
    return HttpResponse(status=204)


def _body(request: HttpRequest) -> str | None:
    """Return the body if it is JSON of a sensible size."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BYTES:
        return None
    try:
        text = request.read(MAX_BYTES + 1).decode()
        json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    return text
