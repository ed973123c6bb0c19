"""Prompts. Source: docs/api/1-prompt"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from sandbox.later.removal import remove_prompts
from sandbox.middleware import base_url
from sandbox.models import Prompt, Tune
from sandbox.orders.changes import change_prompt
from sandbox.orders.prompts import duplicate_prompt, find_tune, order_prompt
from sandbox.rails.bodies import read_params
from sandbox.rails.casting import to_boolean, to_integer
from sandbox.shapes import prompt_single, prompt_wide
from sandbox.switches import switches
from sandbox.views.paging import LONGEST_SOUGHT, page

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
    return _created(request, order_prompt(find_tune(given.get("tune_id")), given))


def create_on_tune(request: HttpRequest, tune_id: str) -> HttpResponse:
    """POST /tunes/:id/prompts: a prompt on this tune."""
    tune = get_object_or_404(Tune, pk=int(tune_id))
    return _created(request, order_prompt(tune, _given(request)))


def duplicate(request: HttpRequest, prompt_id: str) -> HttpResponse:
    """POST /prompts/:id/duplicate: the same once more but for what `prompt` says; perhaps of one image."""
    params = read_params(request)
    given = params.get("prompt")
    original = get_object_or_404(Prompt, pk=int(prompt_id))
    prompt = duplicate_prompt(
        original, given if isinstance(given, Mapping) else {}, params.get("image_index")
    )
    return _created(request, prompt)


def detail(request: HttpRequest, prompt_id: str, tune_id: str | None = None) -> HttpResponse:
    """GET /prompts/:id and /tunes/:tune_id/prompts/:id."""
    return JsonResponse(prompt_single(_prompt(prompt_id, tune_id), base_url(request)))


def change(request: HttpRequest, prompt_id: str, tune_id: str | None = None) -> HttpResponse:
    """PATCH /prompts/:id and /tunes/:tune_id/prompts/:id: where it belongs; others are left as they are."""
    with transaction.atomic():
        prompt = _own(prompt_id, tune_id)
        change_prompt(prompt, _given(request))
    return JsonResponse(prompt_single(prompt, base_url(request)))


def delete(request: HttpRequest, prompt_id: str, tune_id: str | None = None) -> HttpResponse:
    """DELETE /prompts/:id and /tunes/:tune_id/prompts/:id: its pictures go with it."""
    with transaction.atomic():
        remove_prompts(Prompt.objects.filter(pk=_own(prompt_id, tune_id).pk))
    if switches.deleted_prompt == 204:
        return HttpResponse(status=204)
    return JsonResponse({"message": "Prompt successfully deleted"})


def _own(prompt_id: str, tune_id: str | None) -> Prompt:
    prompt = _prompt(prompt_id, tune_id)
    if prompt.is_template:
        raise Http404
    return prompt


def _prompt(prompt_id: str, tune_id: str | None) -> Prompt:
    prompt = get_object_or_404(Prompt, pk=int(prompt_id))
    if tune_id and int(tune_id) not in (prompt.tune_id, prompt.subject_id):
        raise Http404
    return prompt


def _listed(request: HttpRequest, prompts: QuerySet[Prompt]) -> HttpResponse:
    asked = request.GET
    if asked.get("text"):
        prompts = prompts.filter(text__contains=asked["text"][:LONGEST_SOUGHT])
    for field in ("orig_prompt_id", "pack_id"):
        if asked.get(field):
            prompts = prompts.filter(**{field: to_integer(asked[field])})
    if asked.get("base_pack_id"):
        prompts = prompts.filter(attributes__base_pack_id=to_integer(asked["base_pack_id"]))
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


def _created(request: HttpRequest, prompt: Prompt) -> HttpResponse:
    return JsonResponse(prompt_wide(prompt, base_url(request)), status=201)
