"""Themes. Source: docs/api/5-themes/1-create"""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse

from sandbox.orders.themes import order_theme
from sandbox.rails.bodies import read_params


def create(request: HttpRequest) -> HttpResponse:
    """POST /themes: 201 without content; the prompts come later. Wrapped in `theme` or not."""
    params = read_params(request)
    wrapped = params.get("theme")
    order_theme(wrapped if isinstance(wrapped, Mapping) else params)
    return HttpResponse(status=201)
