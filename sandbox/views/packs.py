"""Packs, and what is ordered from them. Source: docs/api/2-pack"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from sandbox.bodies import read_params
from sandbox.casting import as_items
from sandbox.catalogue import Pack, all_packs, find_pack
from sandbox.middleware import base_url
from sandbox.orders import order_pack_prompts, order_pack_tune
from sandbox.shapes import pack_detail, pack_listed, tune_narrow


def own(request: HttpRequest) -> HttpResponse:
    """GET /packs: the account's packs, which here are all of them."""
    return gallery(request)


def gallery(request: HttpRequest) -> HttpResponse:
    """GET /gallery/packs: every public pack; needs no key."""
    return JsonResponse([pack_listed(pack, base_url(request)) for pack in all_packs()], safe=False)


def detail(request: HttpRequest, id_or_slug: str) -> HttpResponse:
    """GET /p/:id_or_slug: one pack with its costs and template prompts."""
    return JsonResponse(pack_detail(_pack(id_or_slug), base_url(request)))


def create_tunes(request: HttpRequest, id_or_slug: str) -> HttpResponse:
    """POST /p/:id_or_slug/tunes: a new tune with the pack's prompts, or prompts on existing `tune_ids`."""
    pack = _pack(id_or_slug)
    given = read_params(request).get("tune")
    given = given if isinstance(given, Mapping) else {}
    if as_items(given.get("tune_ids")):
        order_pack_prompts(pack, given)
        return JsonResponse({"status": 201, "message": "Prompts created"}, status=201)
    tune = order_pack_tune(pack, given)
    return JsonResponse(tune_narrow(tune, base_url(request)), status=201)


def _pack(id_or_slug: str) -> Pack:
    pack = find_pack(id_or_slug)
    if pack is None:
        raise Http404
    return pack
