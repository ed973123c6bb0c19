"""The developer's page, and the switches that can be moved while the sandbox runs. No part of Astria."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from sandbox.bodies import read_params
from sandbox.casting import Refused, to_boolean
from sandbox.faults import FAULTS, parse_faults
from sandbox.models import Delivery, Prompt, Tune
from sandbox.options import CALLBACKS, PICTURES, parse_speed
from sandbox.switches import switches

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">'
    '<circle cx="4" cy="4" r="3" fill="#b3512f"/></svg>'
)


def page(request: HttpRequest) -> HttpResponse:
    """GET /: tunes, prompts with thumbnails, requests and callbacks, newest first."""
    prompts = Prompt.objects.exclude(is_template=True).order_by("-pk")
    context = {
        "tunes": Tune.objects.filter(is_gallery=False).order_by("-pk")[:12],
        "prompts": prompts[:24],
        "deliveries": Delivery.objects.order_by("-pk")[:30],
        "received": list(switches.received)[:30],
        "settings": switches.shown(),
        "base_url": switches.base_url,
        "is_busy": prompts.filter(trained_at=None, user_error="").exists(),
    }
    return render(request, "sandbox/console.html", context)


def icon(request: HttpRequest) -> HttpResponse:
    """GET /favicon.ico: a dot."""
    return HttpResponse(ICON, content_type="image/svg+xml")


def show_settings(request: HttpRequest) -> HttpResponse:
    """GET /sandbox/settings: the switches, and the faults there are."""
    _only_from_here(request)
    return JsonResponse(switches.shown() | {"known_faults": FAULTS})


def change_settings(request: HttpRequest) -> HttpResponse:
    """POST /sandbox/settings: change any of them; all or, if one makes no sense (422), none."""
    _only_from_here(request)
    # A JSON content type keeps web pages from elsewhere out: browsers ask first, and get no leave.
    if request.content_type != "application/json":
        raise Refused({"base": ["send application/json"]})
    changes = {name: _read(name, value) for name, value in read_params(request).items()}
    for name, value in changes.items():
        setattr(switches, name, value)
    switches.wake.set()
    return JsonResponse(switches.shown())


def _only_from_here(request: HttpRequest) -> None:
    if not ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback:
        raise Http404


def _read(name: str, value: Any) -> object:
    readers: dict[str, Callable[[Any], object]] = {
        "speed": lambda given: parse_speed(str(given)),
        "callbacks": lambda given: CALLBACKS[CALLBACKS.index(given)],
        "faults": _faults,
        "idempotent": lambda given: bool(to_boolean(given)),
        "pictures": lambda given: PICTURES[PICTURES.index(given)],
    }
    if name not in readers:
        raise Refused({name: ["is not a setting"]})
    try:
        return readers[name](value)
    except (ValueError, TypeError) as error:
        raise Refused({name: ["is not possible"]}) from error


def _faults(given: Any) -> dict[str, float]:
    if isinstance(given, dict):
        given = ",".join(f"{name}={probability}" for name, probability in given.items())
    return parse_faults(given or "")
