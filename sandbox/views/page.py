"""The page at / for the developer who integrates: what was received, sent and made, and what to change."""

from __future__ import annotations

import json
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sandbox.discretion import without_secrets
from sandbox.faults import FAULTS
from sandbox.models import Delivery, Prompt, Tune
from sandbox.switches import switches
from sandbox.views.console import CHOICES, is_from_here, shown_settings

SHOWN = 60
SHOWN_PROMPTS = 24
LEAPS = (("1 hour", 3600), ("1 day", 86_400), ("30 days", 30 * 86_400))
PLACEHOLDERS = {
    "balance_mc": "bottomless",
    "retry_after": "not said",
    "next_faults": "500 | | slow",
    "reroutes": "host=http://…",
}
# Everything is in the page itself; nothing else may run in it, and no other page may frame it.
POLICY = (
    "default-src 'none'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'"
)
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">'
    '<circle cx="4" cy="4" r="3" fill="#b3512f"/></svg>'
)


def page(request: HttpRequest) -> HttpResponse:
    """GET /: everything; with `?live` only what changes by itself, for the page to renew."""
    nonce = secrets.token_urlsafe(16)
    template = "sandbox/_live.html" if "live" in request.GET else "sandbox/console.html"
    context = _live() | {"nonce": nonce, "may_change": is_from_here(request), "leaps": LEAPS}
    context |= {"fields": _fields(), "rates": _rates(), "base_url": switches.base_url}
    response = render(request, template, context)
    response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    response.headers["Cache-Control"] = "no-store"
    return response


def icon(request: HttpRequest) -> HttpResponse:
    """GET /favicon.ico: a dot."""
    return HttpResponse(ICON, content_type="image/svg+xml")


def _live() -> dict[str, Any]:
    visits = list(switches.received)[:SHOWN]
    deliveries = Delivery.objects.order_by("-pk")
    prompts = Prompt.objects.exclude(is_template=True).order_by("-pk")
    return {
        "visits": [(visit, _pretty(visit.parameters)) for visit in visits],
        "deliveries": [(row, _pretty(without_secrets(row.body))) for row in deliveries[:SHOWN]],
        "tunes": Tune.objects.filter(is_gallery=False).order_by("-pk")[:SHOWN],
        "prompts": [(row, without_secrets(row.attributes)) for row in prompts[:SHOWN_PROMPTS]],
        "settings": shown_settings(),
    }


def _fields() -> list[dict[str, Any]]:
    """Return the settings as form fields, all but the faults' rates, which have a form of their own."""
    return [
        {
            "name": name,
            "label": name.replace("_", " "),
            "value": value,
            "text": _text(value),
            "kind": _kind(value),
            "choices": CHOICES.get(name),
            "placeholder": PLACEHOLDERS.get(name, ""),
        }
        for name, value in shown_settings().items()
        if name != "faults"
    ]


def _rates() -> list[tuple[str, str, str]]:
    return [
        (name, about.replace("`", ""), f"{switches.faults.get(name) or ''}") for name, about in FAULTS.items()
    ]


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, list):
        return "list"
    if isinstance(value, dict):
        return "pairs"
    return "text" if isinstance(value, str) else "number"


def _text(value: object) -> str:
    if isinstance(value, list):
        return " | ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}={item}" for name, item in value.items())
    return "" if value is None else str(value)


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
