"""What Astria keeps to itself and a test may want to know. No part of Astria."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from sandbox.models import Prompt
from sandbox.views.console import only_from_here


def prompt(request: HttpRequest, prompt_id: str) -> HttpResponse:
    """GET /sandbox/prompts/:id: its text, and what is run: the characteristics filled in."""
    only_from_here(request)
    row = get_object_or_404(Prompt, pk=int(prompt_id))
    return JsonResponse({"id": row.pk, "text": row.text, "run_text": row.filled_text()})
