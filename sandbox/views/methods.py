"""Choosing a view by HTTP method; what no view takes is 404, as in Rails, whose routes include the method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def by_method(**views: View) -> View:
    """Return a view that passes the request on to the one named for its method; HEAD counts as GET.

    The views stay readable at it as `by_method`.
    """

    def view(request: HttpRequest, **parameters: Any) -> HttpResponseBase:
        chosen = views.get("GET" if request.method == "HEAD" else request.method or "")
        if chosen is None:
            raise Http404
        return chosen(request, **parameters)

    view.by_method = views  # type: ignore[attr-defined]
    return view
