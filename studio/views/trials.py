"""Where the free tune of a try calls back: that it came is all that counts."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.requests import client_address
from studio.models import Trial
from studio.ratelimit import is_within
from studio.views.callbacks import MOST_WRONG_A_MINUTE

STEPS = {"tune": "tune_called", "prompt": "prompt_called"}


@csrf_exempt
@require_POST
def called(request: HttpRequest, trial_id: UUID, token: str, what: str) -> HttpResponse:
    """Note that a callback of a try came: 204. A wrong token is 404, and only that is rate limited."""
    trial = Trial.objects.filter(pk=trial_id).first()
    right = trial.token if trial else ""
    if not secrets.compare_digest(right.encode(), token.encode()) or trial is None or what not in STEPS:
        who = client_address(request)
        is_welcome = is_within("callback", who, most=MOST_WRONG_A_MINUTE, seconds=60)
        return HttpResponse(status=404 if is_welcome else 429)
    trial.note(STEPS[what])
    return HttpResponse(status=204)
