"""Tunes. Source: docs/api/0-tune"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from sandbox.later import clock
from sandbox.later.removal import remove_tune
from sandbox.middleware import base_url
from sandbox.models import Tune
from sandbox.orders.tunes import change_tune, order_tune
from sandbox.rails.bodies import read_params
from sandbox.shapes import prompt_wide, tune_wide
from sandbox.views.paging import LONGEST_SOUGHT, page

DEEPEST_OFFSET = 200
MOST_SOUGHT = 100


def listing(request: HttpRequest) -> HttpResponse:
    """GET /tunes: newest first, by a part of `title`, one or several names, `branch`, `model_type`."""
    return _listed(request, Tune.objects.filter(is_gallery=False))


def gallery(request: HttpRequest) -> HttpResponse:
    """GET /gallery/tunes: the tunes others are trained on, by `branch` and `model_type`; needs no key."""
    return _listed(request, Tune.objects.filter(is_gallery=True))


def create(request: HttpRequest) -> HttpResponse:
    """POST /tunes: a tune, with prompts if `prompts_attributes` are given."""
    tune, prompts = order_tune(_given(request))
    base = base_url(request)
    shape = tune_wide(tune, base)
    if prompts:
        shape["prompts"] = [prompt_wide(prompt, base) for prompt in prompts]
    return JsonResponse(shape, status=201)


def detail(request: HttpRequest, tune_id: str) -> HttpResponse:
    """GET /tunes/:id: the wide form."""
    return JsonResponse(tune_wide(get_object_or_404(Tune, pk=int(tune_id)), base_url(request)))


def change(request: HttpRequest, tune_id: str) -> HttpResponse:
    """PATCH /tunes/:id: its title, name, auto_extend or characteristics; others are left as they are."""
    with transaction.atomic():
        tune = change_tune(get_object_or_404(Tune, pk=int(tune_id), is_gallery=False), _given(request))
    return JsonResponse(tune_wide(tune, base_url(request)))


def delete(request: HttpRequest, tune_id: str) -> HttpResponse:
    """DELETE /tunes/:id: 200 without content; a checkpoint takes its prompts along."""
    with transaction.atomic():
        tune = Tune.objects.filter(pk=int(tune_id), is_gallery=False).first()
        if tune is None:
            raise Http404
        remove_tune(tune, clock.seconds())
    return HttpResponse(status=200)


def _given(request: HttpRequest) -> Mapping[str, object]:
    given = read_params(request).get("tune")
    return given if isinstance(given, Mapping) else {}


def _listed(request: HttpRequest, tunes: QuerySet[Tune]) -> HttpResponse:
    asked = request.GET
    if asked.get("title"):
        tunes = tunes.filter(title__icontains=asked["title"][:LONGEST_SOUGHT])
    for field in ("name", "branch", "model_type"):
        wanted = [value for value in asked.getlist(field) + asked.getlist(f"{field}[]") if value]
        if wanted:
            tunes = tunes.filter(**{f"{field}__in": wanted[:MOST_SOUGHT]})
    base = base_url(request)
    return JsonResponse([tune_wide(tune, base) for tune in page(request, tunes, DEEPEST_OFFSET)], safe=False)
