"""Where Astria calls back. One INSERT, and the answer: the clock does the rest."""

from __future__ import annotations

import json
import logging
import secrets
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.requests import client_address
from config.logs import note
from studio.models import Callback, Shoot, Tally
from studio.ratelimit import is_within

logger = logging.getLogger("studio.callbacks")

_TOKEN = f"SELECT callback_token FROM {Shoot._meta.db_table} WHERE id = %s"
MAX_BYTES = 1024 * 1024
MOST_WRONG_A_MINUTE = 60


@csrf_exempt
@require_POST
def callback(request: HttpRequest, shoot_id: UUID, token: str) -> HttpResponse:
    """Put a callback into the inbox: 204. A wrong token is 404, and only that is counted and rate limited."""
    right = _token_of(shoot_id)
    if not secrets.compare_digest((right or "").encode(), token.encode()):
        return _refuse(request, Tally.Kind.WRONG_TOKEN if right else Tally.Kind.NO_ORDER)
    note(shoot=shoot_id)
    body = _body(request)
    if body is None:
        # Something happened, we just cannot read what: look soon.
        logger.warning("callback that cannot be read")
        Shoot.objects.filter(pk=shoot_id).make_due()
        return HttpResponse(status=400)
    Callback.receive(shoot_id, body)
    logger.info("callback received")
    return HttpResponse(status=204)


def _token_of(shoot_id: UUID) -> str | None:
    """Return the token of a shoot, if it is here; the ORM takes ten times as long to ask as this."""
    with connection.cursor() as cursor:
        cursor.execute(_TOKEN, [Shoot._meta.pk.get_db_prep_value(shoot_id, connection)])
        row = cursor.fetchone()
    return row[0] if row else None


def _refuse(request: HttpRequest, why: Tally.Kind) -> HttpResponse:
    """Who guesses on and on is no longer counted: the database is not theirs to write to."""
    if not is_within("callback", client_address(request), most=MOST_WRONG_A_MINUTE, seconds=60):
        return HttpResponse(status=429)
    Tally.add(why)
    return HttpResponse(status=404)


def _body(request: HttpRequest) -> str | None:
    """Return the body if it is JSON of a sensible size."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MAX_BYTES:
        return None
    try:
        text = request.read(MAX_BYTES + 1).decode()
        json.loads(text)
    except (UnreadablePostError, ValueError, RecursionError):
        return None
    return text
