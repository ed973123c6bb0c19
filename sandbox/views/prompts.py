"""Prompts. Source: docs/api/1-prompt"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from sandbox.bodies import read_params
from sandbox.casting import Refused, to_boolean, to_integer
from sandbox.middleware import base_url
from sandbox.models import Prompt, Tune
from sandbox.orders import order_prompt
from sandbox.removal import remove_prompts
from sandbox.shapes import prompt_single, prompt_wide
from sandbox.views.paging import page

DEEPEST_OFFSET = 10_000


def listing(request: HttpRequest) -> HttpResponse:
    """GET /prompts: newest first, template prompts left out."""
    return _listed(request, Prompt.objects.exclude(is_template=True))


def of_tune(request: HttpRequest, tune_id: str) -> HttpResponse:
    """GET /tunes/:id/prompts: those made on the tune, and those that refer to it."""
    return _listed(request, get_object_or_404(Tune, pk=int(tune_id)).prompts())


def create(request: HttpRequest) -> HttpResponse:
    """POST /prompts: a prompt on `prompt[tune_id]`."""
    given = _given(request)
    tune = Tune.objects.filter(pk=to_integer(given.get("tune_id"))).first()
    if tune is None:
        raise Refused({"tune": ["must exist"]})
    return _created(request, tune, given)


def create_on_tune(request: HttpRequest, tune_id: str) -> HttpResponse:
    """POST /tunes/:id/prompts: a prompt on this tune."""
    return _created(request, get_object_or_404(Tune, pk=int(tune_id)), _given(request))


def detail(request: HttpRequest, prompt_id: str, tune_id: str | None = None) -> HttpResponse:
    """GET /prompts/:id and /tunes/:tune_id/prompts/:id."""
    return JsonResponse(prompt_single(_prompt(prompt_id, tune_id), base_url(request)))


def delete(request: HttpRequest, prompt_id: str, tune_id: str | None = None) -> HttpResponse:
    """DELETE /prompts/:id and /tunes/:tune_id/prompts/:id: its pictures go with it."""
    with transaction.atomic():
        prompt = _prompt(prompt_id, tune_id)
        if prompt.is_template:
            raise Http404
        remove_prompts(Prompt.objects.filter(pk=prompt.pk))
    return JsonResponse({"message": "Prompt successfully deleted"})


def _prompt(prompt_id: str, tune_id: str | None) -> Prompt:
    prompt = get_object_or_404(Prompt, pk=int(prompt_id))
    if tune_id and int(tune_id) not in (prompt.tune_id, prompt.subject_id):
        raise Http404
    return prompt


def _listed(request: HttpRequest, prompts: QuerySet[Prompt]) -> HttpResponse:
    asked = request.GET
    if asked.get("text"):
        prompts = prompts.filter(text__contains=asked["text"])
    for field in ("orig_prompt_id", "pack_id"):
        if asked.get(field):
            prompts = prompts.filter(**{field: to_integer(asked[field])})
    if to_boolean(asked.get("liked")):
        prompts = prompts.filter(is_liked=True)
    base = base_url(request)
    return JsonResponse(
        [prompt_wide(prompt, base) for prompt in page(request, prompts, DEEPEST_OFFSET)], safe=False
    )


def _given(request: HttpRequest) -> Mapping[str, object]:
    params = read_params(request)
    wrapped = params.get("prompt", params)
    return wrapped if isinstance(wrapped, Mapping) else {}


def _created(request: HttpRequest, tune: Tune, given: Mapping[str, object]) -> HttpResponse:
    return JsonResponse(prompt_wide(order_prompt(tune, given), base_url(request)), status=201)
