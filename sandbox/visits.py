"""What the developer is shown of the calls received: all that was sent, except the key and what is too long.

Files are shown by name and size; secrets are left out by sandbox/discretion.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from sandbox.discretion import shown_text
from sandbox.rails.bodies import READ, Malformed, Upload, read_params
from sandbox.switches import Received, switches

# Under this name a request's META carries the faults that it met.
MET = "sandbox.met"
MOST_CHARACTERS = 400
MOST_ITEMS = 60


def remember(request: HttpRequest, at: datetime, path: str, status: int, milliseconds: int) -> None:
    """Note a call for the page and for GET /sandbox/requests."""
    visit = Received(
        number=next(switches.visits),
        at=at,
        method=request.method or "",
        path=path[:200],
        status=status,
        milliseconds=milliseconds,
        parameters=_sent(request),
        faults=request.META.get(MET, ()),
    )
    switches.received.appendleft(visit)


def shown_visit(visit: Received) -> dict[str, Any]:
    """Return a call as GET /sandbox/requests shows it; `status` null for one that got no answer."""
    return {
        "id": visit.number,
        "at": visit.at.isoformat(),
        "method": visit.method,
        "path": visit.path,
        "status": visit.status or None,
        "milliseconds": visit.milliseconds,
        "parameters": visit.parameters,
        "faults": visit.faults,
    }


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        # A call that was refused early was not read by any view.
        given = request.META[READ] if READ in request.META else read_params(request)
    except Malformed:
        given = None
    if given is None:
        return {"": "could not be read"}
    return {_short(key): _shown(value) for key, value in list(given.items())[:MOST_ITEMS]}


def _shown(value: object) -> Any:
    if isinstance(value, Mapping):
        return {_short(str(key)): _shown(item) for key, item in list(value.items())[:MOST_ITEMS]}
    if isinstance(value, list):
        return [_shown(item) for item in value[:MOST_ITEMS]]
    if isinstance(value, Upload):
        return f"{_short(value.name)} ({value.content_type[:60]}, {len(value.content):,} bytes)"
    if isinstance(value, float) and not math.isfinite(value):
        # 1e999 is JSON, but what Python reads it as is not.
        return str(value)
    return _short(value) if isinstance(value, str) else value


def _short(text: str) -> str:
    text = shown_text(text)
    if len(text) > MOST_CHARACTERS:
        return f"{text[:MOST_CHARACTERS]}… ({len(text):,} characters)"
    return text
