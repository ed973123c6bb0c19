"""Packs, and what is ordered from them. Source: docs/api/2-pack"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from sandbox.gallery.catalogue import Pack, all_packs
from sandbox.gallery.own_packs import any_pack, own_pack, own_packs
from sandbox.middleware import base_url
from sandbox.orders.packs import create_pack, order_pack_prompts, order_pack_tune
from sandbox.rails.bodies import read_params
from sandbox.rails.casting import as_items, to_boolean
from sandbox.shapes import pack_detail, pack_listed, tune_narrow


def own(request: HttpRequest) -> HttpResponse:
    """GET /packs: the account's packs, which here are all of the gallery's and those made here."""
    return _listed(request, [*all_packs(), *own_packs()])


def gallery(request: HttpRequest) -> HttpResponse:
    """GET /gallery/packs: every public pack; needs no key."""
    return _listed(request, all_packs())


def create(request: HttpRequest) -> HttpResponse:
    """POST /packs: an empty pack, which prompts join by their `pack_id`."""
    given = read_params(request).get("pack")
    pack = own_pack(create_pack(given if isinstance(given, Mapping) else {}))
    return JsonResponse(pack_listed(pack, base_url(request)), status=201)


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


def _listed(request: HttpRequest, packs: Iterable[Pack]) -> HttpResponse:
    """Return packs, by `public` only those that anyone sees; `listed` leaves none out, none is unlisted."""
    only_public = to_boolean(request.GET.get("public"))
    base = base_url(request)
    shown = [pack_listed(pack, base) for pack in packs if pack.is_public or not only_public]
    return JsonResponse(shown, safe=False)


def _pack(id_or_slug: str) -> Pack:
    pack = any_pack(id_or_slug)
    if pack is None:
        raise Http404
    return pack
