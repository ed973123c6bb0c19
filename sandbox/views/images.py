"""Inspection of photos. Source: docs/api/4-images/1-inspect"""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, JsonResponse

from sandbox.darkroom.bench import at_the_bench
from sandbox.darkroom.inspection import inspect_photo, trick
from sandbox.photographs import NotFetched, fetch_picture
from sandbox.rails.bodies import Upload, read_params
from sandbox.rails.casting import Refused, to_text
from sandbox.switches import switches

SLOW_SECONDS = 10.0


def inspect(request: HttpRequest) -> HttpResponse:
    """POST /images/inspect: what is seen in `file` (or at `file_url`), with `name` as the class expected."""
    params = read_params(request)
    name = to_text(params.get("name")) or ""
    photo = params.get("file")
    if not name.strip():
        raise Refused({"name": ["can't be blank"]})
    if not isinstance(photo, Upload):
        photo = _fetched(to_text(params.get("file_url")))
    if trick(photo.name) == "inspect-500":
        return JsonResponse({"status": 500, "error": "Internal Server Error"}, status=500)
    if trick(photo.name) == "slow-inspect":
        time.sleep(SLOW_SECONDS / max(switches.speed, 1))
    found = at_the_bench(inspect_photo, photo.content, photo.name, name)
    if found is None:
        raise Refused({"file": ["is not an image"]})
    return JsonResponse(found)


def _fetched(url: str | None) -> Upload:
    if not url:
        raise Refused({"file": ["can't be blank"]})
    try:
        return fetch_picture(url)
    except NotFetched as error:
        raise Refused({"file_url": [f"could not download {error}"]}) from error
