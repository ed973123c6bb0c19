"""Likes. What is liked counts for the pack's template prompt too. Source: docs/api/3-like"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from sandbox.later import clock
from sandbox.models import Prompt
from sandbox.switches import switches


def add(request: HttpRequest, prompt_id: str) -> HttpResponse:
    """POST /prompts/:id/likes: 201 without content."""
    return _set(prompt_id, True)


def remove(request: HttpRequest, prompt_id: str) -> HttpResponse:
    """DELETE /prompts/:id/likes and /like: 201 without content, or what `deleted_like` says."""
    _set(prompt_id, False)
    return HttpResponse(status=switches.deleted_like)


def toggle(request: HttpRequest, prompt_id: str) -> HttpResponse:
    """POST /prompts/:id/like: the other way round than it was."""
    # In one transaction: of two at once, one likes and the other does not.
    with transaction.atomic():
        prompt = get_object_or_404(Prompt, pk=int(prompt_id))
        return _set(prompt_id, not prompt.is_liked)


def _set(prompt_id: str, liked: bool) -> HttpResponse:
    get_object_or_404(Prompt, pk=int(prompt_id))
    changed = Prompt.objects.filter(Q(pk=int(prompt_id)) & ~Q(is_liked=liked))
    changed.update(is_liked=liked, updated_at=clock.now())
    return HttpResponse(status=201)
