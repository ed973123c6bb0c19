"""The sandbox's clock. No part of Astria."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from sandbox.later import clock
from sandbox.later.engine import advance
from sandbox.rails.bodies import read_params
from sandbox.rails.casting import Refused
from sandbox.rails.rules import Broken, Number
from sandbox.shapes import moment
from sandbox.views.console import only_from_here, only_json

STEP = Number(0, clock.FURTHEST)


def show(request: HttpRequest) -> HttpResponse:
    """GET /sandbox/clock: the hour, and by how many seconds it is ahead of the machine's."""
    only_from_here(request)
    return JsonResponse({"now": moment(clock.now()), "ahead": round(clock.ahead(), 3)})


def move(request: HttpRequest) -> HttpResponse:
    """POST /sandbox/clock: let `advance` seconds pass, with all that falls due in them."""
    only_from_here(request)
    only_json(request)
    try:
        seconds = STEP.cast(read_params(request).get("advance"))
        if clock.ahead() + seconds > clock.FURTHEST:
            raise Broken("goes too far: ten years at most")
    except Broken as error:
        raise Refused({"advance": [str(error)]}) from error
    advance(seconds)
    return show(request)
